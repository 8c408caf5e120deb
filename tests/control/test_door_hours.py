"""Hours of codes as people write them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.control.door_hours import BadDoorHours, hours_in_words, hours_of
from appliance.control.door_people import Hours

WEEK = (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", ()),
        ("08:00-18:00", (Hours(WEEK, time(8), time(18)),)),
        ("Mon-Fri 8:00 - 18:00", (Hours((1, 2, 3, 4, 5), time(8), time(18)),)),
        ("sat 10:00-14:00, sun 22:00-02:00", (Hours((6,), time(10), time(14)), Hours((7,), time(22), time(2)))),
        ("sat-mon 00:00-24:00", (Hours((6, 7, 1), time(0), time(0)),)),
    ],
)
def test_hours_are_read(text: str, hours: tuple[Hours, ...]) -> None:
    assert hours_of(text) == hours


@pytest.mark.parametrize("text", ["always", "mon", "8-18", "mon-fri 25:00-26:00", "mno 08:00-18:00", "mon 08:60-09:00"])
def test_what_is_no_hours_is_told_with_what_to_write(text: str) -> None:
    with pytest.raises(BadDoorHours) as raised:
        hours_of(text)
    assert raised.value.next_step


SPANS = some.builds(
    lambda first, length, since, until: Hours(
        tuple((first + day) % 7 + 1 for day in range(length)), time(*divmod(since, 60)), time(*divmod(until, 60))
    ),
    some.integers(0, 6),
    some.integers(1, 6),
    some.integers(0, 1439),
    some.integers(0, 1439),
)


@given(some.lists(SPANS, max_size=4))
def test_what_is_shown_can_be_written_again(hours: list[Hours]) -> None:
    assert hours_of(hours_in_words(hours)) == tuple(hours)
