"""Codes for one ring: made when nobody comes to the door, said to one person, good for one opening.

They live in this process only, by the monotonic clock, so that neither a restart nor a wrong wall clock makes an old
one open.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from itertools import count

import msgspec

from appliance.door.codes import why_trivial

REMEMBERED_SECONDS = 3600.0
"""So long an old code is told apart from a wrong one."""


class RingCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code as it is kept."""

    code: str
    ring: str
    person: str
    until: float
    """Monotonic seconds."""
    is_over: bool = False
    """It has opened, or a newer code or ring has taken its place."""

    def __repr__(self) -> str:
        return f"RingCode(ring={self.ring!r}, person={self.person!r})"


def issued(
    kept: Sequence[RingCode], ring: str, person: str, seconds: float, now: float
) -> tuple[RingCode, tuple[RingCode, ...]]:
    """A new code, and all that are to be kept of a door from now on."""
    code = next(code for _ in count() if why_trivial(code := f"{secrets.randbelow(10_000):04}", ()) is None)
    new = RingCode(code=code, ring=ring, person=person, until=now + seconds)
    others = [
        msgspec.structs.replace(old, is_over=old.is_over or old.ring != ring or old.person == person)
        for old in kept
        if old.until + REMEMBERED_SECONDS > now
    ]
    return new, (new, *others)


def found(kept: Sequence[RingCode], code: str, person: str | None) -> RingCode | None:
    """The code of this person that was keyed in; the newest of several alike."""
    of_person = [one for one in kept if one.person == person]
    return next((one for one in of_person if hmac.compare_digest(one.code.encode(), code.encode())), None)


def used(kept: Sequence[RingCode], ring: str) -> tuple[RingCode, ...]:
    """What is kept once somebody was let in for this ring: nobody else is, with another code for it."""
    return tuple(msgspec.structs.replace(one, is_over=True) if one.ring == ring else one for one in kept)
