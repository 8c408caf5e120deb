"""Everything that is said in an office and does not change from call to call: under which name it can be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from appliance.config.models import Configuration, Language
from appliance.manifests import files_of_entries
from appliance.prompts.catalogue import catalogue
from appliance.prompts.recorded_words import clauses
from appliance.prompts.sentences import TEXT_PREFIX, name_of_text
from appliance.routing.office_texts import office_texts

OWN, UNUSED = "own", "unused"
"""Topics of prompts that only menus name, and of recordings of texts that nothing says any more."""


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


def _of_office(configuration: Configuration, language: Language) -> Iterator[Sayable]:
    for name in sorted(configuration.prompts.keys() - catalogue().phrases.keys()):
        if not name.startswith(TEXT_PREFIX):
            yield Sayable(name, OWN, f"prompts.{name}", "")
    for text in office_texts(configuration):
        if text.language == language:
            yield Sayable(name_of_text(text.text), text.topic, text.place, text.text, is_plain=True)


def _of_porter(language: Language) -> Iterator[Sayable]:
    topics = _topics()
    for name, phrase in catalogue().phrases.items():
        recordings = (phrase.recorded,) if phrase.recorded is not None else ()
        yield Sayable(name, topics[name], name, phrase.text(language), recordings)
    for name, counted in catalogue().counted.items():
        for text in counted.forms(language).fixed_texts:
            yield Sayable(name_of_text(text), topics[name], name, text, _recordings(text, language))


def _recordings(text: str, language: Language) -> tuple[str, ...]:
    parts = [clause.recordings for clause in clauses(text, language)]
    return tuple(name for part in parts for name in part) if all(parts) else ()


@cache
def _topics() -> dict[str, str]:
    return dict(files_of_entries("appliance.prompts", "phrases"))
