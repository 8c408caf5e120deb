"""Free times of a calendar."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Calendar, CalendarEvent, OpeningHours
from appliance.routing.appointments import free_times
from appliance.routing.hours_notation import Span

RIGA = ZoneInfo("Europe/Riga")
TUESDAY = datetime(2026, 11, 24, 8, 10, tzinfo=RIGA)
CALENDAR = Calendar(name="Doctor", hours="doctor", minutes=30, notice_minutes=60)
HOURS = OpeningHours(weekly={"tue": ("09:00-10:00", "10:15-11:15"), "wed": ("09:00-09:45",)})


def half_an_hour(begins: datetime, minutes: int = 30) -> Span:
    return Span(begins, begins + timedelta(minutes=minutes))


def times(
    hours: OpeningHours = HOURS, calendar: Calendar = CALENDAR, now: datetime = TUESDAY, taken: tuple[str, ...] = ()
) -> list[str]:
    """The first free times."""
    booked = [half_an_hour(datetime.fromisoformat(at).replace(tzinfo=RIGA)) for at in taken]
    free = free_times(calendar, hours, "Europe/Riga", now, booked)
    return [at.isoformat(" ", "minutes")[:16] for at in islice(free, 5)]


def test_an_appointment_lies_in_the_hours_with_its_end_and_without_their_break() -> None:
    assert times() == [
        *("2026-11-24 09:30", "2026-11-24 10:30", "2026-11-25 09:00"),
        *("2026-12-01 09:00", "2026-12-01 09:30"),
    ]


def test_what_is_taken_or_busy_in_an_imported_calendar_is_not_free() -> None:
    busy = CalendarEvent(when="2026-11-24T10:40+02:00..2026-11-24T12:00+02:00")
    hours = OpeningHours(weekly=HOURS.weekly, calendars={"outlook": (busy,)}, closed_dates=("2026-12-01",))
    assert times(hours, taken=("2026-11-24 09:30",))[0] == "2026-11-25 09:00"
    assert not any(at.startswith("2026-12-01") for at in times(hours))


@pytest.mark.parametrize(
    ("when", "first"),
    [
        ("2026-11-24T09:45+02:00..2026-11-24T09:46+02:00", "2026-11-24 10:30"),
        ("2026-11-24T10:00+02:00..2026-11-24T10:30+02:00", "2026-11-24 09:30"),
        ("2026-11-24", "2026-11-25 09:00"),
        ("2026-11-24..2026-11-25", "2026-12-01 09:00"),
        ("2020-01-01", "2026-11-24 09:30"),
    ],
)
def test_what_was_imported_for_the_calendar_alone_is_busy(when: str, first: str) -> None:
    own = msgspec.structs.replace(CALENDAR, calendars={"outlook": (CalendarEvent(when=when),)})
    assert times(calendar=own)[0] == first


def test_a_longer_appointment_of_before_keeps_all_of_its_time() -> None:
    nine = datetime(2026, 11, 24, 9, tzinfo=RIGA)
    found = free_times(CALENDAR, HOURS, "Europe/Riga", TUESDAY, [half_an_hour(nine, 60)])
    assert next(found) == datetime(2026, 11, 24, 10, 30, tzinfo=RIGA)


def test_an_appointment_over_midnight_touches_the_next_day_too() -> None:
    always = OpeningHours(weekly={day: ("00:00-24:00",) for day in ("tue", "wed")})
    long = Calendar(name="D", hours="d", minutes=400, days=0, calendars={"x": (CalendarEvent(when="2026-11-25"),)})
    assert times(always, long) == ["2026-11-24 13:20"], "the one from 20:00 on would end on the busy day"


def test_nothing_is_offered_after_the_last_day() -> None:
    assert times(calendar=Calendar(name="D", hours="doctor", days=1)) == times()[:3]
    assert times(OpeningHours(weekly={})) == []


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_on_which_the_clock_is_changed_have_no_time_twice(day: str) -> None:
    now = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=RIGA)
    always = OpeningHours(weekly={"sun": ("00:00-24:00",)})
    calendar = Calendar(name="D", hours="doctor", minutes=60, notice_minutes=0, days=1)
    found = [at.astimezone(UTC) for at in free_times(calendar, always, "Europe/Riga", now, ())]
    assert len(found) == len(set(found)) >= 23


@given(st.integers(0, 20_000), st.sets(st.integers(0, 400), max_size=20), st.sampled_from([15, 20, 45, 90]))
def test_no_time_is_offered_that_is_taken_or_gone(minute: int, taken: set[int], minutes: int) -> None:
    now = TUESDAY + timedelta(minutes=minute)
    calendar = Calendar(name="D", hours="doctor", minutes=minutes, notice_minutes=10, days=7)
    first = list(islice(free_times(calendar, HOURS, "Europe/Riga", now, ()), 20))
    booked = [at for index, at in enumerate(first) if index in taken]
    spans = [half_an_hour(at, minutes) for at in booked]
    found = list(islice(free_times(calendar, HOURS, "Europe/Riga", now, spans), 20))
    assert not set(found) & set(booked) and all(at >= now + timedelta(minutes=10) for at in found)
    assert found == sorted(found)
