"""Hours of a code as people write them: "mon-fri 08:00-18:00, sat 10:00-14:00"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from appliance.control.door_people import Hours
from appliance.errors import PorterError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_PART = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:\s*-\s*(?P<last>[a-z]{3}))?\s+)?"
    r"(?P<since>\d{1,2}:\d\d)\s*[-–]\s*(?P<until>\d{1,2}:\d\d)"
)
_HOW = 'Write such as "mon-fri 08:00-18:00, sat 10:00-14:00"; without days it is every day.'


class BadDoorHours(PorterError):
    """A text that is no hours."""


def hours_of(text: str) -> tuple[Hours, ...]:
    """Hours from a text; an empty one is always.

    Raises BadDoorHours with what cannot be read.
    """
    return tuple(_span(part.strip().lower()) for part in text.split(",") if part.strip())


def hours_in_words(hours: Sequence[Hours]) -> str:
    """The text for some hours; `hours_of` gives the same again. "" for always."""
    return ", ".join(f"{_days(span.days)}{span.since:%H:%M}-{span.until:%H:%M}" for span in hours)


def _span(text: str) -> Hours:
    found = _PART.fullmatch(text)
    if found is None:
        raise BadDoorHours(f'"{text}" is no hours.', _HOW)
    first, last = found["first"] or "mon", found["last"] or found["first"] or "sun"
    for day in (first, last):
        if day not in DAYS:
            raise BadDoorHours(f'"{day}" is no day.', f"Days are {', '.join(DAYS)}.")
    begin, end = DAYS.index(first), DAYS.index(last)
    days = range(begin, end + 1) if begin <= end else [*range(begin, 7), *range(end + 1)]
    return Hours(tuple(day % 7 + 1 for day in days), _time(found["since"]), _time(found["until"]))


def _time(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    try:
        return time(hour % 24 if (hour, minute) == (24, 0) else hour, minute)
    except ValueError:
        raise BadDoorHours(f'"{text}" is no time of day.', _HOW) from None


def _days(days: Sequence[int]) -> str:
    if sorted(days) == list(range(1, 8)):
        return ""
    first, last = DAYS[days[0] - 1], DAYS[days[-1] - 1]
    return f"{first} " if len(days) == 1 else f"{first}-{last} "
