"""What is keyed in until it is a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.door.keypad import BETWEEN_SECONDS, KeypadEntry


@pytest.mark.parametrize(
    ("keys", "entered"),
    [
        ("836251#", ["836251"]),
        ("12*836251#", ["836251"]),
        ("836251", []),
        ("#", [""]),
        ("*#", [""]),
        ("11#22#", ["11", "22"]),
        ("A8B3#", ["83"]),
        ("1" * 50 + "#", ["1" * 13]),
    ],
)
def test_hash_enters_and_star_begins_again(keys: str, entered: list[str]) -> None:
    entry = KeypadEntry()
    assert [code for key in keys if (code := entry.key(key, 0.0)) is not None] == entered


def test_after_a_long_pause_somebody_else_begins() -> None:
    entry = KeypadEntry()
    for key in "8362":
        assert entry.key(key, 0.0) is None
    assert entry.key("5", BETWEEN_SECONDS + 1) is None
    assert entry.key("#", BETWEEN_SECONDS + 2) == "5"


@given(some.text("0123456789*#AB", max_size=100), some.lists(some.floats(0, 30), min_size=100, max_size=100))
def test_nothing_keyed_in_becomes_longer_than_a_code_or_holds_anything_but_digits(
    keys: str, pauses: list[float]
) -> None:
    entry, now = KeypadEntry(), 0.0
    for key, pause in zip(keys, pauses, strict=False):
        now += pause
        code = entry.key(key, now)
        assert code is None or (len(code) <= 13 and set(code) <= set("0123456789"))
