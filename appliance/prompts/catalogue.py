"""The phrases Porter knows, in every language: the manifests in `phrases/` as a typed value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from appliance.config.models import Language
from appliance.manifests import read_manifests
from appliance.prompts.numerals import Case, Ending, Gender, cardinal, ordinal
from appliance.prompts.plurals import plural
from appliance.prompts.recorded_words import without_seams

_NUMBER = re.compile(r"(\{nt?h?\})")


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

    `{n}` stands for how many, `{nth}` for which one of an order, `|` for a place where the voice may change: see
    `appliance.prompts.recorded_words`.
    """

    none: str = ""
    """For 0; "": as for other counts."""
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
        return without_seams("".join(text for text, _ in self.parts(language, count)))

    def parts(self, language: Language, count: int) -> Iterator[tuple[str, bool]]:
        """What is said, and whether that is the number in it."""
        if count == 0 and self.none:
            yield self.none, False
            return
        form: str = self.every or getattr(self, plural(language, count))
        for text in _NUMBER.split(form):
            match text:
                case "{n}":
                    yield cardinal(language, count, self.gender, self.case), True
                case "{nth}":
                    yield ordinal(language, count, Ending(self.gender)), True
                case _ if text:
                    yield text, False

    @property
    def fixed_texts(self) -> tuple[str, ...]:
        """What is said beside the number, in all forms: each once."""
        forms = (self.none, self.every, self.zero, self.one, self.few, self.many, self.other)
        texts = (without_seams(text) for form in forms for text in _NUMBER.split(form) if not _NUMBER.match(text))
        return tuple(dict.fromkeys(text for text in texts if any(map(str.isalpha, text))))


class CountedPhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One counting phrase in every language."""

    en: CountedForms
    lv: CountedForms
    uk: CountedForms
    ru: CountedForms

    def text(self, language: Language, count: int) -> str:
        """What is said for a count of 0 or more."""
        return self.forms(language).text(language, count)

    def forms(self, language: Language) -> CountedForms:
        forms: CountedForms = getattr(self, language.value)
        return forms


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them, by name."""

    phrases: Mapping[str, CataloguePhrase]
    counted: Mapping[str, CountedPhrase]


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with Porter."""
    return read_manifests("appliance.prompts", "phrases", Catalogue)
