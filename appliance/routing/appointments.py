"""Which times of a calendar are free."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from appliance.config.models import Calendar, OpeningHours
from appliance.routing.hours import look, zone_of
from appliance.routing.hours_notation import DAY_MINUTES, Days, Span, parse_event

_ONE_MINUTE = timedelta(minutes=1)

_LOOK_MINUTES = 5
"""How often within an appointment the hours are looked at; a break is not shorter."""


def free_times(
    calendar: Calendar, hours: OpeningHours, timezone: str, now: datetime, taken: Collection[Span]
) -> Iterator[datetime]:
    """Beginnings of appointments nobody has, from the soonest that can still be booked, in the office's zone.

    What lies in a time that is booked, or in an event imported for the calendar, even by a minute, is not free.

    Args:
        now: With its zone.
        taken: What is booked.
    """
    zone = zone_of(hours, timezone)
    days, spans = _busy(calendar, zone)
    spans += taken
    soonest = now.astimezone(UTC) + timedelta(minutes=calendar.notice_minutes)
    for local in _beginnings(calendar, now.astimezone(zone).date(), zone):
        begins = local.astimezone(UTC)
        ends = begins + timedelta(minutes=calendar.minutes)
        last = (ends - _ONE_MINUTE).astimezone(zone).date()
        is_busy = any(event.cover(local.date()) or event.cover(last) for event in days) or any(
            span.begins < ends and begins < span.ends for span in spans
        )
        if begins >= soonest and not is_busy and _is_open(hours, timezone, begins, calendar.minutes):
            yield local


def _beginnings(calendar: Calendar, today: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Multiples of the length, counted from each midnight; a time that the clock leaps over in spring is none."""
    for ahead, minute in itertools.product(range(calendar.days + 1), range(0, DAY_MINUTES, calendar.minutes)):
        local = datetime.combine(today + timedelta(days=ahead), time(minute // 60, minute % 60), zone)
        if local.astimezone(UTC).astimezone(zone).time() == local.time():
            yield local


def _busy(calendar: Calendar, zone: ZoneInfo) -> tuple[list[Days], list[Span]]:
    """What was imported for the calendar."""
    events = [parse_event(event.when, zone) for events in calendar.calendars.values() for event in events]
    return [each for each in events if isinstance(each, Days)], [each for each in events if isinstance(each, Span)]


def _is_open(hours: OpeningHours, timezone: str, begins: datetime, minutes: int) -> bool:
    moments = (*range(0, minutes, _LOOK_MINUTES), minutes - 1)
    return all(look(hours, timezone, begins + timedelta(minutes=minute)).is_open for minute in moments)
