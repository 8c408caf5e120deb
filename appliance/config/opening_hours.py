"""Whether opening hours can be read: days, periods, dates, zones, the country of their holidays, what was imported."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC

from appliance.config.mistakes import Mistake, closest
from appliance.config.models import CalendarEvent, Configuration, OpeningHours
from appliance.routing.hours_notation import (
    DAYS,
    BadHours,
    parse_day,
    parse_days,
    parse_event,
    parse_instant,
    parse_period,
)
from appliance.routing.public_holidays import is_place, places_near


def check_hours(configuration: Configuration) -> Iterator[Mistake]:
    """Every text of them means something."""
    for name, hours in configuration.opening_hours.items():
        yield from _check(f"opening_hours.{name}", hours)


def zone_mistake(path: str, zone: str) -> Iterator[Mistake]:
    """What is wrong with a time zone; nothing when it exists."""
    try:
        zoneinfo.ZoneInfo(zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        guess = closest(zone, zoneinfo.available_timezones())
        yield Mistake(path=path, cause=f'There is no time zone "{zone}".', did_you_mean=guess)


def week_mistakes(path: str, weekly: Mapping[str, tuple[str, ...]]) -> Iterator[Mistake]:
    """What cannot be read of the periods of a week."""
    for day, periods in weekly.items():
        if day not in DAYS:
            cause = f'"{day}" is no day; write {", ".join(DAYS)}.'
            yield Mistake(path=f"{path}.{day}", cause=cause, did_you_mean=closest(day, DAYS))
        yield from _unread(f"{path}.{day}", periods, parse_period)


def event_mistakes(path: str, calendars: Mapping[str, tuple[CalendarEvent, ...]]) -> Iterator[Mistake]:
    """What cannot be read of imported calendars."""
    for calendar, events in calendars.items():
        for at, event in enumerate(events, 1):
            yield from _why_not(f"{path}.{calendar}.{at}.when", event.when, lambda text: parse_event(text, UTC))


def _check(path: str, hours: OpeningHours) -> Iterator[Mistake]:
    if hours.timezone is not None:
        yield from zone_mistake(f"{path}.timezone", hours.timezone)
    yield from week_mistakes(f"{path}.weekly", hours.weekly)
    yield from _unread(f"{path}.closed_dates", hours.closed_dates, parse_days)
    for day, periods in hours.special.items():
        yield from _why_not(f"{path}.special.{day}", day, parse_day)
        yield from _unread(f"{path}.special.{day}", periods, parse_period)
    yield from event_mistakes(f"{path}.calendars", hours.calendars)
    if hours.holidays is not None and not is_place(hours.holidays):
        cause = f'Of "{hours.holidays}" no public holidays are known; write a country such as LV, or a part as DE-BY.'
        guess = closest(hours.holidays, places_near(hours.holidays))
        yield Mistake(path=f"{path}.holidays", cause=cause, did_you_mean=guess)
    yield from _check_hand(path, hours)


def _check_hand(path: str, hours: OpeningHours) -> Iterator[Mistake]:
    if hours.override_until is None:
        return
    yield from _why_not(f"{path}.override_until", hours.override_until, lambda text: parse_instant(text, UTC))
    if hours.override is None:
        yield Mistake(path=f"{path}.override_until", cause='There is no `override` of "open" or "closed" to end then.')


def _unread(path: str, texts: tuple[str, ...], read: Callable[[str], object]) -> Iterator[Mistake]:
    for at, text in enumerate(texts, 1):
        yield from _why_not(f"{path}.{at}", text, read)


def _why_not(path: str, text: str, read: Callable[[str], object]) -> Iterator[Mistake]:
    try:
        read(text)
    except BadHours as bad:
        yield Mistake(path=path, cause=str(bad))
