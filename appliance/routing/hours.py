"""Opening hours: weekly periods in the office's own time, closed dates, and the hand that overrides both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from appliance.config.models import OpeningHours
from appliance.errors import PorterError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPEN, CLOSED = "open", "closed"
DAY_MINUTES = 24 * 60

_PERIOD = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*(?:([01]?\d|2[0-3]):([0-5]\d)|(24):(00))")


class BadPeriod(PorterError):
    """A text that is no period of a day."""


class Period(NamedTuple):
    """From the first minute to just before the last; both count from midnight of the day it begins on.

    `ends` is above 1,440 when the period goes on into the next day.
    """

    begins: int
    ends: int


class Openness(NamedTuple):
    """Whether it is open, and whether the clock was there to say so."""

    is_open: bool
    clock_known: bool


def parse_period(text: str) -> Period:
    """A period such as "09:00-13:00"; "22:00-02:00" ends on the next day, "24:00" is the midnight that ends the day.

    Raises:
        BadPeriod: The text is not two times, or the two are equal.
    """
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise BadPeriod(f'"{text}" is no period.', 'Write two times of 24 hours, such as "09:00-17:30".')
    begin_hour, begin_minute, *end = found.groups()
    end_hour, end_minute = (part for part in end if part is not None)
    begins, ends = int(begin_hour) * 60 + int(begin_minute), int(end_hour) * 60 + int(end_minute)
    if begins == ends:
        raise BadPeriod(f'"{text}" begins when it ends.', 'For a whole day write "00:00-24:00".')
    return Period(begins, ends if ends > begins else ends + DAY_MINUTES)


def look(hours: OpeningHours, timezone: str, now: datetime | None) -> Openness:
    """Whether it is open at an instant.

    Args:
        timezone: IANA name of the zone in which the periods are meant.
        now: Any aware time; None while nobody knows it.

    Without a clock it counts as open. A caller at night then rings phones in vain and goes on to what follows an
    unanswered call; the other choice would keep every caller of a whole working day from people who sit there.

    A period opens and closes once on the days when the clocks change: a time that is skipped counts as the first
    minute after the gap, a time that comes twice as the first of the two.
    """
    if hours.override is not None:
        return Openness(hours.override == OPEN, now is not None)
    if now is None:
        return Openness(True, False)
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    if today.isoformat() in hours.closed_dates:
        return Openness(False, True)
    return Openness(any(begins <= now < ends for begins, ends in _intervals(hours, zone, today)), True)


def _intervals(hours: OpeningHours, zone: ZoneInfo, today: date) -> Iterator[tuple[datetime, datetime]]:
    """Periods that can cover an instant of today: those that begin today, or yesterday and go on over midnight."""
    for day in (today - timedelta(days=1), today):
        if day.isoformat() in hours.closed_dates:
            continue
        for text in hours.weekly.get(DAYS[day.weekday()], ()):
            period = parse_period(text)
            yield _instant(day, period.begins, zone), _instant(day, period.ends, zone)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows the minutes of a day; the end of the gap where it never does."""
    shown = datetime.combine(day, time()) + timedelta(minutes=minutes)
    while True:
        instant = shown.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == shown:
            return instant
        shown += timedelta(minutes=1)
