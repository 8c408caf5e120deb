"""How fast the door is: the median and the worst of a hundred, of two dozen in the usual run.

The limits are the product's; figures are printed (`pytest -s`). From a telephone's key to the relay:
`tests/scenarios/test_door_latency.py`.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import deque

import pytest

from appliance.control.door_messages import ButtonPressed, DoorUnlocked, Granted, SimulateDoor
from appliance.control.door_people import SetPersonCode
from appliance.door.codes import why_trivial
from hardware.gpio.wiegand import key_bits
from hardware.simulators.keypads import send_wiegand
from hardware.simulators.pins import SimulatedChip
from tests.door.conftest import WIEGAND, DoorProcess, by_digit, front

DOORS = [front(name=f"door {number}", button_pin=2 * number, relay_pin=2 * number + 1) for number in range(1, 13)]
SAMPLES = 100 if os.environ.get("PORTER_LONG") == "full" else 24


def say(what: str, seconds: list[float]) -> tuple[float, float]:
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{what:45} median {median:6.1f} ms   worst {worst:6.1f} ms   n {len(seconds)}")
    return median, worst


def moved_at(chip: SimulatedChip, since: int, line: int) -> float:
    """When a relay was unlocked."""
    while True:
        for change in chip.trace(since):
            if change.line == line and change.level == 1:
                return change.monotonic
        time.sleep(0.001)


@pytest.mark.real
def test_a_key_moves_the_relay_and_a_press_is_told_in_no_time(door: DoorProcess) -> None:
    door.start()
    door.apply(*DOORS)
    heard = door.hear()
    chip = door.chip()
    moved, told = [], []
    free_at = deque((0.0, settings) for settings in DOORS)
    for _ in range(SAMPLES):
        at, settings = free_at.popleft()
        time.sleep(max(at - time.monotonic(), 0.0))  # one opening a second at each door, ten a minute
        seen, asked = chip.count, time.monotonic()
        assert isinstance(door.client.ask(by_digit(door=settings.name)), Granted)
        moved.append(moved_at(chip, seen, settings.relay_pin) - asked)
        free_at.append((asked + 1.05, settings))
        heard.next(DoorUnlocked)
    for number in range(SAMPLES):
        settings = DOORS[number % len(DOORS)]
        seen = chip.count
        chip.apply(settings.button_pin, 0)
        heard.next(ButtonPressed)
        arrived = time.monotonic()
        told.append(arrived - next(change for change in chip.trace(seen) if not change.is_driven).monotonic)
        chip.apply(settings.button_pin, 1)
        time.sleep(0.05)
    median, worst = say("request → relay (digit → relay ≤ 100 ms)", moved)
    assert median < 100 and worst < 1000
    median, worst = say("press → notice at the controller (≤ 300 ms)", told)
    assert median < 100 and worst < 1000


@pytest.mark.real
def test_a_code_among_sixty_moves_the_relay_as_fast_as_one_alone(door: DoorProcess) -> None:
    """Each comparison takes tens of milliseconds: with all of them one after the other nobody would come in."""
    door.start()
    door.apply(front(keypad=WIEGAND))
    codes = [code for number in range(70) if not why_trivial(code := f"{583_920 + 1733 * number}", ())][:60]
    for number, code in enumerate(codes):
        door.client.ask(SetPersonCode(person=f"person {number}", code=code))
    heard, chip = door.hear(), door.chip()
    moved = []
    for number in (3, 31, 59):
        door.client.ask(SimulateDoor(door="front", keys=codes[number]))
        seen, entered = chip.count, time.monotonic()
        send_wiegand(chip, WIEGAND.zero_pin, WIEGAND.one_pin, key_bits("#"))
        moved.append(moved_at(chip, seen, 27) - entered)
        assert heard.next(DoorUnlocked).person == f"person {number}"
        time.sleep(1.1)
    median, _ = say("# at the keypad → relay, 60 codes", moved)
    assert median < 1000
