"""What sort of number somebody wants to call, by the plans of `phonenumbers` (a port of Google's libphonenumber)."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from appliance.config.models import NumberKind
from appliance.routing.numbering import ShortNumberUse, short_number_use

_COSTS_EXTRA = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


def kind_of(country: str, number: str) -> NumberKind:
    """The kind of an outside number, seen from a country.

    Args:
        number: E.164 with its plus sign, or a short number as it is dialled.

    Countries that share a code, such as Russia and Kazakhstan, are told apart where the number is one of the plan; a
    number that nobody has given out belongs to the countries of its code.
    """
    if not number.startswith("+"):
        is_premium = short_number_use(country, number) is ShortNumberUse.PREMIUM
        return NumberKind.PREMIUM if is_premium else NumberKind.SHORT
    parsed = phonenumbers.parse(number, None)
    kind = phonenumbers.number_type(parsed)
    if kind in _COSTS_EXTRA:
        return NumberKind.PREMIUM
    region = phonenumbers.region_code_for_number(parsed)
    is_ours = region == country or (
        region is None and phonenumbers.country_code_for_region(country) == parsed.country_code
    )
    if not is_ours:
        return NumberKind.INTERNATIONAL
    return NumberKind.MOBILE if kind == PhoneNumberType.MOBILE else NumberKind.NATIONAL


def spelled_as_dialled(country: str, number: str) -> str:
    """A number as somebody in a country dials it: with the country's own prefixes, short numbers as they are."""
    if not number.startswith("+"):
        return number
    shown = phonenumbers.format_out_of_country_calling_number(phonenumbers.parse(number, None), country)
    return phonenumbers.normalize_digits_only(shown)
