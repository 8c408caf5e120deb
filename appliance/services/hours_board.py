"""Opening hours for observers: open or closed, why, and until when; computed anew only when they can be different."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import trio

from appliance.config.models import Configuration, OpeningHours
from appliance.control.controller_messages import LiveHours
from appliance.office import Office
from appliance.routing.hours import look, next_change, zone_of

FRESH = timedelta(minutes=1)
"""The reason may change at midnight without anything opening or closing."""

LOOK_SECONDS = 1.0


class HoursBoard:
    """Remembers what it has found, since a snapshot may be taken ten times a second."""

    def __init__(self) -> None:
        self._of: Configuration | None = None
        self._now: datetime | None = None
        self._good_until: datetime | None = None
        self._found: tuple[LiveHours, ...] = ()

    def now(self, configuration: Configuration, now: datetime | None) -> tuple[LiveHours, ...]:
        """All hours at an instant; None while the clock is unknown."""
        if not self._is_fresh(configuration, now):
            self._find(configuration, now)
        return self._found

    def _is_fresh(self, configuration: Configuration, now: datetime | None) -> bool:
        if configuration is not self._of:
            return False
        if now is None or self._now is None or self._good_until is None:
            return now is self._now
        return self._now <= now < self._good_until

    def _find(self, configuration: Configuration, now: datetime | None) -> None:
        zone = configuration.timezone
        changes = (
            {}
            if now is None
            else {name: next_change(hours, zone, now) for name, hours in configuration.opening_hours.items()}
        )
        self._found = tuple(
            _live(name, hours, zone, now, changes.get(name)) for name, hours in configuration.opening_hours.items()
        )
        self._of, self._now = configuration, now
        known = (change for change in changes.values() if change is not None)
        self._good_until = None if now is None else min((now + FRESH, *known))


async def keep_hours_shown(office: Office, board: HoursBoard, changed: Callable[[], None]) -> None:
    """Call `changed` whenever hours look different only because time has passed; until cancelled."""
    shown: tuple[LiveHours, ...] | None = None
    while True:
        found = board.now(office.configuration, office.ports.clock.wall())
        if shown is not None and found != shown:
            changed()
        shown = found
        await trio.sleep(LOOK_SECONDS)


def _live(name: str, hours: OpeningHours, timezone: str, now: datetime | None, changes: datetime | None) -> LiveHours:
    openness, zone = look(hours, timezone, now), zone_of(hours, timezone)
    return LiveHours(
        name=name,
        is_open=openness.is_open,
        why=openness.why,
        cause=openness.name,
        until=_written(openness.until, zone),
        changes_at=_written(changes, zone),
    )


def _written(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="minutes")
