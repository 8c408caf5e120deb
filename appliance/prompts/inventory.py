"""Everything that is said in an office and does not change from call to call: under which name it can be recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple
from zlib import crc32

from appliance.calls.ports import NumberedPrompt
from appliance.config.models import Configuration, Language
from appliance.manifests import files_of_entries
from appliance.prompts.catalogue import catalogue
from appliance.prompts.numerals import figure_words
from appliance.prompts.recorded_words import clauses
from appliance.prompts.words import TEXT_PREFIX, name_of_text
from appliance.routing.office_texts import office_texts

OWN, UNUSED, FIGURES = "own", "unused", "figures"
"""Topics of prompts that menus name, of recordings of texts that nothing says any more, and of words of numbers."""

FIRST_NUMBER, NUMBERS = 100_000, 900_000
"""Six digits, so that none is one of those the configuration gives."""


class Sayable(NamedTuple):
    """One fixed thing that is said in a language."""

    name: str
    """Of its recording."""
    topic: str
    place: str
    """A phrase by name, or where the configuration says it."""
    text: str
    recordings: tuple[str, ...] = ()
    """The distribution's that say it, one after another; () where they do not."""
    is_plain: bool = False
    """The office's own text; see `Passage`."""


def sayables(configuration: Configuration, language: Language) -> Iterator[Sayable]:
    """What the office wrote or named first, then what comes with Porter; each name once."""
    seen: set[str] = set()
    for sayable in (*_of_office(configuration, language), *_of_porter(language)):
        if sayable.name not in seen:
            seen.add(sayable.name)
            yield sayable


def numbers(configuration: Configuration) -> Mapping[str, tuple[Sayable, Language]]:
    """What a telephone dials to record each prompt, where the configuration gives no number: six digits that stay the
    same, since they follow from the name and language. Of two with the same number, one in some thousands, one has
    none."""
    found: dict[str, tuple[Sayable, Language]] = {}
    for language in Language:
        for sayable in sayables(configuration, language):
            found.setdefault(number_of(sayable.name, language), (sayable, language))
    return found


def numbered(configuration: Configuration, number: str) -> NumberedPrompt | None:
    """The prompt of such a number; None: there is none."""
    if number not in (known := numbers(configuration)):
        return None
    sayable, language = known[number]
    return NumberedPrompt(name=sayable.name, language=language, text=sayable.text)


def number_of(name: str, language: Language) -> str:
    return str(FIRST_NUMBER + crc32(f"{language} {name}".encode()) % NUMBERS)


def _of_office(configuration: Configuration, language: Language) -> Iterator[Sayable]:
    for name in sorted(configuration.prompts.keys() - catalogue().phrases.keys()):
        if not name.startswith(TEXT_PREFIX):
            yield Sayable(name, OWN, f"prompts.{name}", "")
    for text in office_texts(configuration):
        if text.language == language:
            yield Sayable(name_of_text(text.text), text.topic, text.place, text.text, is_plain=True)


@cache
def _of_porter(language: Language) -> tuple[Sayable, ...]:
    return tuple(_phrases(language))


def _phrases(language: Language) -> Iterator[Sayable]:
    topics = files_of_entries("appliance.prompts", "phrases")
    for name, phrase in catalogue().phrases.items():
        recordings = (phrase.recorded,) if phrase.recorded is not None else ()
        yield Sayable(name, topics[name], name, phrase.text(language), recordings)
    for name, counted in catalogue().counted.items():
        for text in counted.forms(language).fixed_texts:
            yield Sayable(name_of_text(text), topics[name], name, text, _recordings(text, language))
    for word in figure_words(language):
        yield Sayable(name_of_text(word), FIGURES, word, word, _recordings(word, language))


def _recordings(text: str, language: Language) -> tuple[str, ...]:
    parts = [clause.recordings for clause in clauses(text, language)]
    return tuple(name for part in parts for name in part) if all(parts) else ()
