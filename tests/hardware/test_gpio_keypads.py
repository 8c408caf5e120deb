"""Keypads on simulated pins: a finger on a matrix, and pulses on two Wiegand lines."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.gpio.drivers import Pins, open_pins
from hardware.gpio.lock_now import PinsUnavailable
from hardware.gpio.wiegand import PAUSE_SECONDS, Card, Key, Said, card_bits, key_bits
from hardware.simulators.keypads import hold_card, matrix_place, press_matrix_key, send_wiegand
from hardware.simulators.pins import SimulatedChip

ROWS, COLUMNS = (5, 6, 13, 19), (12, 16, 20)
KEYS = ("123", "456", "789", "*0#")
ZERO, ONE = 23, 24


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


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def test_every_key_of_a_matrix_is_told_once(pins: Pins, chip: SimulatedChip) -> None:
    heard: queue.Queue[Said] = queue.Queue()
    keypad = pins.matrix_keypad(ROWS, COLUMNS, KEYS, heard.put)
    for key in "1234567890*#":
        row, column = matrix_place(ROWS, COLUMNS, KEYS, key)
        chip.join(row, column, True)
        assert heard.get(timeout=5) == Key(key)
        chip.join(row, column, False)
        assert keypad.is_free.wait(5)
    assert heard.empty()
    keypad.close()


def test_a_matrix_nobody_touches_drives_nothing(pins: Pins, chip: SimulatedChip) -> None:
    keypad = pins.matrix_keypad(ROWS, COLUMNS, KEYS, lambda _: None)
    before = chip.count
    wait(0.2)
    assert chip.count == before
    keypad.close()


def test_a_key_that_is_held_is_one_and_two_at_a_time_are_none(pins: Pins, chip: SimulatedChip) -> None:
    heard: queue.Queue[Said] = queue.Queue()
    keypad = pins.matrix_keypad(ROWS, COLUMNS, KEYS, heard.put)
    press_matrix_key(chip, ROWS, COLUMNS, KEYS, "5", 0.5, wait)
    assert heard.get(timeout=5) == Key("5")
    chip.join(ROWS[0], COLUMNS[0], True)
    chip.join(ROWS[1], COLUMNS[1], True)
    wait(0.2)
    chip.join(ROWS[0], COLUMNS[0], False)
    chip.join(ROWS[1], COLUMNS[1], False)
    wait(0.1)
    assert heard.empty()
    keypad.close()


def test_keys_and_cards_of_a_wiegand_reader(pins: Pins, chip: SimulatedChip) -> None:
    heard: queue.Queue[Said] = queue.Queue()
    reader = pins.wiegand(ZERO, ONE, heard.put)
    for key in "4711#":
        send_wiegand(chip, ZERO, ONE, key_bits(key))
        assert heard.get(timeout=5) == Key(key)
    hold_card(chip, ZERO, ONE, 1234567)
    assert heard.get(timeout=5) == Card(1234567)
    reader.close()


def test_a_message_that_was_broken_off_is_forgotten(pins: Pins, chip: SimulatedChip) -> None:
    heard: queue.Queue[Said] = queue.Queue()
    reader = pins.wiegand(ZERO, ONE, heard.put)
    send_wiegand(chip, ZERO, ONE, card_bits(1234567)[:17])
    wait(PAUSE_SECONDS * 4)
    send_wiegand(chip, ZERO, ONE, key_bits("8"))
    assert heard.get(timeout=5) == Key("8")
    assert heard.empty()
    reader.close()


def test_a_keypad_whose_pin_is_taken_leaves_the_others_free(pins: Pins) -> None:
    relay = pins.relay(ROWS[2], locked_level=0)
    with pytest.raises(PinsUnavailable, match="One of the pins"):
        pins.matrix_keypad(ROWS, COLUMNS, KEYS, lambda _: None)
    with pytest.raises(PinsUnavailable, match="One of the pins"):
        pins.wiegand(COLUMNS[0], ROWS[2], lambda _: None)
    relay.close()
    pins.matrix_keypad(ROWS, COLUMNS, KEYS, lambda _: None).close()
    pins.wiegand(COLUMNS[0], ROWS[2], lambda _: None).close()
