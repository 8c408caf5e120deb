"""Codes of persons: which are refused as too easy, and how they are kept."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from appliance.control.door_people import CodeKind, Hours

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_RUNS = ("01234567890123456789", "98765432109876543210")


class PersonCode(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's code as it is kept."""

    id: str
    """Never used again: what counts its uses."""
    person: str
    hash: str
    """argon2id, PHC string format."""
    tag: int
    """See `tag_of`."""
    kind: CodeKind = CodeKind.CODE
    doors: tuple[str, ...] = ()
    """Empty: every door."""
    hours: tuple[Hours, ...] = ()
    """Empty: always."""
    valid_from: date | None = None
    valid_until: date | None = None
    uses: int | None = None
    """None: as often as one likes."""

    def __repr__(self) -> str:
        return f"PersonCode({self.person!r}, {self.kind}, doors={self.doors!r})"

    def is_for(self, door: str) -> bool:
        """Whether it is meant for that door at all."""
        return not self.doors or door in self.doors

    @property
    def has_time_limits(self) -> bool:
        """Whether somebody has to know the time to judge it."""
        return bool(self.hours or self.valid_from or self.valid_until)


class Codes(msgspec.Struct, frozen=True):
    """The file of codes."""

    codes: tuple[PersonCode, ...] = ()
    salt: str = ""
    """Of this office's tags; hexadecimal."""
    before: tuple[PersonCode, ...] | None = None
    """As they were before the last change, to undo it; None: there is nothing to undo."""


def tag_of(code: str, salt: str) -> int:
    """One of 256 heaps a code lies on, so that a try is compared with the few codes of its heap and not with all.

    Comparing takes 20 to 150 ms each, and fifty people would wait for seconds. Who steals the file learns 8 bits of
    each code from the tags, of some 20; the hashes would not stop him for long either.
    """
    return hmac.digest(salt.encode(), code.encode(), "sha256")[0]


def why_trivial(code: str, known_numbers: Iterable[str]) -> str | None:
    """Why a code is too easy to guess, in words; None when it is not.

    Args:
        known_numbers: Extensions and telephone numbers people know of the person or the office.
    """
    if not (code.isascii() and code.isdigit() and 4 <= len(code) <= 12):
        return "A code has 4 to 12 digits."
    if any(code == code[:period] * (len(code) // period) for period in range(1, len(code) // 2 + 1)):
        return "A code that repeats itself is too easy."
    if any(code in run for run in _RUNS):
        return "Digits in a row are too easy."
    if len(code) == 4 and 1900 <= int(code) <= 2099:
        return "A year is too easy."
    digits = ("".join(filter(str.isdigit, number)) for number in known_numbers)
    if any(number and (number in code or number.endswith(code)) for number in digits):
        return "A code with an extension or telephone number in it is too easy."
    return None


def hashed(code: str) -> str:
    """What is kept instead of the code. Takes some 20 ms, on a small Pi 150 ms."""
    return _hasher().hash(code)


def matches(code: str, kept: str) -> bool:
    """Whether this is the code; as slow as `hashed`. A broken hash matches nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, code)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's profile of 19 MiB
