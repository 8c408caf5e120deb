"""How opening hours are written: periods of a day, whole days, instants."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from appliance.errors import PorterError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
RANGE = ".."
"""Between the two ends of a range."""

_PERIOD = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*(?:([01]?\d|2[0-3]):([0-5]\d)|(24):(00))")
_INSTANT = re.compile(r"2[01]\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_A_LEAP_YEAR = "2000-"


class BadHours(PorterError):
    """A text that is no period, no day or no instant."""


class Period(NamedTuple):
    """From the first minute to just before the last; both count from midnight of the day it begins on.

    `ends` is above 1,440 when the period goes on into the next day.
    """

    begins: int
    ends: int


class Days(NamedTuple):
    """Whole days, both ends among them: of one time as "2026-12-24", or of every year as "12-24"."""

    first: str
    last: str

    def cover(self, day: date) -> bool:
        """Whether a day is one of them; days of every year may go on over its end."""
        shown = day.isoformat()[-len(self.first) :]
        if self.first <= self.last:
            return self.first <= shown <= self.last
        return shown >= self.first or shown <= self.last


class Span(NamedTuple):
    """From one instant to just before another, both in UTC."""

    begins: datetime
    ends: datetime


def parse_period(text: str) -> Period:
    """A period such as "09:00-13:00"; "22:00-02:00" ends on the next day, "24:00" is the midnight that ends the day.

    Raises:
        BadHours: The text is not two times, or the two are equal.
    """
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise BadHours(f'"{text}" is no period.', 'Write two times of 24 hours, such as "09:00-17:30".')
    begin_hour, begin_minute, *end = found.groups()
    end_hour, end_minute = (part for part in end if part is not None)
    begins, ends = int(begin_hour) * 60 + int(begin_minute), int(end_hour) * 60 + int(end_minute)
    if begins == ends:
        raise BadHours(f'"{text}" begins when it ends.', 'For a whole day write "00:00-24:00".')
    return Period(begins, ends if ends > begins else ends + DAY_MINUTES)


def parse_day(text: str) -> str:
    """A date "2026-12-24", or "12-24" of every year, as it is written.

    Raises:
        BadHours: There is no such day.
    """
    whole = text if len(text) > len("12-24") else _A_LEAP_YEAR + text
    try:
        if date.fromisoformat(whole).isoformat() == whole:
            return text
    except ValueError:
        pass
    raise BadHours(
        f'"{text}" is no date; write it as year-month-day, 2026-12-24, or as month-day for every year, 12-24.'
    )


def parse_days(text: str) -> Days:
    """One day or a range such as "2026-12-24..2027-01-02".

    Raises:
        BadHours: An end is no date, only one has a year, or the range ends before it begins.
    """
    begin, dots, end = text.partition(RANGE)
    first = parse_day(begin.strip())
    last = parse_day(end.strip()) if dots else first
    if len(first) != len(last):
        raise BadHours(f'"{text}" has a year at one end only.', "Write both ends with their years, or both without.")
    if len(first) > len("12-24") and last < first:
        raise BadHours(f'"{text}" ends before it begins.')
    return Days(first, last)


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """A date with a time such as "2026-11-30T09:00+02:00", in UTC.

    Args:
        zone: In which a time without an offset is meant.

    Raises:
        BadHours: There is no such date or time.
    """
    try:
        if _INSTANT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
    except ValueError:
        pass
    raise BadHours(f'"{text}" is no date with a time.', 'Write it such as "2026-11-30T09:00".')


def parse_event(text: str, zone: tzinfo) -> Days | Span:
    """When an event of a calendar is: whole days, or from one instant to another; `zone` as for `parse_instant`.

    Raises:
        BadHours: It is neither, or ends before it begins.
    """
    if ":" not in text:
        return parse_days(text)
    begin, _dots, end = text.partition(RANGE)
    span = Span(parse_instant(begin.strip(), zone), parse_instant(end.strip(), zone))
    if span.ends <= span.begins:
        raise BadHours(f'"{text}" ends before it begins.')
    return span
