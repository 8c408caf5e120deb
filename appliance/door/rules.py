"""Whether a door opens: pure functions of the request, the settings, what happened before, and the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from appliance.control.door_messages import Channel, DoorSettings, LegSide, OpenRequest, Reason
from appliance.control.door_people import CodeKind, Hours
from appliance.door.codes import PersonCode, tag_of
from appliance.door.memory import Instant, Memory, lockout_seconds
from appliance.door.ring_codes import RingCode, found

BETWEEN_GRANTS_SECONDS = 1.0
GRANTS_PER_MINUTE = 10
RING_CODE_CHANNELS = (Channel.SMS, Channel.CODE)
LONGEST_UNLOCK_SECONDS = 30.0
"""However often somebody asks while the door is unlocked."""


class Grant(msgspec.Struct, frozen=True, tag=True):
    """The door opens."""

    seconds: float
    person: str | None
    """Whose code it was, or who asked without a code."""
    code_used: str | None = None
    """Id of the code of which one use is gone now; None: of no limited code."""
    ring: str | None = None
    """The ring it was opened for, by a code for that ring alone."""
    is_duress: bool = False


class Denial(msgspec.Struct, frozen=True, tag=True):
    """The door stays locked."""

    reason: Reason
    retry_seconds: float = 0.0
    """When asking again makes sense; 0.0 where waiting does not help."""
    person: str | None = None
    """Whose code it was, where it was a right one; never told to who asks."""
    is_duress: bool = False


Decision = Grant | Denial
CodeMatches = Callable[[str, str], bool]
"""Whether the code keyed in is the one of this hash."""


class KnownCodes(msgspec.Struct, frozen=True, kw_only=True):
    """All codes that may open something."""

    people: Sequence[PersonCode] = ()
    rings: Sequence[RingCode] = ()
    """Of this door."""
    used: Mapping[str, int] = {}
    """How often each limited code has opened, by its id."""
    salt: str = ""

    def on_heap(self, code: str) -> list[PersonCode]:
        """The codes of people this one could be."""
        tag = tag_of(code, self.salt)
        return [kept for kept in self.people if kept.tag == tag]


def decide(
    request: OpenRequest,
    *,
    door: DoorSettings,
    codes: KnownCodes,
    memory: Memory,
    now: Instant,
    code_matches: CodeMatches,
) -> Decision:
    """Whether this request opens the door.

    Args:
        code_matches: Slow; only called for a code that may be looked at now.

    The order matters: what is cheap and says nothing about codes comes first, and a door that is locked out does not
    look at codes at all. The exit button is not asked here: it opens, see `RunningDoor`.
    """
    if (wrong_place := _wrong_place(request)) is not None:
        return Denial(wrong_place)
    if memory.blocked_until > now.monotonic and not request.channel.is_local:
        return Denial(Reason.BLOCKED, memory.blocked_until - now.monotonic)
    if request.code is not None and memory.locked_out_until > now.monotonic:
        return Denial(Reason.LOCKED_OUT, memory.locked_out_until - now.monotonic)
    if (wait := _too_often(memory, now, door.pulse_seconds)) > 0:
        return Denial(Reason.TOO_OFTEN, wait)
    seconds = unlock_seconds(door, memory, now)
    if request.code is None:
        denial = _without_code(request, door, now)
        return denial or Grant(seconds, request.person)
    if request.channel in RING_CODE_CHANNELS and (ring := found(codes.rings, request.code, request.person)):
        denial = _ring_denial(ring, now)
        return denial or Grant(seconds, ring.person, ring=ring.ring)
    kept = _matching(request, door, codes, code_matches)
    if kept is None:
        return Denial(Reason.WRONG_CODE, lockout_seconds(memory.wrong_codes + 1))
    is_duress = kept.kind is CodeKind.DURESS
    if denial := _time_denial(kept.hours, now) or _date_denial(kept, now) or _use_denial(kept, codes):
        return msgspec.structs.replace(denial, person=kept.person, is_duress=is_duress)
    limited = None if kept.uses is None else kept.id
    return Grant(seconds, kept.person, code_used=limited, is_duress=is_duress)


def remember(memory: Memory, request: OpenRequest, decision: Decision, now: Instant) -> Memory:
    """What the door remembers after a decision."""
    match decision:
        case Grant():
            recent = tuple(at for at in memory.grants if at > now.monotonic - 60)
            return msgspec.structs.replace(
                memory,
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


def unlock_seconds(door: DoorSettings, memory: Memory, now: Instant) -> float:
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


def _matching(
    request: OpenRequest, door: DoorSettings, codes: KnownCodes, code_matches: CodeMatches
) -> PersonCode | None:
    """Whose code it is. The sender of an SMS only selects whose: a number alone is easily forged."""
    code = request.code or ""
    meant = [
        kept
        for kept in codes.on_heap(code)
        if kept.is_for(door.name)
        and (kept.kind is CodeKind.CARD) is request.is_card
        and (request.channel is not Channel.SMS or kept.person == request.person)
    ]
    return next((kept for kept in meant if code_matches(code, kept.hash)), None)


def _ring_denial(ring: RingCode, now: Instant) -> Denial | None:
    if ring.is_over:
        return Denial(Reason.USED_UP, person=ring.person)
    return Denial(Reason.EXPIRED, person=ring.person) if now.monotonic > ring.until else None


def _use_denial(kept: PersonCode, codes: KnownCodes) -> Denial | None:
    if kept.uses is not None and codes.used.get(kept.id, 0) >= kept.uses:
        return Denial(Reason.USED_UP)
    return None


def _date_denial(kept: PersonCode, now: Instant) -> Denial | None:
    if not kept.has_time_limits:
        return None
    if now.wall is None:
        return Denial(Reason.CLOCK_UNSURE)
    today = now.wall.date()
    if (kept.valid_from and today < kept.valid_from) or (kept.valid_until and today > kept.valid_until):
        return Denial(Reason.OUTSIDE_HOURS)
    return None
