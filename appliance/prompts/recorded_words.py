"""Which recordings say a text: what the distribution recorded are words, and sentences are put together of them.

Texts are split at punctuation and at `|`. Each part is heard in one voice: recorded where every word of it is, as it is
inflected, and spoken otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from appliance.config.models import Language
from appliance.manifests import read_manifests
from appliance.prompts.numerals import cardinal, figure_words
from appliance.prompts.words import name_of_text

SEAM = "|"
"""In a phrase: where the voice may change, though there is no pause."""

COMMA_SECONDS, STOP_SECONDS = 0.12, 0.3
"""Of silence where recordings are put together."""

_CLAUSE = re.compile(r"([^|.,:;!?]*)([|.,:;!?]*)")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


class Clause(NamedTuple):
    """A part of a text that is heard in one voice."""

    text: str
    """As it is written, with its punctuation."""
    recordings: tuple[str, ...]
    """Names of the recordings that say it, one after another, the office's own as `name_of_text` has them; () where
    they do not."""
    pause_seconds: float
    """After it."""


def clauses(text: str, language: Language, is_own: Callable[[str], bool] = lambda word: False) -> Iterator[Clause]:
    """The parts of a text.

    Args:
        is_own: Whether the office has recorded a word of a number, which goes before the distribution's.
    """
    for words, marks in _CLAUSE.findall(text):
        if words.strip():
            written = f"{words.strip()}{marks.replace(SEAM, '')}"
            yield Clause(written, tuple(_recordings(words, language, is_own)), _pause(marks))


def without_seams(text: str) -> str:
    """A text as it is spoken in one go."""
    return re.sub(r" *\| *", " ", text).strip()


@cache
def vocabulary(language: Language) -> Mapping[str, str]:
    """What is recorded in a language: words, in small letters, to the name of the recording."""
    tables = read_manifests("appliance.prompts", "vocabulary", dict[str, dict[str, str]])
    return tables.get(language.value, {})


@cache
def _longest(language: Language) -> int:
    """Words of the longest entry."""
    return max((len(entry.split()) for entry in vocabulary(language)), default=1)


def _recordings(text: str, language: Language, is_own: Callable[[str], bool]) -> list[str]:
    """The longest entries that make up the whole text, from its beginning; [] where some word is missing."""
    known, words, found = vocabulary(language), _words(text, language), list[str]()
    while words:
        size = next((size for size in range(_longest(language), 0, -1) if " ".join(words[:size]) in known), 0)
        if size <= 1 and words[0] in figure_words(language) and is_own(words[0]):
            found.append(name_of_text(words.pop(0)))
        elif size:
            found.append(known[" ".join(words[:size])])
            del words[:size]
        else:
            return []
    return found


def _words(text: str, language: Language) -> list[str]:
    """The words of a text; figures in words, such as those of an English time."""
    written = _WORD.findall(text.casefold())
    return [
        word for token in written for word in (cardinal(language, int(token)) if token.isdecimal() else token).split()
    ]


def _pause(marks: str) -> float:
    if not marks.strip(SEAM):
        return 0.0
    return COMMA_SECONDS if marks.strip(SEAM) == "," else STOP_SECONDS
