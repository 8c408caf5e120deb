"""Finding people by the letters of their names on the keys of a telephone (ITU-T E.161, figure 2).

Keys of most phones bear Latin letters only, so a Cyrillic name is found by its Latin spelling as well as by the
Cyrillic letters that phones of Ukraine and Russia bear. Marks above and below letters do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from appliance.config.models import Configuration

FEWEST_LETTERS = 2
"""With one, half of the house is found."""

_LETTERS = {
    "2": "abcабвгґ",
    "3": "defдежзє",
    "4": "ghiийклії",
    "5": "jklмноп",
    "6": "mnoрсту",
    "7": "pqrsфхцч",
    "8": "tuvшщъы",
    "9": "wxyzьэюя",
}
_KEY_OF: Mapping[str, str] = {letter: key for key, letters in _LETTERS.items() for letter in letters}

_LATIN: Mapping[str, str] = {
    **dict(zip("абвгґдезиійклмнопрстуфцыэ", "abvggdeziijklmnoprstufcye", strict=True)),
    "ж": "zh",
    "є": "je",
    "ї": "ji",
    "х": "h",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "ju",
    "я": "ja",
    "ъ": "",
    "ь": "",
}


def find_people(configuration: Configuration, keys: str) -> tuple[str, ...]:
    """Extensions whose first name or surname begins with letters on these keys, by name; () when too few are pressed.

    Args:
        keys: Digits.
    """
    if len(keys) < FEWEST_LETTERS:
        return ()
    found = [
        (person.name, number)
        for number, person in configuration.extensions.items()
        if any(spelling.startswith(keys) for spelling in spellings_on_keys(person.name))
    ]
    return tuple(number for _, number in sorted(found))


def spellings_on_keys(name: str) -> frozenset[str]:
    """The keys of each word of a name, in each script that phones have."""
    words = re.findall(r"\w+", name.casefold())
    latin = ["".join(_LATIN.get(letter, letter) for letter in word) for word in words]
    return frozenset(filter(None, (_on_keys(word) for word in (*words, *latin))))


def _on_keys(word: str) -> str:
    return "".join(_key_of(letter) for letter in word)


def _key_of(letter: str) -> str:
    """The key that bears a letter; a digit is its own, what no key bears has none."""
    if letter.isascii() and letter.isdigit():
        return letter
    bare = unicodedata.normalize("NFD", letter)[0]
    return _KEY_OF.get(letter) or _KEY_OF.get(bare, "")
