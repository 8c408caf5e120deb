"""The record of a call: one per call, with its legs, its cause and its story."""

from datetime import datetime

import msgspec

from appliance.calls.names import CallId, Cause, LegId, Party, PartyKind
from appliance.calls.story import AnyStoryFact


class LegRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One leg a call held, while it held it."""

    id: LegId
    party: Party
    incoming: bool
    joined_at: float
    """Monotonic seconds since the call began; the same scale for the two below."""
    answered_at: float | None = None
    left_at: float | None = None
    cause: Cause | None = None
    """None when the leg was alive on leaving: it moved to another call."""
    moved_from: CallId | None = None
    moved_to: CallId | None = None


class ToldFact(msgspec.Struct, frozen=True):
    """A fact of the story with its moment, in monotonic seconds since the call began."""

    at: float
    fact: AnyStoryFact


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a call."""

    id: CallId
    began_at: datetime | None
    """Wall time; None when the clock was not set."""
    caller: Party
    called: str
    """What the caller dialled, or the number of ours that was called."""
    answered_at: float | None = None
    """Seconds from the start to the first talk with a person or a mailbox; None: nobody answered."""
    seconds: float | None = None
    """How long the call lasted; None while it lasts."""
    talk_seconds: float = 0.0
    cause: Cause | None = None
    """None while it lasts; 41 with `interrupted` when a crash ended it."""
    interrupted: bool = False
    legs: tuple[LegRecord, ...] = ()
    story: tuple[ToldFact, ...] = ()


def talked(record: CallRecord) -> tuple[str, str] | None:
    """The outside number and the extension that talked last in a call; None when no two such parties did."""
    if not record.talk_seconds:
        return None
    answered = sorted(
        (leg for leg in record.legs if leg.answered_at is not None and leg.party.number),
        key=lambda leg: leg.answered_at or 0.0,
    )
    latest = {leg.party.kind: leg.party.number for leg in answered}
    if PartyKind.OUTSIDE not in latest or PartyKind.EXTENSION not in latest:
        return None
    return latest[PartyKind.OUTSIDE], latest[PartyKind.EXTENSION]


def rung_from_outside(record: CallRecord) -> tuple[str, ...]:
    """The extensions a call from outside rang; () for other calls, and for callers who show no number."""
    if record.caller.kind is not PartyKind.OUTSIDE or not record.caller.number:
        return ()
    rung = (leg.party for leg in record.legs if not leg.incoming and leg.party.kind is PartyKind.EXTENSION)
    return tuple(dict.fromkeys(party.number for party in rung))


def dialled_by(record: CallRecord, extension: str) -> str | None:
    """What an extension dialled to call somebody; None: it is not its call, or it dialled a code."""
    caller = record.caller
    is_its = caller.kind is PartyKind.EXTENSION and caller.number == extension
    return record.called if is_its and record.called.removeprefix("+")[:1].isdigit() else None
