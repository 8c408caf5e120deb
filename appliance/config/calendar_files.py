"""Calendars of other programs (iCalendar, RFC 5545) as closed times of opening hours: text in, events out.

Events that recur are written out one by one, so that the configuration shows every day it is closed on and nothing
needs to be computed, or asked of anybody, when a call comes in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from appliance.config.mistakes import Mistake, closest
from appliance.config.models import CalendarEvent, Configuration
from appliance.errors import PorterError
from appliance.routing.hours_notation import RANGE

HORIZON = timedelta(days=2 * 366)
MOST_EVENTS = 3000
"""Closed times of one calendar within the horizon; a calendar of more is another kind of calendar."""

_LONGEST_NAME = 200
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, IndexError)
"""What the libraries raise over values nobody has foreseen."""


class BadCalendar(PorterError):
    """A text that is no calendar, or has events that cannot be read."""


class CalendarRead(NamedTuple):
    """What a calendar says."""

    events: tuple[CalendarEvent, ...]
    """In order of their beginnings."""
    until: date
    """What comes later was not looked at."""


def read_calendar(text: str, zone: ZoneInfo, today: date) -> CalendarRead:
    """The closed times of a calendar from a day on, for `HORIZON`; cancelled events are none.

    Args:
        zone: Of the hours: in which events without a zone are meant, and all are written.

    Raises:
        BadCalendar: With every event that cannot be read. Nothing is left out silently.
    """
    until = today + HORIZON
    calendars = _parsed(text)
    sources = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not sources:
        raise BadCalendar("The calendar has no events.", "Export it anew, with its events.")
    if mistakes := [mistake for at, event in enumerate(sources, 1) for mistake in _mistakes(at, event)]:
        raise BadCalendar(
            "The calendar has events that cannot be read; nothing was changed.",
            "Put them right where the calendar is kept and export it anew:\n"
            + "\n".join(f"  {mistake}" for mistake in mistakes),
        )
    found = [event for calendar in calendars for event in _expanded(calendar, today, until)]
    if len(found) > MOST_EVENTS:
        raise BadCalendar(
            f"The calendar has {len(found)} events until {until}, more than the {MOST_EVENTS} that can be kept.",
            "Export one that has only the times at which it is closed.",
        )
    written = {(_begin(event, zone), _written(event, zone)) for event in found if _status(event) != "CANCELLED"}
    return CalendarRead(tuple(event for _begins, event in sorted(written, key=_by_begin)), until)


def with_calendar(
    configuration: Configuration, hours: str, calendar: str, events: Sequence[CalendarEvent]
) -> Configuration:
    """The configuration in which a calendar of some hours has these events, and no longer those of its last import.

    Raises:
        BadCalendar: There are no such hours.
    """
    before = configuration.opening_hours.get(hours)
    if before is None:
        raise BadCalendar(f'There are no opening hours "{hours}".', _meant(hours, configuration.opening_hours))
    changed = msgspec.structs.replace(before, calendars={**before.calendars, calendar: tuple(events)})
    return msgspec.structs.replace(configuration, opening_hours={**configuration.opening_hours, hours: changed})


def with_busy_times(
    configuration: Configuration, calendar: str, source: str, events: Sequence[CalendarEvent]
) -> Configuration:
    """The configuration in which a calendar for appointments is busy at these events, and no longer at those that were
    imported from the same source before.

    Raises:
        BadCalendar: There is no such calendar.
    """
    before = configuration.calendars.get(calendar)
    if before is None:
        raise BadCalendar(f'There is no calendar "{calendar}".', _meant(calendar, configuration.calendars))
    changed = msgspec.structs.replace(before, calendars={**before.calendars, source: tuple(events)})
    return msgspec.structs.replace(configuration, calendars={**configuration.calendars, calendar: changed})


def _meant(name: str, known: Collection[str]) -> str:
    meant = closest(name, known)
    return f'Did you mean "{meant}"?' if meant else f"There are: {', '.join(known) or 'none'}."


def _parsed(text: str) -> list[Any]:
    import icalendar  # takes a while, and nobody else needs it

    try:
        calendars = icalendar.Calendar.from_ical(text.removeprefix("\ufeff"), multiple=True)
    except _BROKEN as error:
        raise BadCalendar(f"This is no calendar: {error}", "Export it anew as iCalendar (.ics).") from error
    whole = [calendar for calendar in calendars if calendar.name == "VCALENDAR"]
    if not whole:
        raise BadCalendar("This is no calendar, or its end is missing.", "Export it anew as iCalendar (.ics).")
    return whole


def _mistakes(at: int, event: Any) -> Iterator[Mistake]:
    """What is wrong with one event, named by its place among the events and its summary."""
    path = f"event {at}" + (f' "{summary}"' if (summary := _name(event)) else "")
    if event.errors:
        for name, cause in event.errors:
            yield Mistake(path=path, cause=f"{name}: {cause}")
        return
    if (begin := event.get("DTSTART")) is None:
        yield Mistake(path=path, cause="It has no beginning (DTSTART).")
        return
    if str(event.get("RRULE", {}).get("FREQ", [""])[0]) in _TOO_OFTEN:
        yield Mistake(path=path, cause="It recurs every minute or more often.")
    for name in ("DTSTART", "DTEND"):
        zone = event[name].params.get("TZID") if name in event else None
        if zone is not None and isinstance(event[name].dt, datetime) and event[name].dt.tzinfo is None:
            yield Mistake(path=path, cause=f'{name}: there is no time zone "{zone}".')
    is_timed = isinstance(begin.dt, datetime)
    end = event.get("DTEND")
    if end is not None and isinstance(end.dt, datetime) is not is_timed:
        yield Mistake(path=path, cause="It begins on a whole day and ends at a time, or the other way round.")
    elif end is not None and (_is_before(end.dt, begin.dt) or (is_timed and end.dt == begin.dt)):
        yield Mistake(path=path, cause="It ends before it has begun.")
    elif end is None and is_timed and "DURATION" not in event:
        yield Mistake(path=path, cause="It takes no time; give it an end.")


def _is_before(end: Any, begin: Any) -> bool:
    try:
        return bool(end < begin)
    except TypeError:  # one has a zone and the other has none
        return bool(end.replace(tzinfo=None) < begin.replace(tzinfo=None))


def _expanded(calendar: Any, today: date, until: date) -> list[Any]:
    import recurring_ical_events  # type: ignore[import-untyped]  # has none

    try:
        return list(recurring_ical_events.of(calendar).between(today, until))
    except _BROKEN as error:
        raise BadCalendar(
            f"The events of the calendar cannot be written out: {error}", "Export it anew, or without this event."
        ) from error


def _written(event: Any, zone: ZoneInfo) -> CalendarEvent:
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    if isinstance(begin, datetime):
        return CalendarEvent(when=f"{_local(begin, zone)}{RANGE}{_local(end, zone)}", name=_name(event))
    last = max(begin, end - timedelta(days=1))  # DTEND of whole days is the first one after them
    return CalendarEvent(when=f"{begin}" if last == begin else f"{begin}{RANGE}{last}", name=_name(event))


def _begin(event: Any, zone: ZoneInfo) -> str:
    begin = event["DTSTART"].dt
    return _local(begin, zone) if isinstance(begin, datetime) else f"{begin}"


def _by_begin(written: tuple[str, CalendarEvent]) -> tuple[str, str]:
    begins, event = written
    return begins, event.when


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _status(event: Any) -> str:
    return str(event.get("STATUS", "")).upper()


def _name(event: Any) -> str:
    shown = "".join(character if character.isprintable() else " " for character in str(event.get("SUMMARY", "")))
    return " ".join(shown.split())[:_LONGEST_NAME]
