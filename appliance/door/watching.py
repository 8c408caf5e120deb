"""What a door's contact and loops say, and which of it is an alarm: pure functions of what was seen and the time.

The relay, the exit button and the contact tell their story in any order and at any pace. Here it is kept in one value,
and which alarms there are is read off it; whoever compares that with a moment before knows what began and what ended.
"""

from __future__ import annotations

import msgspec

from appliance.control.door_alarms import AlarmKind

GRACE_SECONDS = 2.0
"""A door that opens so shortly after it was locked again was on its way."""
EXIT_SECONDS = 10.0
"""From the exit button to the open door, where the handle opens."""
CALM_SECONDS = 2.0
"""Closed for so long, a door is closed: until then the alarm lasts, so that a rattling door raises one."""
NOT_OPENED_SECONDS = 0.5
"""After the pulse."""

_NEVER = float("-inf")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What has been seen of a door. Times are monotonic seconds."""

    is_open: bool | None = None
    """None without a contact, or while it cannot be believed."""
    moved_at: float = _NEVER
    """When the contact changed last."""
    expected_until: float = _NEVER
    """Until then somebody may open the door from either side."""
    fired_until: float | None = None
    """End of the pulse during which the door has not been opened yet; None: nobody waits for that."""
    forced: bool = False
    held_open: bool = False
    not_opened: bool = False
    tampered: bool = False
    panic: bool = False


def moved(seen: Seen, is_open: bool, now: float) -> Seen:
    """The contact says that the door was opened or closed."""
    if not is_open:
        return msgspec.structs.replace(seen, is_open=False, moved_at=now)
    return msgspec.structs.replace(
        seen,
        is_open=True,
        moved_at=now,
        forced=seen.forced or now > seen.expected_until,
        fired_until=None,
        not_opened=False,
    )


def unlocked(seen: Seen, until: float) -> Seen:
    """The relay was fired, until then."""
    return msgspec.structs.replace(
        seen,
        expected_until=max(seen.expected_until, until + GRACE_SECONDS),
        fired_until=until if seen.is_open is False else None,
        not_opened=False,
    )


def exit_asked(seen: Seen, now: float) -> Seen:
    """Somebody inside wants to go out."""
    return msgspec.structs.replace(seen, expected_until=max(seen.expected_until, now + EXIT_SECONDS))


def looked(seen: Seen, held_open_seconds: float, now: float) -> Seen:
    """What the passing of time makes of it."""
    if seen.is_open and not seen.forced and now - seen.moved_at > held_open_seconds:
        seen = msgspec.structs.replace(seen, held_open=True)
    if seen.is_open is False and now - seen.moved_at >= CALM_SECONDS:
        seen = msgspec.structs.replace(seen, forced=False, held_open=False)
    if seen.fired_until is not None and now > seen.fired_until + NOT_OPENED_SECONDS:
        seen = msgspec.structs.replace(seen, fired_until=None, not_opened=True)
    return seen


def doubted(seen: Seen) -> Seen:
    """The contact changes without end: what it says is not believed, and no longer an alarm of its own."""
    return msgspec.structs.replace(
        seen, is_open=None, forced=False, held_open=False, not_opened=False, fired_until=None
    )


def believed_again(seen: Seen, is_open: bool, now: float) -> Seen:
    """The contact has come to rest; that the door is open now is nobody's fault yet."""
    return msgspec.structs.replace(seen, is_open=is_open, moved_at=now)


def alarms(seen: Seen) -> frozenset[AlarmKind]:
    """What is wrong."""
    found = {
        AlarmKind.FORCED: seen.forced,
        AlarmKind.HELD_OPEN: seen.held_open,
        AlarmKind.NOT_OPENED: seen.not_opened,
        AlarmKind.TAMPER: seen.tampered,
        AlarmKind.PANIC: seen.panic,
    }
    return frozenset(kind for kind, is_so in found.items() if is_so)
