"""Ids and small value types of the call domain."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NewType

import msgspec

LegId = NewType("LegId", str)
CallId = NewType("CallId", str)


class Cause(IntEnum):
    """Why a leg or a call ended: ITU-T Q.850, table 1. SIP status codes exist only in `appliance/sip`."""

    UNALLOCATED = 1
    NO_ROUTE = 3
    NORMAL = 16
    BUSY = 17
    NO_USER_RESPONSE = 18
    NO_ANSWER = 19
    ABSENT = 20
    REJECTED = 21
    NUMBER_CHANGED = 22
    ANSWERED_ELSEWHERE = 26
    OUT_OF_ORDER = 27
    INVALID_NUMBER = 28
    NORMAL_UNSPECIFIED = 31
    NO_CIRCUIT = 34
    TEMPORARY_FAILURE = 41
    CONGESTION = 42
    NOT_ALLOWED = 57
    INCOMPATIBLE = 88
    RECOVERY_ON_TIMER = 102
    INTERWORKING = 127


class PartyKind(StrEnum):
    """What sort of party a leg leads to."""

    EXTENSION = "extension"
    OUTSIDE = "outside"
    DOOR = "door"


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who is at the other end of a leg, as far as we know."""

    kind: PartyKind
    number: str
    """Extension number, E.164 number or the door's name; "" when withheld."""
    name: str = ""
    line: str | None = None
    """The line the leg came in or goes out on; None for a phone of the house."""

    @property
    def shown(self) -> str:
        """What a person calls this party."""
        return self.name or self.number or "withheld"


class WayOut(msgspec.Struct, frozen=True):
    """One way to an outside number."""

    line: str
    dials: str
    """The number as this line wants it."""
    shows: str | None = None
    """The number of ours that is shown; "" for none, None: whom the call is from, where the line lets us."""


class Used(msgspec.Struct, frozen=True):
    """How much was called outside."""

    calls: int = 0
    minutes: int = 0
    """Each one counts from its beginning."""
    money: float = 0.0

    def __add__(self, other: Used) -> Used:
        return Used(self.calls + other.calls, self.minutes + other.minutes, self.money + other.money)


class Outcome(StrEnum):
    """How a step ended when it does not itself say what comes next."""

    DONE = "done"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    """There is no such number."""
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def cause(self) -> Cause:
        """What the caller's leg is told when nothing follows the step."""
        return _CAUSE_OF[self]


_CAUSE_OF = {
    Outcome.DONE: Cause.NORMAL,
    Outcome.NO_ANSWER: Cause.NO_ANSWER,
    Outcome.BUSY: Cause.BUSY,
    Outcome.UNREACHABLE: Cause.ABSENT,
    Outcome.UNKNOWN: Cause.UNALLOCATED,
    Outcome.REFUSED: Cause.NOT_ALLOWED,
    Outcome.FAILED: Cause.TEMPORARY_FAILURE,
}
