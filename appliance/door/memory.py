"""What a door remembers of earlier tries, and which of it outlasts a restart."""

from __future__ import annotations

from datetime import datetime

import msgspec

WRONG_CODES_ALLOWED = 5
FIRST_LOCKOUT_SECONDS = 30.0
LONGEST_LOCKOUT_SECONDS = 900.0
BLOCKED_SECONDS = 1800.0


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
    blocked_until: float = 0.0
    """Until then nobody opens from afar; monotonic seconds, kept over restarts."""
    grants: tuple[float, ...] = ()
    """Monotonic times of the openings of the last minute, without those of the exit button."""
    unlocked_since: float | None = None
    """When the present unlocking began; None while the door is locked."""


class Tries(msgspec.Struct, frozen=True, tag="tries"):
    """What is kept of wrong codes."""

    boot: str
    """In which `locked_out_until` counts."""
    wrong_codes: int
    locked_out_until: float


class Blocked(msgspec.Struct, frozen=True, tag="blocked"):
    """What is kept of a tamper switch or a panic button."""

    boot: str
    """In which `blocked_until` counts."""
    blocked_until: float


Kept = Tries | Blocked
"""What outlasts a restart; of each kind the newest of each door."""

SPOILED: tuple[Kept, ...] = (Tries("", WRONG_CODES_ALLOWED, 0.0), Blocked("", BLOCKED_SECONDS))
"""Instead of what somebody has made unreadable: the cautious answer."""


def blocked(memory: Memory, now: Instant) -> Memory:
    """What the door remembers of a tamper switch or a panic button that is active now."""
    return msgspec.structs.replace(memory, blocked_until=now.monotonic + BLOCKED_SECONDS)


def kept_over_restart(memory: Memory, kept: Kept, boot: str, now: float) -> Memory:
    """What the door remembers with what was kept of an earlier run.

    After a reboot times begin anew, for nobody knows how long it took.
    """
    is_same_boot = kept.boot == boot
    match kept:
        case Tries(wrong_codes=wrong, locked_out_until=until):
            longest = now + lockout_seconds(wrong)
            return msgspec.structs.replace(
                memory,
                wrong_codes=memory.wrong_codes + wrong,
                locked_out_until=max(memory.locked_out_until, min(until, longest) if is_same_boot else longest),
            )
        case Blocked(blocked_until=0.0):
            return memory
        case Blocked(blocked_until=until):
            longest = now + BLOCKED_SECONDS
            return msgspec.structs.replace(
                memory, blocked_until=max(memory.blocked_until, min(until, longest) if is_same_boot else longest)
            )


def lockout_seconds(wrong_codes: int) -> float:
    """How long no code is looked at after so many wrong ones in a row: 30 s after five, doubling to 15 min."""
    if wrong_codes < WRONG_CODES_ALLOWED:
        return 0.0
    return min(FIRST_LOCKOUT_SECONDS * 2.0 ** min(wrong_codes - WRONG_CODES_ALLOWED, 16), LONGEST_LOCKOUT_SECONDS)
