"""How fast the door is. The limits are the product's; the figures are printed (`pytest -s`)."""

from __future__ import annotations

import statistics
import time

import pytest

from appliance.control.door_messages import ButtonPressed, DoorUnlocked, Granted
from tests.door.conftest import DoorProcess, by_digit, front

DOORS = [front(name=f"door {number}", button_pin=2 * number, relay_pin=2 * number + 1) for number in range(1, 13)]


def say(what: str, seconds: list[float]) -> float:
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{what:45} median {median:6.1f} ms   worst {worst:6.1f} ms   n {len(seconds)}")
    return median


@pytest.mark.real
def test_a_key_moves_the_relay_and_a_press_is_told_in_no_time(door: DoorProcess) -> None:
    door.start()
    door.apply(*DOORS)
    heard = door.hear()
    chip = door.chip()
    moved, answered = [], []
    for settings in DOORS:
        seen, asked = chip.count, time.monotonic()
        assert isinstance(door.client.ask(by_digit(door=settings.name)), Granted)
        answered.append(time.monotonic() - asked)
        moved.append(next(change.monotonic for change in chip.trace(seen) if change.level == 1) - asked)
        heard.next(DoorUnlocked)
    told = []
    for settings in DOORS:
        seen = chip.count
        chip.apply(settings.button_pin, 0)
        heard.next(ButtonPressed)
        arrived = time.monotonic()
        pressed = next(change for change in chip.trace(seen) if not change.is_driven)
        told.append(arrived - pressed.monotonic)
    assert say("request → relay (digit → relay ≤ 100 ms)", moved) < 100
    say("request → answer", answered)
    assert say("press → notice at the controller (≤ 300 ms)", told) < 300
