"""Opening hours on ordinary days, at night, and when the clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import OpeningHours
from appliance.routing.hours import look
from appliance.routing.hours_notation import DAYS, BadHours, Period, parse_period

RIGA = "Europe/Riga"
WEEK = OpeningHours(
    weekly={"mon": ("09:00-13:00", "14:00-18:00"), "tue": ("9:00-18:00",), "fri": ("22:00-02:00",)},
    closed_dates=("2026-12-01",),
)


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(RIGA), fold=fold)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:59:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:59:59", True),
        ("2026-11-23 13:00", False),
        ("2026-11-23 14:00", True),
        ("2026-11-23 18:00", False),
        ("2026-11-24 12:00", True),
        ("2026-11-25 12:00", False),
        ("2026-11-27 21:59", False),
        ("2026-11-27 22:00", True),
        ("2026-11-28 01:59", True),
        ("2026-11-28 02:00", False),
        ("2026-12-01 12:00", False),
    ],
)
def test_the_week(moment: str, is_open: bool) -> None:
    assert look(WEEK, RIGA, at(moment)).is_open is is_open


def test_the_instant_counts_and_not_the_zone_it_is_written_in() -> None:
    assert look(WEEK, RIGA, datetime(2026, 11, 24, 7, 0, tzinfo=UTC)).is_open
    assert not look(WEEK, RIGA, datetime(2026, 11, 24, 17, 0, tzinfo=UTC)).is_open


def test_a_period_that_begins_in_the_hour_that_is_skipped_begins_after_it() -> None:
    hours = OpeningHours(weekly={"sun": ("03:30-05:00",)})
    assert not look(hours, RIGA, at("2026-03-29 02:59")).is_open
    assert look(hours, RIGA, at("2026-03-29 04:00")).is_open
    assert not look(hours, RIGA, at("2026-03-29 05:00")).is_open


def test_a_period_that_ends_in_the_hour_that_comes_twice_ends_once() -> None:
    hours = OpeningHours(weekly={"sun": ("02:00-03:30",)})
    assert look(hours, RIGA, at("2026-10-25 03:29")).is_open
    assert not look(hours, RIGA, at("2026-10-25 03:31")).is_open
    assert not look(hours, RIGA, at("2026-10-25 03:15", fold=1)).is_open


def test_a_period_that_begins_in_the_hour_that_comes_twice_begins_once_and_stays() -> None:
    hours = OpeningHours(weekly={"sun": ("03:30-05:00",)})
    assert look(hours, RIGA, at("2026-10-25 03:30")).is_open
    assert look(hours, RIGA, at("2026-10-25 03:10", fold=1)).is_open


@pytest.mark.parametrize("zone", [RIGA, "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"])
def test_every_period_of_a_year_opens_and_closes_once(zone: str) -> None:
    hours = OpeningHours(weekly={day: ("01:15-03:45",) for day in DAYS})
    year_begins = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    states = [look(hours, zone, year_begins + timedelta(minutes=15 * quarter)).is_open for quarter in range(365 * 96)]
    assert sum(one is not other for one, other in pairwise(states)) == 2 * 365


def test_open_around_the_clock_never_closes() -> None:
    hours = OpeningHours(weekly={day: ("00:00-24:00",) for day in DAYS})
    for hour in range(366 * 24):
        assert look(hours, RIGA, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).is_open


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("09:00-17:30", Period(540, 1050)),
        ("9:00 – 17:30", Period(540, 1050)),
        ("22:00-02:00", Period(1320, 1560)),
        ("00:00-24:00", Period(0, 1440)),
    ],
)
def test_periods_are_read(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["", "9-17", "09:00", "09:00-09:00", "25:00-26:00", "09:60-10:00", "24:00-09:00"])
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadHours, match=r"[Ww]rite"):
        parse_period(text)


@given(st.text(max_size=14))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        begins, ends = parse_period(text)
    except BadHours:
        return
    assert 0 <= begins < 1440 and begins < ends <= begins + 1440
