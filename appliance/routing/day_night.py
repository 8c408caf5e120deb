"""The switch between day and night: opening hours put to open or closed by hand, for a time or until it is taken back.

Each function makes a new configuration; who asks, by which key or page, is elsewhere. A `name` of None means all hours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from appliance.config.mistakes import closest
from appliance.config.models import Configuration, OpeningHours
from appliance.errors import PorterError
from appliance.routing.hours import CLOSED, OPEN, look, next_change, zone_of
from appliance.routing.hours_notation import parse_instant

CHANGE = "change"
"""Instead of an instant: until the week opens or closes next."""


class CannotSwitch(PorterError):
    """There are no such hours, or the time is over already."""


def open_by_hand(configuration: Configuration, name: str | None, until: datetime | None = None) -> Configuration:
    """Open, whatever the week says; `until` as `OpeningHours.override_until`, None: until it is taken back.

    Raises:
        CannotSwitch: There are no such hours.
    """
    return _changed(configuration, name, lambda hours: _held(configuration, hours, OPEN, until))


def closed_by_hand(configuration: Configuration, name: str | None, until: datetime | None = None) -> Configuration:
    """Closed, whatever the week says; see `open_by_hand`."""
    return _changed(configuration, name, lambda hours: _held(configuration, hours, CLOSED, until))


def by_the_week(configuration: Configuration, name: str | None) -> Configuration:
    """Without a hand on the switch."""
    return _changed(configuration, name, _released)


def toggled(configuration: Configuration, name: str | None, now: datetime | None) -> Configuration:
    """The opposite of now, until the week opens or closes next; by the week where that says the same.

    Args:
        now: None while the clock is unknown; then it stays switched until it is taken back.

    All hours together are closed when any of them is open.
    """
    zone = configuration.timezone
    are_open = [look(configuration.opening_hours[each], zone, now).is_open for each in _meant(configuration, name)]
    override: Literal["open", "closed"] = CLOSED if any(are_open) else OPEN

    def turned(hours: OpeningHours) -> OpeningHours:
        week = _released(hours)
        if now is not None and look(week, zone, now).is_open is (override == OPEN):
            return week
        return _held(configuration, hours, override, None if now is None else next_change(week, zone, now))

    return _changed(configuration, name, turned)


def until_when(configuration: Configuration, name: str | None, text: str, now: datetime | None) -> datetime | None:
    """When a hand lets go, as somebody wrote it: an instant such as "2026-11-30 09:00", or `CHANGE`.

    Args:
        name: The hours whose zone and week count; None: the first that change.

    None: the week never changes. `CHANGE` needs a clock.

    Raises:
        BadHours: The text is no instant.
        CannotSwitch: The instant is over, or nobody knows when the week changes.
    """
    meant = [configuration.opening_hours[each] for each in _meant(configuration, name)]
    zone = configuration.timezone
    if text == CHANGE:
        if now is None:
            raise CannotSwitch("Nobody knows the time, so nobody knows when the hours change.", "Name a date and time.")
        changes = [next_change(_released(hours), zone, now) for hours in meant]
        return min((change for change in changes if change is not None), default=None)
    until = parse_instant(text, zone_of(meant[0], zone))
    if now is not None and until <= now:
        raise CannotSwitch(f"{text} is over already.", "Name a time to come.")
    return until


def _meant(configuration: Configuration, name: str | None) -> list[str]:
    if name is not None and name not in configuration.opening_hours:
        meant = closest(name, configuration.opening_hours)
        step = (
            f'Did you mean "{meant}"?' if meant else f"There are: {', '.join(configuration.opening_hours) or 'none'}."
        )
        raise CannotSwitch(f'There are no opening hours "{name}".', step)
    if not configuration.opening_hours:
        raise CannotSwitch("The office has no opening hours.", "Add some under `opening_hours` in the configuration.")
    return list(configuration.opening_hours) if name is None else [name]


def _changed(
    configuration: Configuration, name: str | None, change: Callable[[OpeningHours], OpeningHours]
) -> Configuration:
    changed = {each: change(configuration.opening_hours[each]) for each in _meant(configuration, name)}
    return msgspec.structs.replace(configuration, opening_hours=configuration.opening_hours | changed)


def _held(
    configuration: Configuration, hours: OpeningHours, override: Literal["open", "closed"], until: datetime | None
) -> OpeningHours:
    zone = zone_of(hours, configuration.timezone)
    written = None if until is None else until.astimezone(UTC).astimezone(zone).isoformat(timespec="seconds")
    return msgspec.structs.replace(hours, override=override, override_until=written)


def _released(hours: OpeningHours) -> OpeningHours:
    return msgspec.structs.replace(hours, override=None, override_until=None)
