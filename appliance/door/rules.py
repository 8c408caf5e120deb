"""Whether a door opens: pure functions of the request, the settings, what happened before, and the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from appliance.control.door_messages import Channel, DoorSettings, Hours, LegSide, OpenRequest, Reason
from appliance.door.codes import PersonCode

WRONG_CODES_ALLOWED = 5
FIRST_LOCKOUT_SECONDS = 30.0
LONGEST_LOCKOUT_SECONDS = 900.0
BETWEEN_GRANTS_SECONDS = 1.0
GRANTS_PER_MINUTE = 10
LONGEST_UNLOCK_SECONDS = 30.0
"""However often somebody asks while the door is unlocked."""


class Instant(msgspec.Struct, frozen=True):
    """Now."""

    monotonic: float
    wall: datetime | None
    """Local time with its zone; None when nobody is sure of it."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What a door remembers of earlier tries."""

    wrong_codes: int = 0
    """In a row, over all channels; kept over restarts."""
    locked_out_until: float = 0.0
    """Monotonic seconds."""
    grants: tuple[float, ...] = ()
    """Monotonic times of the openings of the last minute."""
    unlocked_since: float | None = None
    """When the present unlocking began; None while the door is locked."""


class Grant(msgspec.Struct, frozen=True, tag=True):
    """The door opens."""

    seconds: float
    person: str | None
    """Whose code it was, or who asked without a code."""


class Denial(msgspec.Struct, frozen=True, tag=True):
    """The door stays locked."""

    reason: Reason
    retry_seconds: float = 0.0
    """When asking again makes sense; 0.0 where waiting does not help."""


Decision = Grant | Denial
CodeMatches = Callable[[str, str], bool]
"""Whether the code keyed in is the one of this hash."""


def decide(
    request: OpenRequest,
    *,
    door: DoorSettings,
    codes: Sequence[PersonCode],
    memory: Memory,
    now: Instant,
    code_matches: CodeMatches,
) -> Decision:
    """Whether this request opens the door.

    Args:
        codes: Of all persons.
        code_matches: Slow; only called for a code that may be looked at now.

    The order matters: what is cheap and says nothing about codes comes first, and a door that is locked out does not
    look at codes at all.
    """
    if (wrong_place := _wrong_place(request)) is not None:
        return Denial(wrong_place)
    if request.code is not None and memory.locked_out_until > now.monotonic:
        return Denial(Reason.LOCKED_OUT, memory.locked_out_until - now.monotonic)
    if (wait := _too_often(memory, now, door.pulse_seconds)) > 0:
        return Denial(Reason.TOO_OFTEN, wait)
    if request.code is None:
        denial = _without_code(request, door, now)
        return denial or Grant(_seconds(door, memory, now), request.person)
    meant = _candidates(request, door, codes)
    found = next((kept for kept in meant if code_matches(request.code, kept.hash)), None)
    if found is None:
        return Denial(Reason.WRONG_CODE, lockout_seconds(memory.wrong_codes + 1))
    denial = _time_denial(found.hours, now) or _date_denial(found, now)
    return denial or Grant(_seconds(door, memory, now), found.person)


def remember(memory: Memory, request: OpenRequest, decision: Decision, now: Instant) -> Memory:
    """What the door remembers after a decision."""
    match decision:
        case Grant():
            recent = tuple(at for at in memory.grants if at > now.monotonic - 60)
            return Memory(
                wrong_codes=memory.wrong_codes if request.code is None else 0,
                locked_out_until=memory.locked_out_until if request.code is None else 0.0,
                grants=(*recent, now.monotonic),
                unlocked_since=now.monotonic if memory.unlocked_since is None else memory.unlocked_since,
            )
        case Denial(reason=Reason.WRONG_CODE):
            wrong = memory.wrong_codes + 1
            return msgspec.structs.replace(
                memory, wrong_codes=wrong, locked_out_until=now.monotonic + lockout_seconds(wrong)
            )
        case Denial():
            return memory


