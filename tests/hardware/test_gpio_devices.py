"""The relay and the button on simulated pins, seen from outside through the chip's own trace."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.gpio.devices import LONGEST_UNLOCK_SECONDS
from hardware.gpio.drivers import Pins, open_pins
from hardware.gpio.lock_now import PinsUnavailable, lock_now
from hardware.simulators.pins import SimulatedChip

RELAY = 27
BUTTON = 17
LAMP = 22


@pytest.fixture
def pins(tmp_path: Path) -> Iterator[Pins]:
    opened = open_pins("simulated", tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def chip(tmp_path: Path) -> Iterator[SimulatedChip]:
    outside = SimulatedChip(tmp_path)
    yield outside
    outside.close()


def levels(chip: SimulatedChip, line: int) -> list[int]:
    return [change.level for change in chip.trace() if change.line == line]


def wait_for_level(chip: SimulatedChip, line: int, level: int) -> None:
    """Block until the line has the level, at most 5 s."""
    tick = threading.Event()
    for _ in range(2500):
        if chip.level(line) == level:
            return
        tick.wait(0.002)
    pytest.fail(f"line {line} is {chip.level(line)}")


@pytest.mark.parametrize("locked", [0, 1])
def test_a_relay_is_locked_at_the_configured_level_before_anything_else(
    pins: Pins, chip: SimulatedChip, locked: int
) -> None:
    relay = pins.relay(RELAY, locked_level=locked)
    assert levels(chip, RELAY) == [locked]
    assert not relay.is_unlocked
    relay.close()


@pytest.mark.parametrize("locked", [0, 1])
def test_unlocking_ends_by_itself(pins: Pins, chip: SimulatedChip, locked: int) -> None:
    relay = pins.relay(RELAY, locked_level=locked)
    relay.unlock(0.05)
    assert relay.is_unlocked
    assert relay.wished_unlocked
    wait_for_level(chip, RELAY, locked)
    opened, closed = [change for change in chip.trace() if change.line == RELAY][1:]
    assert (opened.level, closed.level) == (1 - locked, locked)
    assert 0.05 <= closed.monotonic - opened.monotonic < 0.5
    relay.close()


def test_a_second_unlocking_replaces_the_end_of_the_first(pins: Pins, chip: SimulatedChip) -> None:
    relay = pins.relay(RELAY, locked_level=0)
    relay.unlock(20)
    relay.unlock(0.02)
    wait_for_level(chip, RELAY, 0)
    assert not relay.wished_unlocked
    relay.close()


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_UNLOCK_SECONDS + 0.1, float("inf"), float("nan")])
def test_unlocking_without_a_proper_limit_is_impossible(pins: Pins, chip: SimulatedChip, seconds: float) -> None:
    relay = pins.relay(RELAY, locked_level=0)
    with pytest.raises(ValueError, match="at most"):
        relay.unlock(seconds)
    assert levels(chip, RELAY) == [0]
    relay.close()


def test_closing_an_unlocked_relay_locks_it_for_good(pins: Pins, chip: SimulatedChip) -> None:
    relay = pins.relay(RELAY, locked_level=0)
    relay.unlock(20)
    relay.close()
    assert levels(chip, RELAY) == [0, 1, 0]
    with pytest.raises(ValueError, match="let go"):
        relay.unlock(1)


def test_a_pin_that_is_driven_otherwise_is_read_back_as_it_is(pins: Pins, chip: SimulatedChip) -> None:
    relay = pins.relay(RELAY, locked_level=0)
    chip.drive(RELAY, 1)
    assert relay.is_unlocked
    assert not relay.wished_unlocked
    relay.close()


def test_a_press_in_another_process_arrives_once_though_the_contact_bounces(pins: Pins, tmp_path: Path) -> None:
    changes: queue.Queue[bool] = queue.Queue()
    button = pins.sensor(BUTTON, active_level=0, changed=changes.put)
    assert not button.is_active
    bounce = f"""
from pathlib import Path
from hardware.simulators.pins import SimulatedChip
chip = SimulatedChip(Path({str(tmp_path)!r}))
for _ in range(20):
    chip.apply({BUTTON}, 0); chip.apply({BUTTON}, 1)
