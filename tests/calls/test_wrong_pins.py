"""Guessing PINs takes longer each time, and a restart does not help."""

from datetime import UTC, datetime, timedelta

import pytest

from appliance.calls.wrong_pins import FIRST_PAUSE_SECONDS, FREE_TRIES, LONGEST_PAUSE_SECONDS, WrongPins
from appliance.simulated.ports import MemoryWrongPins

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Watch:
    """A clock that a test turns."""

    def __init__(self, wall: datetime | None = NOON) -> None:
        self.now, self.first_wall = 1000.0, wall

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> datetime | None:
        return None if self.first_wall is None else self.first_wall + timedelta(seconds=self.now - 1000.0)


def guessed(pins: WrongPins, times: int, what: str = "box") -> list[bool]:
    return [pins.wrong(what) for _ in range(times)]


def test_each_wrong_pin_after_the_free_ones_doubles_the_pause() -> None:
    watch = Watch()
    pins = WrongPins(MemoryWrongPins(), watch)
    assert guessed(pins, FREE_TRIES) == [False] * (FREE_TRIES - 1) + [True]
    assert (pins.locked_seconds("box"), list(pins.locked())) == (60.0, ["box"])
    watch.now += 60
    assert not pins.is_locked("box") and list(pins.locked()) == []
    guessed(pins, 1)
    assert pins.locked_seconds("box") == 120.0 and not pins.is_locked("another")


def test_the_pause_has_an_end_and_a_right_pin_forgets_all() -> None:
    watch, store = Watch(), MemoryWrongPins()
    pins = WrongPins(store, watch)
    guessed(pins, 10_000)
    assert pins.locked_seconds("box") == LONGEST_PAUSE_SECONDS
    pins.right("box")
    assert not pins.is_locked("box") and store.kept == {}


def test_a_restart_neither_forgets_the_tries_nor_makes_the_pause_longer() -> None:
    watch, store = Watch(), MemoryWrongPins()
    guessed(WrongPins(store, watch), FREE_TRIES)
    watch.now += 20
    pins = WrongPins(store, watch)
    assert pins.locked_seconds("box") == pytest.approx(40.0)
    watch.now += 40
    assert not pins.is_locked("box")
    assert guessed(WrongPins(store, watch), 1) == [True]


@pytest.mark.parametrize("before", [NOON, None])
@pytest.mark.parametrize("after", [None, NOON - timedelta(days=1000)])
def test_a_clock_that_nobody_set_or_that_went_back_does_not_end_the_pause(
    before: datetime | None, after: datetime | None
) -> None:
    store = MemoryWrongPins()
    guessed(WrongPins(store, Watch(before)), FREE_TRIES)
    assert WrongPins(store, Watch(after)).locked_seconds("box") == FIRST_PAUSE_SECONDS


def test_a_pause_that_is_over_when_the_office_starts_is_over() -> None:
    store = MemoryWrongPins()
    guessed(WrongPins(store, Watch()), FREE_TRIES)
    assert not WrongPins(store, Watch(NOON + timedelta(hours=1))).is_locked("box")
    guessed(WrongPins(store, Watch()), 1)
    few = MemoryWrongPins()
    guessed(WrongPins(few, Watch()), FREE_TRIES - 1)
    again = WrongPins(few, Watch())
    assert not again.is_locked("box") and guessed(again, 1) == [True]
