"""The phrases Porter knows, in every language: the manifests in `phrases/` as a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from appliance.config.models import Language
from appliance.manifests import read_manifests
from appliance.prompts.numerals import Case, Ending, Gender, cardinal, ordinal
from appliance.prompts.plurals import plural


class CataloguePhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One phrase in every language; a language that is missing does not load."""

    en: str
    lv: str
    uk: str
    ru: str
    recorded: str | None = None
    """A recording of Debian's asterisk-core-sounds that says the same; None: only spoken."""

    def text(self, language: Language) -> str:
        text: str = getattr(self, language.value)
        return text


class CountedForms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A counting phrase in one language, by plural form; see `plurals.FORMS` for which a language has.

    `{n}` stands for how many, `{nth}` for which one of an order.
    """

    none: str
    every: str = ""
    """For each count from one on, where nothing in the phrase changes with it; the forms are "" then."""
    zero: str = ""
    one: str = ""
    few: str = ""
    many: str = ""
    other: str = ""
    gender: Gender = Gender.MASCULINE
    """Of what is counted or ordered."""
    case: Case = Case.NOMINATIVE
    """Of how many."""

    def text(self, language: Language, count: int) -> str:
        """What is said for a count of 0 or more."""
        if count == 0:
            return self.none
        form: str = self.every or getattr(self, plural(language, count))
        many = cardinal(language, count, self.gender, self.case)
        return form.format(n=many, nth=ordinal(language, count, Ending(self.gender)))


class CountedPhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One counting phrase in every language."""

    en: CountedForms
    lv: CountedForms
    uk: CountedForms
    ru: CountedForms

    def text(self, language: Language, count: int) -> str:
        """What is said for a count of 0 or more."""
        forms: CountedForms = getattr(self, language.value)
        return forms.text(language, count)


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them, by name."""

    phrases: Mapping[str, CataloguePhrase]
    counted: Mapping[str, CountedPhrase]


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with Porter."""
    return read_manifests("appliance.prompts", "phrases", Catalogue)
