"""Time as the door sees it: monotonic for pulses and lock-outs, the wall only when somebody vouches for it."""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from appliance.door.memory import Instant

_TIME_ERROR = 5
"""Return value of adjtimex(2) while nobody has synchronised the clock."""
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this program was written it cannot be."""


class DoorClock:
    """The machine's clocks.

    Args:
        zone: IANA name of the office's time zone; None: the machine's.
        trusted: Believe the wall clock even though nothing vouches for it.
    """

    def __init__(self, zone: str | None = None, *, trusted: bool = False) -> None:
        self._zone = ZoneInfo(zone) if zone else None
        self._trusted = trusted

    def now(self) -> Instant:
        wall = datetime.now(self._zone or UTC)
        if self._zone is None:
            wall = wall.astimezone()
        sure = wall >= _EARLIEST and (self._trusted or is_synchronised() or has_hardware_clock())
        return Instant(time.monotonic(), wall if sure else None)


def boot_id() -> str:
    """The kernel's name for this boot: monotonic times of different boots cannot be compared."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def is_synchronised() -> bool:
    """Whether the kernel's clock follows a time server (adjtimex(2)); False where asking is forbidden."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(1024))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _TIME_ERROR or Path("/run/systemd/timesync/synchronized").exists()


def has_hardware_clock() -> bool:
    """Whether the kernel set its time from a battery-backed clock at boot."""
    for clock in Path("/sys/class/rtc").glob("rtc*/hctosys"):
        try:
            if clock.read_text().strip() == "1":
                return True
        except OSError:
            continue
    return False