def lockout_seconds(wrong_codes: int) -> float:
    """How long no code is looked at after so many wrong ones in a row: 30 s after five, doubling to 15 min."""
    if wrong_codes < WRONG_CODES_ALLOWED:
        return 0.0
    return min(FIRST_LOCKOUT_SECONDS * 2.0 ** min(wrong_codes - WRONG_CODES_ALLOWED, 16), LONGEST_LOCKOUT_SECONDS)


def is_within(hours: Sequence[Hours], wall: datetime) -> bool:
    """Whether the time lies in one of the spans; an empty list is always."""
    if not hours:
        return True
    return any(_is_in_span(span, wall) for span in hours)


def _is_in_span(span: Hours, wall: datetime) -> bool:
    at = wall.time().replace(tzinfo=None)
    if span.since < span.until:
        return wall.isoweekday() in span.days and span.since <= at < span.until
    began_yesterday = (wall - timedelta(days=1)).isoweekday() in span.days and at < span.until
    return began_yesterday or (wall.isoweekday() in span.days and span.since <= at)


def _wrong_place(request: OpenRequest) -> Reason | None:
    """Why a request from there opens nothing, whatever else it says."""
    if request.leg_side is LegSide.STREET and request.channel is not Channel.KEYPAD:
        return Reason.WRONG_SIDE
    if request.channel is Channel.DTMF and request.leg_side is not LegSide.ANSWERER:
        return Reason.WRONG_SIDE
    if request.channel in (Channel.DTMF, Channel.CODE) and request.call_id is None:
        return Reason.NOT_ANSWERED
    return None


def _too_often(memory: Memory, now: Instant, pulse_seconds: float) -> float:
    """Seconds until the next opening may be granted; 0.0: now."""
    recent = [at for at in memory.grants if at > now.monotonic - 60]
    waits = [0.0]
    if recent:
        waits.append(recent[-1] + BETWEEN_GRANTS_SECONDS - now.monotonic)
    if len(recent) >= GRANTS_PER_MINUTE:
        waits.append(recent[-GRANTS_PER_MINUTE] + 60 - now.monotonic)
    if memory.unlocked_since is not None:
        left = memory.unlocked_since + LONGEST_UNLOCK_SECONDS - now.monotonic
        if left < min(BETWEEN_GRANTS_SECONDS, pulse_seconds):
            waits.append(max(left, 0.0) + BETWEEN_GRANTS_SECONDS)
    return max(waits)


def _seconds(door: DoorSettings, memory: Memory, now: Instant) -> float:
    """How long the door is unlocked from now: pulses do not add up, and 30 s in one go is the end."""
    if memory.unlocked_since is None:
        return door.pulse_seconds
    return min(door.pulse_seconds, memory.unlocked_since + LONGEST_UNLOCK_SECONDS - now.monotonic)


def _without_code(request: OpenRequest, door: DoorSettings, now: Instant) -> Denial | None:
    if request.channel is Channel.PAGE:  # the page has asked for a login
        return None if request.person else Denial(Reason.CODE_NEEDED)
    if request.channel is not Channel.DTMF:
        return Denial(Reason.CODE_NEEDED)
    if not door.digit_opens:
        return Denial(Reason.DIGIT_NOT_ALLOWED)
    return _time_denial(door.hours, now)


def _time_denial(hours: Sequence[Hours], now: Instant) -> Denial | None:
    if not hours:
        return None
    if now.wall is None:
        return Denial(Reason.CLOCK_UNSURE)
    return None if is_within(hours, now.wall) else Denial(Reason.OUTSIDE_HOURS)


def _candidates(request: OpenRequest, door: DoorSettings, codes: Sequence[PersonCode]) -> list[PersonCode]:
    """Whose codes are tried. The sender of an SMS only selects whose: a number alone is easily forged."""
    meant = [kept for kept in codes if kept.is_for(door.name)]
    if request.channel is Channel.SMS:
        return [kept for kept in meant if kept.person == request.person]
    return meant


def _date_denial(kept: PersonCode, now: Instant) -> Denial | None:
    if not kept.has_time_limits:
        return None
    if now.wall is None:
        return Denial(Reason.CLOCK_UNSURE)
    today = now.wall.date()
    if (kept.valid_from and today < kept.valid_from) or (kept.valid_until and today > kept.valid_until):
        return Denial(Reason.OUTSIDE_HOURS)
    return None
