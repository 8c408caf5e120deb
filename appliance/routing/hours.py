"""Opening hours: whether it is open and why, and when that changes next.

Everything is an interval between two instants: the periods of each day, less what closes them. A period opens and
closes once on the days when the clocks change: a time that is skipped counts as the first minute after the gap, a time
that comes twice as the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from appliance.config.models import OpeningHours
from appliance.routing.hours_notation import (
    DAY_MINUTES,
    DAYS,
    Days,
    Period,
    Span,
    parse_days,
    parse_event,
    parse_instant,
    parse_period,
)
from appliance.routing.public_holidays import holiday_name

OPEN: Literal["open"] = "open"
CLOSED: Literal["closed"] = "closed"

HORIZON_DAYS = 400
"""How far ahead `next_change` looks: a year, and some days more so that a yearly date is found from its own eve."""


class Why(StrEnum):
    """What decided whether it is open."""

    WEEK = "week"
    SPECIAL = "special"
    """The day has periods of its own."""
    DATE = "date"
    """One of the closed dates."""
    HOLIDAY = "holiday"
    CALENDAR = "calendar"
    """An event of an imported calendar."""
    HAND = "hand"
    NO_CLOCK = "no_clock"
    """Nobody knows the time, so it counts as open."""


class Openness(NamedTuple):
    """Whether it is open, and why."""

    is_open: bool
    why: Why = Why.WEEK
    name: str = ""
    """Of the holiday or of the event, or the calendar's where that has none; "" for other reasons."""
    until: datetime | None = None
    """When the hand lets go; None: when somebody takes it back, or no hand is on it."""


class _Day(NamedTuple):
    """What is true of a day as a whole."""

    why: Why
    periods: tuple[Period, ...]
    name: str = ""

    @property
    def ends_the_night(self) -> bool:
        """Whether a period of the day before ends at its midnight."""
        return self.why is not Why.WEEK and not self.periods


def look(hours: OpeningHours, timezone: str, now: datetime | None) -> Openness:
    """Whether it is open at an instant, and why.

    Args:
        timezone: IANA name of the office's zone, for hours that have none of their own.
        now: Any aware time; None while nobody knows it.

    Without a clock it counts as open. A caller at night then rings phones in vain and goes on to what follows an
    unanswered call; the other choice would keep every caller of a whole working day from people who sit there. What
    somebody has switched by hand holds even then, also when it should end some day: a person's word is better than a
    guess, and goes as soon as the clock says that its time is over.
    """
    week = _Week(hours, timezone)
    if hours.override is not None and (now is None or week.is_held(now)):
        return Openness(hours.override == OPEN, Why.HAND, until=week.hand_until)
    return Openness(True, Why.NO_CLOCK) if now is None else week.look(now.astimezone(UTC))


def next_change(hours: OpeningHours, timezone: str, now: datetime) -> datetime | None:
    """The first instant after `now` at which it opens, if it is closed, or closes, if it is open; in UTC.

    None: not within `HORIZON_DAYS`, or not before somebody takes his hand from the switch.
    """
    week = _Week(hours, timezone)
    if not week.is_held(now):
        return week.next_change(now.astimezone(UTC))
    if week.hand_until is None:
        return None
    if week.is_open(week.hand_until) is not (hours.override == OPEN):
        return week.hand_until
    return week.next_change(week.hand_until)


def zone_of(hours: OpeningHours, timezone: str) -> ZoneInfo:
    """The zone in which hours are meant, in an office of a time zone (IANA name)."""
    return ZoneInfo(hours.timezone or timezone)


