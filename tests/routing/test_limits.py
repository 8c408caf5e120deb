"""Which period a call counts for, and which limits are reached."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.names import Used
from appliance.config.models import (
    Allowance,
    CallLimits,
    Configuration,
    Extension,
    GsmLine,
    Outgoing,
    OutsideLimits,
)
from appliance.routing.limits import Periods, Reached, What, alarms, periods, used_up

RIGA = ZoneInfo("Europe/Riga")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=RIGA)
OFFICE = Configuration(
    name="Office",
    default_desk="extension:201",
    extensions={
        "201": Extension(name="Anna", limits=CallLimits(day=Allowance(money=2.0))),
        "202": Extension(name="Boris"),
    },
    lines={"gsm1": GsmLine(simulated=True, outgoing=Outgoing(limits=CallLimits(night=Allowance(calls=2))))},
    outside_limits=OutsideLimits(
        office=CallLimits(day=Allowance(minutes=100)), extension=CallLimits(day=Allowance(calls=10))
    ),
)


@pytest.mark.parametrize(
    ("hour", "minute", "night", "found"),
    [
        (12, 0, "20:00-07:00", Periods("2026-11-24", None, "2026-11 month")),
        (19, 59, "20:00-07:00", Periods("2026-11-24", None, "2026-11 month")),
        (20, 0, "20:00-07:00", Periods("2026-11-24", "2026-11-24 night", "2026-11 month")),
        (6, 59, "20:00-07:00", Periods("2026-11-24", "2026-11-23 night", "2026-11 month")),
        (7, 0, "20:00-07:00", Periods("2026-11-24", None, "2026-11 month")),
        (0, 0, "20:00-24:00", Periods("2026-11-24", None, "2026-11 month")),
        (23, 59, "20:00-24:00", Periods("2026-11-24", "2026-11-24 night", "2026-11 month")),
        (3, 0, "01:00-05:00", Periods("2026-11-24", "2026-11-24 night", "2026-11 month")),
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(hour: int, minute: int, night: str, found: Periods) -> None:
    now = datetime(2026, 11, 24, hour, minute, tzinfo=RIGA)
    assert periods(now, "Europe/Riga", night) == found
    assert periods(now.astimezone(UTC), "Europe/Riga", night) == found


def test_without_a_clock_there_is_one_period_and_no_night() -> None:
    assert periods(None, "Europe/Riga", "20:00-07:00") == Periods("", None, "")


@pytest.mark.parametrize(
    ("account", "used", "what"),
    [
        ("extension:201", Used(99, 99, 1.99), None),
        ("extension:201", Used(0, 0, 2.0), What.MONEY),
        ("extension:202", Used(9, 999), None),
        ("extension:202", Used(10), What.CALLS),
        ("extension:999", Used(10), What.CALLS),
        ("office", Used(9, 100), What.MINUTES),
        ("line:gsm1", Used(9, 999, 99.0), None),
    ],
)
def test_each_account_has_limits_of_its_own(account: str, used: Used, what: What | None) -> None:
    found = used_up(OFFICE, {(account, "2026-11-24"): used}, account, NOON)
    assert (found and found.what) == what


def test_a_night_has_its_own_limit_and_counts_for_the_day_too() -> None:
    night = NOON.replace(hour=23)
    used = {("line:gsm1", "2026-11-24 night"): Used(2, 2)}
    limit = Reached(account="line:gsm1", what=What.CALLS, at_night=True, used=2, most=2)
    assert used_up(OFFICE, used, "line:gsm1", night) == limit
    assert used_up(OFFICE, used, "line:gsm1", NOON) is None, "by day that night is over"


def test_a_call_that_has_begun_is_not_one_too_many() -> None:
    used = {("extension:202", "2026-11-24"): Used(10, 10)}
    assert used_up(OFFICE, used, "extension:202", NOON, is_running=True) is None


@given(minutes=st.integers(0, 200))
def test_people_are_told_from_half_of_a_limit_on(minutes: int) -> None:
    told = alarms(OFFICE, {("office", "2026-11-24"): Used(1, minutes)}, NOON)
    assert bool(told) is (minutes >= 50)
    assert all(limit.is_used_up is (minutes >= 100) for limit in told)
