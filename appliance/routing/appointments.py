"""Which times of a calendar are free."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from appliance.config.models import Calendar, OpeningHours
from appliance.routing.hours import look
from appliance.routing.hours_notation import DAY_MINUTES

_LOOK_MINUTES = 5
"""How often within an appointment the hours are looked at; a break is not shorter."""


def free_times(
    calendar: Calendar, hours: OpeningHours, timezone: str, now: datetime, taken: Collection[datetime]
) -> Iterator[datetime]:
    """Beginnings of appointments nobody has, from the soonest that can still be booked, in the office's zone.

    Args:
        now: With its zone.
        taken: Beginnings of those that are booked.
    """
    zone = ZoneInfo(hours.timezone or timezone)
    booked = {at.astimezone(UTC) for at in taken}
    soonest = now.astimezone(UTC) + timedelta(minutes=calendar.notice_minutes)
    today = now.astimezone(zone).date()
    for day in range(calendar.days + 1):
        for minute in range(0, DAY_MINUTES, calendar.minutes):
            local = datetime.combine(today + timedelta(days=day), time(minute // 60, minute % 60), zone)
            begins = local.astimezone(UTC)
            # A time that the clock leaps over in spring would be another one in truth.
            if begins < soonest or begins in booked or begins.astimezone(zone).time() != local.time():
                continue
            if _is_open(hours, timezone, begins, calendar.minutes):
                yield local


def _is_open(hours: OpeningHours, timezone: str, begins: datetime, minutes: int) -> bool:
    moments = (*range(0, minutes, _LOOK_MINUTES), minutes - 1)
    return all(look(hours, timezone, begins + timedelta(minutes=minute)).is_open for minute in moments)
