"""The office's clock: monotonic seconds as Trio counts them, and the wall only when something vouches for it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import trio

from appliance.door.clock import has_hardware_clock, is_synchronised

EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this release was written it cannot be."""


class HouseClock:
    """Implements the port `Clock`.

    Args:
        zone: IANA name of the office's time zone.
        trusted: Believe the wall clock even though neither a time server nor a hardware clock vouches for it.
    """

    def __init__(self, zone: str, *, trusted: bool = False) -> None:
        self.zone = ZoneInfo(zone)
        self._trusted = trusted

    def monotonic(self) -> float:
        return trio.current_time()

    def wall(self) -> datetime | None:
        now = datetime.now(self.zone)
        sure = now >= EARLIEST and (self._trusted or is_synchronised() or has_hardware_clock())
        return now if sure else None
