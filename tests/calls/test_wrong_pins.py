"""Guessing PINs takes longer each time."""

from appliance.calls.wrong_pins import FREE_TRIES, LONGEST_PAUSE_SECONDS, WrongPins


def test_each_wrong_pin_after_the_free_ones_doubles_the_pause() -> None:
    pins = WrongPins()
    for _ in range(FREE_TRIES - 1):
        pins.wrong("box", 0.0)
    assert not pins.is_locked("box", 0.0)
    pins.wrong("box", 0.0)
    assert pins.is_locked("box", 59.0) and not pins.is_locked("box", 60.0)
    pins.wrong("box", 60.0)
    assert pins.is_locked("box", 179.0) and not pins.is_locked("box", 180.0)
    assert not pins.is_locked("another", 61.0)


def test_the_pause_has_an_end_and_a_right_pin_forgets_all() -> None:
    pins = WrongPins()
    for _ in range(10_000):
        pins.wrong("box", 0.0)
    assert not pins.is_locked("box", LONGEST_PAUSE_SECONDS)
    pins.right("box")
    assert not pins.is_locked("box", 0.0)