chip.apply({BUTTON}, 0)
"""
    subprocess.run([sys.executable, "-c", bounce], check=True)
    assert changes.get(timeout=5) is True
    assert button.is_active and button.is_settled
    outside = SimulatedChip(tmp_path)
    outside.apply(BUTTON, 1)
    assert changes.get(timeout=5) is False
    assert changes.empty() and button.changes == 2
    button.close()


def test_a_loop_that_is_cut_is_active(pins: Pins, chip: SimulatedChip) -> None:
    changes: queue.Queue[bool] = queue.Queue()
    chip.apply(BUTTON, 0)
    loop = pins.sensor(BUTTON, active_level=1, changed=changes.put)
    assert not loop.is_active
    chip.apply(BUTTON, 1)
    assert changes.get(timeout=5) is True
    assert loop.is_active
    loop.close()


def test_a_contact_that_never_comes_to_rest_changes_nothing_and_shows(pins: Pins, chip: SimulatedChip) -> None:
    changes: queue.Queue[bool] = queue.Queue()
    contact = pins.sensor(BUTTON, active_level=0, changed=changes.put)
    looks = []
    for _ in range(100):
        chip.apply(BUTTON, 0)
        threading.Event().wait(0.005)
        looks.append(contact.is_settled)
        chip.apply(BUTTON, 1)
        threading.Event().wait(0.005)
    assert not all(looks)
    assert contact.changes <= 2  # a busy machine may let it rest once
    contact.close()


def test_a_button_held_since_before_the_start_is_seen_as_pressed(pins: Pins, chip: SimulatedChip) -> None:
    chip.apply(BUTTON, 0)
    button = pins.sensor(BUTTON, active_level=0, changed=lambda _: None)
    assert button.is_active
    button.close()


def test_a_lamp_is_dark_at_first_and_flashes(pins: Pins, chip: SimulatedChip) -> None:
    lamp = pins.lamp(LAMP, lit_level=0)
    assert levels(chip, LAMP) == [1]
    lamp.light(True)
    assert chip.level(LAMP) == 0
    lamp.flash()
    wait_for_level(chip, LAMP, 1)
    lamp.close()
    assert chip.level(LAMP) == 1


def test_a_relay_outlives_its_process_until_it_is_locked(tmp_path: Path, chip: SimulatedChip) -> None:
    die = f"""
import os, signal
from pathlib import Path
from hardware.gpio.drivers import open_pins
relay = open_pins("simulated", Path({str(tmp_path)!r})).relay({RELAY}, locked_level=1)
relay.unlock(20)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", die], check=False).returncode == -9
    assert chip.level(RELAY) == 0
    lock_now("simulated", tmp_path, RELAY, 1)
    assert chip.level(RELAY) == 1


def test_one_pin_cannot_be_two_things(pins: Pins) -> None:
    relay = pins.relay(RELAY, locked_level=0)
    with pytest.raises(PinsUnavailable, match="each only once"):
        pins.sensor(RELAY, active_level=0, changed=lambda _: None)
    relay.close()
    with pytest.raises(PinsUnavailable, match="2 to 27"):
        pins.relay(53, locked_level=0)


def test_a_driver_that_is_not_there_is_an_error_and_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(PinsUnavailable, match='Use "gpio", "simulated" or "station"'):
        open_pins("mock", tmp_path)
    with pytest.raises(PinsUnavailable, match='Use "gpio", "simulated" or "station"'):
        lock_now("mock", tmp_path, RELAY, 0)
    if not list(Path("/dev").glob("gpiochip*")):
        with pytest.raises(PinsUnavailable, match="no GPIO chip"):
            open_pins("gpio", tmp_path)
        with pytest.raises(PinsUnavailable, match="no GPIO chip"):
            lock_now("gpio", tmp_path, RELAY, 0)


def test_a_file_that_is_no_chip_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "chip").write_bytes(b"precious" * 1_000_000)
    with pytest.raises(PinsUnavailable, match="not a simulated chip"):
        open_pins("simulated", tmp_path)
    assert (tmp_path / "chip").read_bytes() == b"precious" * 1_000_000
