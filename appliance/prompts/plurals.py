"""Plural forms of the four languages: the rules for whole numbers of Unicode CLDR."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from appliance.config.models import Language


class Plural(StrEnum):
    """A form a noun takes for a count."""

    ZERO = "zero"
    ONE = "one"
    FEW = "few"
    MANY = "many"
    OTHER = "other"


FORMS: Mapping[Language, tuple[Plural, ...]] = {
    Language.EN: (Plural.ONE, Plural.OTHER),
    Language.LV: (Plural.ZERO, Plural.ONE, Plural.OTHER),
    Language.UK: (Plural.ONE, Plural.FEW, Plural.MANY),
    Language.RU: (Plural.ONE, Plural.FEW, Plural.MANY),
}
"""The forms whole numbers take in each language."""


def plural(language: Language, count: int) -> Plural:
    """The form for a count of 0 or more."""
    last, last_two = count % 10, count % 100
    match language:
        case Language.EN:
            return Plural.ONE if count == 1 else Plural.OTHER
        case Language.LV:
            if last == 0 or 11 <= last_two <= 19:
                return Plural.ZERO
            return Plural.ONE if last == 1 else Plural.OTHER
        case Language.UK | Language.RU:
            if last == 1 and last_two != 11:
                return Plural.ONE
            return Plural.FEW if 2 <= last <= 4 and not 12 <= last_two <= 14 else Plural.MANY
