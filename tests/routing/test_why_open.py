"""What decides whether it is open: holidays, own days, calendars, the hand; and when that changes next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.models import CalendarEvent, OpeningHours
from appliance.routing.hours import Openness, Why, look, next_change
from appliance.routing.hours_notation import DAYS

RIGA, KYIV, LORD_HOWE = "Europe/Riga", "Europe/Kyiv", "Australia/Lord_Howe"
WORKDAYS = DAYS[:5]
HOURS = OpeningHours(
    weekly={day: ("09:00-13:00", "14:00-18:00") for day in WORKDAYS} | {"sat": ("22:00-02:00",)},
    holidays="LV",
    closed_dates=("2026-12-07", "12-28..01-05", "2026-12-13"),
    special={"2026-12-24": ("10:00-12:00",), "12-31": (), "2026-12-30": ("22:00-01:00",), "12-29": ("08:00-10:00",)},
    calendars={
        "team": (
            CalendarEvent(when="2026-12-10T15:00+02:00..2026-12-10T16:30+02:00", name="All hands"),
            CalendarEvent(when="2026-12-15..2026-12-16", name="Fair"),
            CalendarEvent(when="2026-12-17"),
            CalendarEvent(when="2026-12-24T10:00+02:00..2026-12-24T11:00+02:00", name="Coffee"),
        )
    },
)


def at(text: str, zone: str = RIGA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def by_hand(override: str, until: str | None = None) -> OpeningHours:
    return msgspec.structs.replace(HOURS, override=override, override_until=until)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-12-01 12:59", Openness(True)),
        ("2026-12-01 13:00", Openness(False)),
        ("2026-11-18 12:00", Openness(False, Why.HOLIDAY, "Latvijas Republikas Proklamēšanas diena")),
        ("2026-12-25 23:59", Openness(False, Why.HOLIDAY, "Pirmie Ziemassvētki")),
        ("2026-12-07 12:00", Openness(False, Why.DATE)),
        ("2026-12-10 14:59", Openness(True)),
        ("2026-12-10 15:00", Openness(False, Why.CALENDAR, "All hands")),
        ("2026-12-10 16:30", Openness(True)),
        ("2026-12-15 12:00", Openness(False, Why.CALENDAR, "Fair")),
        ("2026-12-16 12:00", Openness(False, Why.CALENDAR, "Fair")),
        ("2026-12-17 12:00", Openness(False, Why.CALENDAR, "team")),
        ("2026-12-24 10:30", Openness(True, Why.SPECIAL)),
        ("2026-12-24 12:00", Openness(False, Why.SPECIAL)),
        ("2026-12-28 12:00", Openness(False, Why.DATE)),
        ("2027-01-04 12:00", Openness(False, Why.DATE)),
        ("2027-01-06 12:00", Openness(True)),
        ("2026-12-29 09:00", Openness(True, Why.SPECIAL)),
        ("2027-12-29 09:00", Openness(True, Why.SPECIAL)),
        ("2026-12-31 00:30", Openness(False, Why.SPECIAL)),
        ("2026-12-06 01:59", Openness(True)),
        ("2026-12-13 00:00", Openness(False, Why.DATE)),
    ],
)
def test_what_decides(moment: str, expected: Openness) -> None:
    assert look(HOURS, RIGA, at(moment)) == expected


def test_a_night_goes_on_into_a_day_with_own_periods() -> None:
    hours = OpeningHours(weekly={"fri": ("22:00-02:00",)}, special={"2026-11-28": ("10:00-12:00",)})
    states = [look(hours, RIGA, at(f"2026-11-28 {time}")).is_open for time in ("01:59", "02:00", "10:00", "12:00")]
    assert states == [True, False, True, False]


def test_hours_of_a_branch_are_meant_in_its_own_zone() -> None:
    branch = OpeningHours(weekly={day: ("09:00-18:00",) for day in WORKDAYS}, timezone="Europe/London")
    assert not look(branch, RIGA, at("2026-12-01 10:59")).is_open
    assert look(branch, RIGA, at("2026-12-01 11:00")).is_open
    assert next_change(branch, RIGA, at("2026-12-01 12:00")) == at("2026-12-01 20:00")


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    bavaria = OpeningHours(weekly={day: ("09:00-18:00",) for day in WORKDAYS}, holidays="DE-BY")
    epiphany = at("2026-01-06 12:00", "Europe/Berlin")
    assert look(bavaria, "Europe/Berlin", epiphany) == Openness(False, Why.HOLIDAY, "Heilige Drei Könige")
    germany = msgspec.structs.replace(bavaria, holidays="DE")
    assert look(germany, "Europe/Berlin", epiphany) == Openness(True)


def test_in_ukraine_the_own_list_closes_since_no_public_holidays_are_known() -> None:
    hours = OpeningHours(weekly={day: ("09:00-18:00",) for day in DAYS}, holidays="UA")
    independence = at("2026-08-24 12:00", KYIV)
    assert look(hours, KYIV, independence).is_open
    listed = msgspec.structs.replace(hours, closed_dates=("08-24",))
    assert look(listed, KYIV, independence) == Openness(False, Why.DATE)


UNTIL = "2026-12-01T16:00"


@pytest.mark.parametrize(
    ("override", "until", "now", "expected"),
    [
        ("closed", None, at("2026-12-01 12:00"), Openness(False, Why.HAND)),
        ("open", None, at("2026-12-25 12:00"), Openness(True, Why.HAND)),
        ("closed", UNTIL, at("2026-12-01 15:59"), Openness(False, Why.HAND, until=at("2026-12-01 16:00"))),
        ("closed", UNTIL, at("2026-12-01 16:00"), Openness(True)),
        ("closed", "2026-12-01T14:00Z", at("2026-12-01 16:00"), Openness(True)),
        ("open", UNTIL, at("2026-12-01 19:00"), Openness(False)),
        ("open", None, None, Openness(True, Why.HAND)),
        ("closed", None, None, Openness(False, Why.HAND)),
        ("closed", UNTIL, None, Openness(False, Why.HAND, until=at("2026-12-01 16:00"))),
        (None, None, None, Openness(True, Why.NO_CLOCK)),
    ],
)
def test_the_hand_goes_before_everything_until_it_lets_go(
    override: str, until: str | None, now: datetime | None, expected: Openness
) -> None:
    assert look(by_hand(override, until), RIGA, now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01 08:00", "2026-12-01 09:00"),
        ("2026-12-01 09:00", "2026-12-01 13:00"),
        ("2026-12-01 18:00", "2026-12-02 09:00"),
        ("2026-12-04 20:00", "2026-12-05 22:00"),
        ("2026-12-05 23:00", "2026-12-06 02:00"),
        ("2026-12-06 02:00", "2026-12-08 09:00"),
        ("2026-12-10 14:30", "2026-12-10 15:00"),
        ("2026-12-10 15:30", "2026-12-10 16:30"),
        ("2026-12-12 23:00", "2026-12-13 00:00"),
        ("2026-12-14 19:00", "2026-12-18 09:00"),
        ("2026-12-24 12:00", "2026-12-29 08:00"),
        ("2026-12-30 22:00", "2026-12-31 00:00"),
    ],
)
def test_when_it_opens_or_closes_next(now: str, expected: str) -> None:
    changes = next_change(HOURS, RIGA, at(now))
    assert changes is not None
    assert changes.astimezone(ZoneInfo(RIGA)) == at(expected)


@pytest.mark.parametrize(
    ("override", "until", "expected"),
    [
        ("closed", None, None),
        ("closed", "2026-12-01T16:00", "2026-12-01T16:00"),
        ("closed", "2026-12-01T13:30", "2026-12-01T14:00"),
        ("open", "2026-12-01T13:30", "2026-12-01T13:30"),
        ("open", "2026-12-01T13:00", "2026-12-01T13:00"),
        ("open", "2026-12-01T12:30", "2026-12-01T13:00"),
    ],
)
def test_when_the_hand_lets_go(override: str, until: str | None, expected: str | None) -> None:
    changes = next_change(by_hand(override, until), RIGA, at("2026-12-01 12:00"))
    assert changes == (None if expected is None else at(expected))


@pytest.mark.parametrize("hours", [{}, {day: ("00:00-24:00",) for day in DAYS}])
def test_what_never_changes_has_no_next_change(hours: dict[str, tuple[str, ...]]) -> None:
    assert next_change(OpeningHours(weekly=hours), RIGA, at("2026-12-01 12:00")) is None


def test_a_calendar_of_a_year_full_of_events_is_read_quickly() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo(RIGA))
    days = (noon + timedelta(days=day) for day in range(365))
    events = tuple(CalendarEvent(when=f"{day.isoformat()}..{(day + QUARTER).isoformat()}") for day in days)
    hours = OpeningHours(weekly={day: ("09:00-18:00",) for day in DAYS}, calendars={"lunch": events})
    assert look(hours, RIGA, at("2026-12-01 12:10")) == Openness(False, Why.CALENDAR, "lunch")
    assert next_change(hours, RIGA, at("2026-12-01 12:10")) == at("2026-12-01 12:15")


times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
periods = st.lists(st.tuples(times, times).filter(lambda ends: ends[0] != ends[1]).map("-".join), max_size=3).map(tuple)
near_days = st.integers(0, 12).map(lambda days: (datetime(2026, 10, 20) + timedelta(days=days)).date().isoformat())
near_instants = st.integers(0, 12 * 96).map(lambda quarters: datetime(2026, 10, 20, tzinfo=UTC) + quarters * QUARTER)
QUARTER = timedelta(minutes=15)
spans = st.tuples(near_instants, near_instants).filter(lambda ends: ends[0] < ends[1])


@st.composite
def any_hours(draw: st.DrawFn) -> OpeningHours:
    """Hours around the night in which the clocks go back, on quarters of an hour."""
    override = draw(st.sampled_from([None, "open", "closed"]))
    return OpeningHours(
        weekly=draw(st.dictionaries(st.sampled_from(DAYS), periods)),
        closed_dates=tuple(draw(st.lists(near_days, max_size=3))),
        special=draw(st.dictionaries(near_days, periods, max_size=3)),
        calendars={
            "c": tuple(
                CalendarEvent(when=f"{begin.isoformat()}..{end.isoformat()}")
                for begin, end in draw(st.lists(spans, max_size=3))
            )
        },
        override=override,
        override_until=draw(near_instants).isoformat() if override and draw(st.booleans()) else None,
    )


@settings(deadline=None)  # it looks at every quarter of an hour of weeks
@given(any_hours(), near_instants, st.sampled_from([RIGA, LORD_HOWE, "America/St_Johns"]))
def test_the_next_change_is_the_first_instant_that_looks_different(
    hours: OpeningHours, now: datetime, zone: str
) -> None:
    changes, state = next_change(hours, zone, now), look(hours, zone, now).is_open
    quarter = now
    while quarter < now + timedelta(days=20) and (changes is None or quarter < changes):
        assert look(hours, zone, quarter).is_open is state
        quarter += QUARTER
    if changes is not None:
        assert changes > now
        assert look(hours, zone, changes).is_open is not state
        assert look(hours, zone, changes - timedelta(seconds=1)).is_open is state
