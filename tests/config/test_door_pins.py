"""Pins of doors: taken, reserved, contradicting; all mistakes of a configuration at once."""

from __future__ import annotations

import pytest

from appliance.config.loading import find_warnings, parse
from appliance.config.mistakes import ConfigurationInvalid

OFFICE = """
name: Office
country: LV
timezone: Europe/Riga
default_desk: extension:201
extensions:
  "201":
    name: Anna
    phones: {201a: {password: "correct-horse-battery"}}
doors:
"""
STRONG = "has a strong resistor to 3.3 V on the board"
FRONT = """
  front:
    name: Front door
    rings: extension:201
    pins: gpio
"""


def mistakes(doors: str) -> dict[str, str]:
    try:
        parse(OFFICE + doors)
    except ConfigurationInvalid as invalid:
        return {mistake.path: mistake.cause for mistake in invalid.mistakes}
    return {}


def test_a_door_with_everything_is_fine_on_a_pi() -> None:
    everything = """
    contact: {pin: 22, held_open_seconds: 30}
    exit_button: {pin: 25, opens: false}
    tamper: {pin: 26}
    panic: {pin: 21, active_level: 0}
    lamp: {pin: 18}
    keypad: {kind: matrix, row_pins: [5, 6, 13, 19], column_pins: [12, 16, 20]}
"""
    assert mistakes(FRONT + everything) == {}
    assert mistakes(FRONT + "    keypad: {kind: wiegand, zero_pin: 23, one_pin: 24}\n") == {}


def test_every_mistake_is_told_with_its_place() -> None:
    found = mistakes(
        FRONT
        + """
    button_pin: 1
    relay_pin: 2
    contact: {pin: 22}
    exit_button: {pin: 22}
    tamper: {pin: 14}
    panic: {pin: 28}
    keypad: {kind: matrix, row_pins: [3, 5], column_pins: [12, 16, 22], keys: ["123", "45", "77"]}
  side:
    name: Side door
    rings: extension:201
    pins: gpio
    button_pin: 12
    relay_pin: 4
    keypad: {kind: wiegand, zero_pin: 23, one_pin: 23}
"""
    )
    assert found == {
        "doors.front.button_pin": "Pin 1 is not for you: on the header only BCM 2 to 27 are free.",
        "doors.front.relay_pin": f"Pin 2 {STRONG}, so it cannot rest at the locked 0.",
        "doors.front.exit_button.pin": "Pin 22 is already used for the contact of door front.",
        "doors.front.tamper.pin": "Pin 14 is the serial console's, which writes there at every boot.",
        "doors.front.panic.pin": "Pin 28 is not for you: on the header only BCM 2 to 27 are free.",
        "doors.front.keypad.column_pins.3": "Pin 22 is already used for the contact of door front.",
        "doors.front.keypad.row_pins.1": f"Pin 3 {STRONG}; a row has to be without one.",
        "doors.front.keypad.keys": found["doors.front.keypad.keys"],
        "doors.front.keypad.keys.2": "There are 3 columns, but 2 keys in this row.",
        "doors.front.keypad.keys.3": "There are 3 columns, but 2 keys in this row.",
        "doors.side.button_pin": "Pin 12 is already used for the keypad of door front.",
        "doors.side.keypad.one_pin": "Pin 23 is already used for the keypad of door side.",
    }


def test_the_same_pin_of_real_and_simulated_doors_is_no_clash() -> None:
    assert mistakes(FRONT + "  side: {name: Side, rings: 'extension:201'}\n") == {}


@pytest.mark.parametrize(
    ("wrong", "path", "said"),
    [
        ("pins: gpoi", "pins", "gpio"),
        ("contact: {pin: 99}", "contact.pin", "0 to 53"),
        ("contact: {pn: 22}", "contact.pn", "pin"),
        ("contact: {pin: 22, held_open_seconds: 1}", "contact.held_open_seconds", "5 to 3600"),
        ("contact: {pin: 22, closed_level: 2}", "contact.closed_level", "0 or 1"),
        ("keypad: {kind: matrx, row_pins: [5], column_pins: [6]}", "keypad.kind", "matrix"),
        ("keypad: {kind: wiegand, zero_pin: 5}", "keypad.one_pin", ""),
        ("keypad: {kind: matrix, row_pins: [], column_pins: [6]}", "keypad.keys", "0 rows"),
        ("pulse_seconds: 30", "pulse_seconds", "1 to 10"),
        ("relay_locked_level: high", "relay_locked_level", "0 or 1"),
        ("open_digit: '5'\n    key_hours: {mno: ['09:00-18:00']}", "key_hours.mno", "mon"),
        ("open_digit: '5'\n    key_hours: {mon: ['9-18']}", "key_hours.mon.1", "09:00"),
        ("key_hours: {mon: ['09:00-18:00']}", "key_hours", "open_digit"),
        ("without_ledger: open", "without_ledger", "refuse_remote"),
        ("lock: fail_save", "lock", "fail_s"),
    ],
)
def test_values_nobody_can_mean_are_told_with_what_is_expected(wrong: str, path: str, said: str) -> None:
    with pytest.raises(ConfigurationInvalid) as raised:
        parse(OFFICE + FRONT.replace("    pins: gpio\n", "") + f"    {wrong}\n")
    told = {mistake.path: str(mistake) for mistake in raised.value.mistakes}
    assert f"doors.front.{path}" in told
    assert said in told[f"doors.front.{path}"]


@pytest.mark.parametrize(("pin", "level", "warned"), [(27, 0, False), (27, 1, True), (5, 0, True), (5, 1, False)])
def test_a_relay_that_is_pulled_towards_unlocked_at_power_on_is_warned_of(pin: int, level: int, warned: bool) -> None:
    configuration = parse(OFFICE + FRONT + f"    relay_pin: {pin}\n    relay_locked_level: {level}\n")
    paths = [warning.path for warning in find_warnings(configuration)]
    assert ("doors.front.relay_pin" in paths) is warned
