"""Calendars of other programs as closed times: all of it, or every reason why not."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.calendar_files import BadCalendar, read_calendar, with_calendar
from appliance.config.loading import check, export, parse
from appliance.config.models import CalendarEvent
from appliance.routing.hours import Openness, Why, look
from appliance.routing.hours_notation import parse_event
from tests.flows.offices import small_office

RIGA = ZoneInfo("Europe/Riga")
TODAY = date(2026, 11, 27)


def calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *lines, "END:VCALENDAR", ""])


def event(*lines: str, uid: str = "1") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


def read(*lines: str) -> list[str]:
    """What is written of a calendar, as "when name"."""
    return [f"{each.when} {each.name}".strip() for each in read_calendar(calendar(*lines), RIGA, TODAY).events]


NEW_YORK = (
    *("BEGIN:VTIMEZONE", "TZID:Head office", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
    *("TZOFFSETFROM:-0500", "TZOFFSETTO:-0500", "END:STANDARD", "END:VTIMEZONE"),
)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (event("DTSTART;VALUE=DATE:20261224", "SUMMARY:Christmas Eve"), ["2026-12-24 Christmas Eve"]),
        (event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225"), ["2026-12-24"]),
        (event("DTSTART;VALUE=DATE:20261228", "DTEND;VALUE=DATE:20270103"), ["2026-12-28..2027-01-02"]),
        (event("DTSTART;VALUE=DATE:20261228", "DURATION:P2D"), ["2026-12-28..2026-12-29"]),
        (
            event("DTSTART:20261224T120000Z", "DTEND:20261224T140000Z"),
            ["2026-12-24T14:00+02:00..2026-12-24T16:00+02:00"],
        ),
        (
            event("DTSTART:20261224T120000", "DURATION:PT90M"),
            ["2026-12-24T12:00+02:00..2026-12-24T13:30+02:00"],
        ),
        (
            event("DTSTART;TZID=Europe/London:20261224T120000", "DTEND;TZID=Europe/London:20261224T130000"),
            ["2026-12-24T14:00+02:00..2026-12-24T15:00+02:00"],
        ),
        (
            event("DTSTART;TZID=FLE Standard Time:20261224T120000", "DURATION:PT1H"),
            ["2026-12-24T12:00+02:00..2026-12-24T13:00+02:00"],
        ),
        (
            (*NEW_YORK, *event("DTSTART;TZID=Head office:20261224T090000", "DURATION:PT1H")),
            ["2026-12-24T16:00+02:00..2026-12-24T17:00+02:00"],
        ),
        (
            event("DTSTART;VALUE=DATE:20250623", "RRULE:FREQ=YEARLY", "SUMMARY:Līgo"),
            ["2027-06-23 Līgo", "2028-06-23 Līgo"],
        ),
        (
            event(
                *("DTSTART;TZID=Europe/Riga:20270326T150000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"),
                "EXDATE;TZID=Europe/Riga:20270402T150000",
            ),
            ["2027-03-26T15:00+02:00..2027-03-26T16:00+02:00", "2027-04-09T15:00+03:00..2027-04-09T16:00+03:00"],
        ),
        (
            (
                *event("DTSTART;VALUE=DATE:20270104", "RRULE:FREQ=DAILY;COUNT=2"),
                *event("RECURRENCE-ID;VALUE=DATE:20270105", "DTSTART;VALUE=DATE:20270110", "SUMMARY:Moved"),
            ),
            ["2027-01-04", "2027-01-10 Moved"],
        ),
        (
            (
                *event("DTSTART;VALUE=DATE:20270104", "STATUS:CANCELLED"),
                *event("DTSTART;VALUE=DATE:20270105", uid="2"),
            ),
            ["2027-01-05"],
        ),
        (event("DTSTART;VALUE=DATE:20260101"), []),
        (event("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261130"), ["2026-11-20..2026-11-29"]),
        (event("DTSTART;VALUE=DATE:20261224", "SUMMARY:Two\\nlines\\, folded"), ["2026-12-24 Two lines, folded"]),
    ],
)
def test_events_become_closed_times(lines: tuple[str, ...], expected: list[str]) -> None:
    assert read(*lines) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its end is missing"),
        ("hello", "This is no calendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261224\r\n", "its end is missing"),
        (calendar(), "has no events"),
        (calendar("no line of any sense"), "no line of any sense"),
        (calendar(*event("DTSTART:2026-12-24", "SUMMARY:Eve")), 'event 1 "Eve": DTSTART: Expected'),
        (calendar(*event("SUMMARY:Eve")), "It has no beginning"),
        (calendar(*event("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=SOMETIMES")), "event 1: RRULE: "),
        (calendar(*event("DTSTART;VALUE=DATE:20261224", "EXDATE:foo")), "event 1: EXDATE: "),
        (calendar(*event("DTSTART:20261224T100000Z", "RRULE:FREQ=SECONDLY", "DURATION:PT1S")), "every minute"),
        (calendar(*event("DTSTART;TZID=Mars/Olympus:20261224T100000", "DURATION:PT1H")), 'no time zone "Mars/Olympus"'),
        (calendar(*event("DTSTART:20261224T100000Z", "DTEND:20261224T090000Z")), "ends before"),
        (calendar(*event("DTSTART:20261224T100000Z", "DTEND;VALUE=DATE:20261225")), "or the other way round"),
        (calendar(*event("DTSTART:20261224T100000Z")), "takes no time"),
        (calendar(*event("DTSTART:20200101T000000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY")), "more than the 3000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        read_calendar(text, RIGA, TODAY)
    assert said in str(refused.value) + str(refused.value.next_step)


def test_every_bad_event_is_told() -> None:
    bad = calendar(*event("SUMMARY:One"), *event("DTSTART:x", uid="2"), *event("DTSTART;VALUE=DATE:20261224", uid="3"))
    with pytest.raises(BadCalendar) as refused:
        read_calendar(bad, RIGA, TODAY)
    assert str(refused.value.next_step).count("\n") == 2


def test_an_import_replaces_what_the_same_calendar_said_before_and_closes() -> None:
    office = small_office()
    first = with_calendar(office, "office", "team", [CalendarEvent(when="2026-12-01", name="Fair")])
    both = with_calendar(first, "office", "holidays", [CalendarEvent(when="2026-12-15")])
    second = with_calendar(both, "office", "team", [CalendarEvent(when="2026-12-08", name="Moved fair")])
    assert check(second) == () and parse(export(second)) == second
    hours = second.opening_hours["office"]
    states = [look(hours, office.timezone, datetime(2026, 12, day, 12, tzinfo=RIGA)) for day in (1, 8, 15)]
    assert states == [
        Openness(True),
        Openness(False, Why.CALENDAR, "Moved fair"),
        Openness(False, Why.CALENDAR, "holidays"),
    ]
    with pytest.raises(BadCalendar, match='Did you mean "office"'):
        with_calendar(office, "offic", "team", [])


LINES = calendar(
    *event("DTSTART;TZID=Europe/Riga:20270326T150000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:A"),
    *event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225", "EXDATE;VALUE=DATE:20261225", uid="2"),
).split("\r\n")


@settings(deadline=None)
@given(st.data())
def test_any_damage_is_refused_or_gives_times_that_can_be_kept(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        cut = data.draw(st.integers(0, len(line)))
        damage = data.draw(st.sampled_from(["", ";", ":", "=", "9", "Z", "\x00", "-", "é", line]))
        lines[at] = line[:cut] + damage + line[cut + data.draw(st.integers(0, 3)) :]
    try:
        found = read_calendar("\r\n".join(lines), RIGA, TODAY)
    except BadCalendar:
        return
    for each in found.events:
        parse_event(each.when, UTC)
    assert check(with_calendar(small_office(), "office", "damaged", found.events)) == ()
