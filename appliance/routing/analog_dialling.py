"""What is dialled on an analog line for a number: the exchange knows no plus sign."""

from __future__ import annotations

import re

import phonenumbers

_ALLOWED = re.compile(r"[0-9*#ABCD,w]*")


def as_dialled(country: str, number: str, prefix: str = "") -> str | None:
    """The digits for the exchange of a country; None for what no exchange takes.

    Args:
        number: E.164 with "+", perhaps with a code in front such as #31#, or as it is dialled, such as 112 or *21#.
        prefix: Dialled first, such as "9," behind a telephone system that wants a 9; `,` waits two seconds, `w` for
            another dial tone.
    """
    code, plus, e164 = number.partition("+")
    digits = code + _national(country, plus + e164) if plus else number
    dialled = prefix + digits
    return dialled if digits and _ALLOWED.fullmatch(dialled) else None


def _national(country: str, number: str) -> str:
    """Digits of an E.164 number; what fits no exchange for what is none."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    text = phonenumbers.format_out_of_country_calling_number(parsed, country)
    # "8~10 44 …": 8, then another dial tone, then 10 (libphonenumber's way to write it)
    return re.sub(r"[^0-9*#w]", "", text.replace("~", "w"))