class _Week:
    """Opening hours, read once for many questions; its instants are in UTC."""

    def __init__(self, hours: OpeningHours, timezone: str) -> None:
        self._zone = zone_of(hours, timezone)
        self._weekly = {day: _periods(texts) for day, texts in hours.weekly.items()}
        self._special = {day: _periods(texts) for day, texts in hours.special.items()}
        self._closed = [parse_days(text) for text in hours.closed_dates]
        self._holidays = hours.holidays
        self._event_days: list[tuple[Days, str]] = []
        self._event_spans: list[tuple[Span, str]] = []
        for calendar, events in hours.calendars.items():
            for event in events:
                match parse_event(event.when, self._zone):
                    case Days() as days:
                        self._event_days.append((days, event.name or calendar))
                    case span:
                        self._event_spans.append((span, event.name or calendar))
        self._override = hours.override
        self.hand_until = None if hours.override_until is None else parse_instant(hours.override_until, self._zone)

    def is_held(self, now: datetime) -> bool:
        """Whether a hand is on the switch."""
        return self._override is not None and (self.hand_until is None or now < self.hand_until)

    def is_open(self, now: datetime) -> bool:
        """Whether it is open, were there no hand on the switch."""
        today = self._date(now)
        return any(span.begins <= now < span.ends for day in (today - _ONE_DAY, today) for span in self._spans(day))

    def look(self, now: datetime) -> Openness:
        """The same with the reason."""
        is_open, day = self.is_open(now), self._day(self._date(now))
        if is_open or day.why is not Why.WEEK:
            return Openness(is_open, day.why, day.name)
        for span, name in self._event_spans:
            if span.begins <= now < span.ends:
                return Openness(False, Why.CALENDAR, name)
        return Openness(False)

    def next_change(self, now: datetime) -> datetime | None:
        """As the function of this name, were there no hand on the switch."""
        first = self._date(now) - _ONE_DAY
        closes: datetime | None = None
        for span in self._spans_from(first):
            if span.begins <= (closes or now) < span.ends:
                closes = span.ends
            elif closes is not None and span.begins > closes:
                return closes
            elif closes is None and span.begins > now:
                return span.begins
        is_seen = closes is not None and self._date(closes) < first + HORIZON_DAYS * _ONE_DAY
        return closes if is_seen else None

    def _date(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()

    def _day(self, day: date) -> _Day:
        written = day.isoformat()
        special = self._special.get(written, self._special.get(written[len("2026-") :]))
        if special is not None:
            return _Day(Why.SPECIAL, special)
        if any(days.cover(day) for days in self._closed):
            return _Day(Why.DATE, ())
        if self._holidays is not None and (name := holiday_name(self._holidays, day)) is not None:
            return _Day(Why.HOLIDAY, (), name)
        for days, name in self._event_days:
            if days.cover(day):
                return _Day(Why.CALENDAR, (), name)
        return _Day(Why.WEEK, self._weekly.get(DAYS[day.weekday()], ()))

    def _spans_from(self, first: date) -> Iterator[Span]:
        """When it is open from a day on, in order of the beginnings: an event can leave only the night of a day."""
        late: list[Span] = []
        for day in (first + ahead * _ONE_DAY for ahead in range(HORIZON_DAYS + 1)):
            midnight = _instant(day + _ONE_DAY, 0, self._zone)
            found = sorted([*late, *self._spans(day)])
            yield from (span for span in found if span.begins < midnight)
            late = [span for span in found if span.begins >= midnight]

    def _spans(self, day: date) -> list[Span]:
        """When it is open by the periods that begin on a day."""
        this = self._day(day)
        found = [
            Span(_instant(day, begins, self._zone), _instant(day, ends, self._zone)) for begins, ends in this.periods
        ]
        if any(ends > DAY_MINUTES for _begins, ends in this.periods) and self._day(day + _ONE_DAY).ends_the_night:
            midnight = _instant(day + _ONE_DAY, 0, self._zone)
            found = [Span(span.begins, min(span.ends, midnight)) for span in found]
        if this.why is Why.WEEK:
            for event, _name in self._event_spans:
                found = [left for span in found for left in _without(span, event)]
        return [span for span in found if span.begins < span.ends]


_ONE_DAY = timedelta(days=1)


def _periods(texts: tuple[str, ...]) -> tuple[Period, ...]:
    return tuple(parse_period(text) for text in texts)


def _without(span: Span, event: Span) -> Iterator[Span]:
    """What is left of a span beside an event."""
    if event.ends <= span.begins or span.ends <= event.begins:
        yield span
        return
    if span.begins < event.begins:
        yield Span(span.begins, event.begins)
    if event.ends < span.ends:
        yield Span(event.ends, span.ends)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows the minutes of a day; the end of the gap where it never does."""
    shown = datetime.combine(day, time()) + timedelta(minutes=minutes)
    while True:
        instant = shown.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == shown:
            return instant
        shown += timedelta(minutes=1)
