"""The office's clock: monotonic seconds as Trio counts them, and the wall only when something vouches for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import trio

from appliance.config.models import Configuration
from appliance.door.clock import has_hardware_clock, is_synchronised

EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this release was written it cannot be."""


class HouseClock:
    """Implements the port `Clock`.

    Args:
        trusted: Believe the wall clock even though neither a time server nor a hardware clock vouches for it.
    """

    def __init__(self, *, trusted: bool = False) -> None:
        self._zone: tzinfo = UTC
        self._trusted = trusted
        self._network: tuple[datetime, float] | None = None
        """What a telephone network said last, and when."""

    def use_zone(self, name: str) -> None:
        """Tell the wall in this zone (IANA name) from now on."""
        self._zone = ZoneInfo(name)

    async def follow(self, configuration: Configuration) -> None:
        """The office may have moved."""
        self.use_zone(configuration.timezone)

    def monotonic(self) -> float:
        return trio.current_time()

    def network_said(self, at: datetime) -> None:
        """A telephone network told the time: believed where nothing better vouches for the wall."""
        if at >= EARLIEST:
            self._network = at, trio.current_time()

    def wall(self) -> datetime | None:
        now = datetime.now(self._zone)
        sure = now >= EARLIEST and (self._trusted or is_synchronised() or has_hardware_clock())
        if sure or self._network is None:
            return now if sure else None
        at, heard = self._network
        return (at + timedelta(seconds=trio.current_time() - heard)).astimezone(self._zone)
