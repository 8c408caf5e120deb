"""The phrases Porter knows, in every language: the manifests in `phrases/` as a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from appliance.config.models import Language
from appliance.manifests import read_manifests
from appliance.prompts.plurals import plural
from appliance.prompts.spoken import MASCULINE, number_words


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
    """A counting phrase in one language, by plural form; see `plurals.FORMS` for which a language has."""

    none: str
    one: str
    zero: str = ""
    few: str = ""
    many: str = ""
    other: str = ""
    gender: str = MASCULINE


class CountedPhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One counting phrase in every language."""

    en: CountedForms
    lv: CountedForms
    uk: CountedForms
    ru: CountedForms

    def text(self, language: Language, count: int) -> str:
        """What is said for a count of 0 or more."""
        forms: CountedForms = getattr(self, language.value)
        if count == 0:
            return forms.none
        form: str = getattr(forms, plural(language, count))
        return form.format(n=number_words(language, count, forms.gender))


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them, by name."""

    phrases: Mapping[str, CataloguePhrase]
    counted: Mapping[str, CountedPhrase]


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with Porter."""
    return read_manifests("appliance.prompts", "phrases", Catalogue)
