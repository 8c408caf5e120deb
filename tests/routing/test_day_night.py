"""The switch between day and night."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from appliance.config.loading import check
from appliance.config.models import Configuration, OpeningHours
from appliance.routing.day_night import (
    CannotSwitch,
    by_the_week,
    closed_by_hand,
    open_by_hand,
    toggled,
    until_when,
)
from appliance.routing.hours import look
from appliance.routing.hours_notation import BadHours
from tests.flows.offices import small_office

RIGA, LONDON = ZoneInfo("Europe/Riga"), ZoneInfo("Europe/London")
WEEK = {day: ("09:00-18:00",) for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = small_office(
    opening_hours={
        "office": OpeningHours(weekly=WEEK),
        "branch": OpeningHours(weekly={"tue": ("07:00-22:00",)}, timezone="Europe/London"),
    }
)
TUESDAY_NOON = datetime(2026, 12, 1, 12, tzinfo=RIGA)
TUESDAY_EVENING = datetime(2026, 12, 1, 20, tzinfo=RIGA)
FRIDAY_EVENING = datetime(2026, 12, 4, 20, tzinfo=RIGA)


def switches(office: Configuration) -> dict[str, tuple[str | None, str | None]]:
    """By the hours: how the hand has put them, and until when."""
    assert not check(office)
    return {name: (hours.override, hours.override_until) for name, hours in office.opening_hours.items()}


def test_the_hand_is_put_on_one_or_on_all_and_written_in_the_time_of_the_hours() -> None:
    until = datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert switches(open_by_hand(OFFICE, "office")) == {"office": ("open", None), "branch": (None, None)}
    assert switches(closed_by_hand(OFFICE, None, until)) == {
        "office": ("closed", "2026-12-01T18:00:00+02:00"),
        "branch": ("closed", "2026-12-01T16:00:00+00:00"),
    }
    assert by_the_week(closed_by_hand(OFFICE, None, until), None) == OFFICE


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (TUESDAY_NOON, ("closed", "2026-12-01T18:00:00+02:00")),
        (TUESDAY_EVENING, ("open", "2026-12-02T09:00:00+02:00")),
        (FRIDAY_EVENING, ("open", "2026-12-07T09:00:00+02:00")),
        (None, ("closed", None)),
    ],
)
def test_toggling_holds_the_opposite_until_the_week_changes(
    now: datetime | None, expected: tuple[str, str | None]
) -> None:
    assert switches(toggled(OFFICE, "office", now))["office"] == expected


@pytest.mark.parametrize("now", [TUESDAY_NOON, TUESDAY_EVENING, FRIDAY_EVENING])
def test_toggling_twice_is_by_the_week_again(now: datetime) -> None:
    assert toggled(toggled(OFFICE, "office", now), "office", now) == OFFICE


def test_toggling_twice_without_a_clock_opens_by_hand() -> None:
    assert switches(toggled(toggled(OFFICE, "office", None), "office", None))["office"] == ("open", None)


def test_all_are_closed_together_when_any_is_open() -> None:
    assert switches(toggled(OFFICE, None, TUESDAY_EVENING)) == {
        "office": (None, None),
        "branch": ("closed", "2026-12-01T22:00:00+00:00"),
    }


def test_after_the_hand_has_let_go_the_week_decides() -> None:
    switched = toggled(OFFICE, "office", TUESDAY_NOON).opening_hours["office"]
    states = [
        look(switched, OFFICE.timezone, datetime(2026, 12, day, hour, tzinfo=RIGA)).is_open
        for day, hour in ((1, 12), (1, 17), (1, 19), (2, 10))
    ]
    assert states == [False, False, False, True]


@pytest.mark.parametrize(
    ("name", "text", "now", "expected"),
    [
        ("office", "2026-12-01 16:00", TUESDAY_NOON, datetime(2026, 12, 1, 16, tzinfo=RIGA)),
        ("branch", "2026-12-01 16:00", TUESDAY_NOON, datetime(2026, 12, 1, 16, tzinfo=LONDON)),
        ("office", "2026-12-01 16:00", None, datetime(2026, 12, 1, 16, tzinfo=RIGA)),
        ("office", "change", TUESDAY_NOON, datetime(2026, 12, 1, 18, tzinfo=RIGA)),
        (None, "change", TUESDAY_EVENING, datetime(2026, 12, 2, 0, tzinfo=RIGA)),
    ],
)
def test_when_a_hand_lets_go_as_somebody_wrote_it(
    name: str | None, text: str, now: datetime | None, expected: datetime
) -> None:
    assert until_when(OFFICE, name, text, now) == expected


def test_what_cannot_be_switched_says_why() -> None:
    with pytest.raises(CannotSwitch, match='Did you mean "office"'):
        open_by_hand(OFFICE, "offise")
    with pytest.raises(CannotSwitch, match="no opening hours"):
        toggled(msgspec.structs.replace(OFFICE, opening_hours={}), None, TUESDAY_NOON)
    with pytest.raises(CannotSwitch, match="is over already"):
        until_when(OFFICE, "office", "2026-12-01 11:59", TUESDAY_NOON)
    with pytest.raises(CannotSwitch, match="Nobody knows the time"):
        until_when(OFFICE, "office", "change", None)
    with pytest.raises(BadHours, match="no date with a time"):
        until_when(OFFICE, "office", "tomorrow", TUESDAY_NOON)
