"""What is wrong with a configuration: every mistake with its place, so that one reading is enough to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import msgspec

from appliance.errors import PorterError


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to put right."""

    path: str
    """Such as `extensions.201.phones.201a.password`; entries of a list are counted from 1; "" is the whole."""
    cause: str
    """A sentence; never holds a password or a PIN."""
    did_you_mean: str | None = None
    line: int | None = None
    """Line of the text, from 1; None where there is no text."""

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path} (line {self.line})".lstrip()
        meant = "" if self.did_you_mean is None else f' Did you mean "{self.did_you_mean}"?'
        return f"{where}: {self.cause}{meant}" if where else f"{self.cause}{meant}"


class ConfigurationInvalid(PorterError):
    """A configuration that cannot be used, with all that is wrong about it."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        one = len(self.mistakes) == 1
        count = "a mistake" if one else f"{len(self.mistakes)} mistakes"
        listed = "\n".join(f"  {mistake}" for mistake in self.mistakes)
        super().__init__(
            f"The configuration has {count}; nothing was changed.",
            f"Put {'it' if one else 'them'} right and try again:\n{listed}",
        )


class NewerSchema(ConfigurationInvalid):
    """A configuration of a later release."""


def below(path: str, key: object) -> str:
    """The path of an entry of what is at `path`."""
    return f"{path}.{key}" if path else str(key)


def is_at_or_below(path: str, other: str) -> bool:
    """Whether `path` is `other` or a part of it."""
    return other in (path, "") or path.startswith(f"{other}.")


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None when none is near."""
    words: Sequence[str] = list(known)
    folded = {entry.casefold(): entry for entry in reversed(words)}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
