"""A hand at a door with simulated pins: pushes, presses, keys in, cuts wires."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import trio

from appliance.config.models import HelpLoop, MatrixKeypad, WiegandKeypad
from appliance.control.door_messages import DoorSettings, SimulateDoor
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from appliance.door.lock_all import pins_folder
from hardware.gpio.wiegand import key_bits
from hardware.simulators.keypads import hold_card, matrix_place, send_wiegand
from hardware.simulators.pins import SimulatedChip

PRESS_SECONDS = 0.15
BETWEEN_KEYS_SECONDS = 0.15
LONGEST_HOLD_SECONDS = 2.0
"""A finger lets go when the key is felt; here, when the keypad has looked at its rows, however busy the machine is."""


async def move(
    door: DoorSettings, office: Path, wish: SimulateDoor | None = None, *, button_seconds: float = 0.0
) -> None:
    """Let something happen at a door.

    Args:
        button_seconds: Press the bell's button for so long; 0: not at all.

    Raises RequestFailed when the door has no such thing.
    """
    chip = SimulatedChip(pins_folder(office))
    try:
        if button_seconds:
            await _press(chip, door.button_pin, 0, button_seconds)
        if wish is not None:
            await _Hand(chip, door).fulfil(wish)
    finally:
        chip.close()


class _Hand:
    def __init__(self, chip: SimulatedChip, door: DoorSettings) -> None:
        self._chip = chip
        self._door = door

    async def fulfil(self, wish: SimulateDoor) -> None:
        door = self._door
        if wish.is_open is not None:
            contact = door.contact or self._missing("contact")
            self._chip.apply(contact.pin, contact.closed_level ^ wish.is_open)
        if wish.tampered is not None:
            self._touch(door.tamper or self._missing("tamper switch"), wish.tampered)
        if wish.panic is not None:
            self._touch(door.panic or self._missing("panic button"), wish.panic)
        if wish.exit_pressed:
            exit_button = door.exit_button or self._missing("exit button")
            await _press(self._chip, exit_button.pin, exit_button.active_level, PRESS_SECONDS)
        for key in wish.keys:
            await self._key(key)
        if wish.card is not None:
            match door.keypad:
                case WiegandKeypad(zero_pin=zero, one_pin=one):
                    await trio.to_thread.run_sync(partial(hold_card, self._chip, zero, one, wish.card))
                case _:
                    self._missing("card reader")

    def _touch(self, loop: HelpLoop, is_active: bool) -> None:
        self._chip.apply(loop.pin, loop.active_level ^ (not is_active))

    async def _key(self, key: str) -> None:
        match self._door.keypad:
            case MatrixKeypad(row_pins=rows, column_pins=columns, keys=keys):
                seen = self._chip.count
                row, column = matrix_place(rows, columns, keys, key)
                try:
                    self._chip.join(row, column, True)
                    with trio.move_on_after(LONGEST_HOLD_SECONDS):
                        while not self._has_looked(rows, seen):  # noqa: ASYNC110 - pins tell nobody
                            await trio.sleep(0.01)
                finally:
                    self._chip.join(row, column, False)
            case WiegandKeypad(zero_pin=zero, one_pin=one):
                send_wiegand(self._chip, zero, one, key_bits(key))
            case None:
                self._missing("keypad")
        await trio.sleep(BETWEEN_KEYS_SECONDS)

    def _has_looked(self, rows: Sequence[int], since: int) -> bool:
        """Whether every row was driven, each by itself and then all of them again."""
        driven = [change for change in self._chip.trace(since) if change.is_driven and change.line in rows]
        return len(driven) >= 2 * len(rows)

    def _missing(self, what: str) -> NoReturn:
        raise RequestFailed(Fault("not_wired", f"Door {self._door.name!r} has no {what}."))


async def _press(chip: SimulatedChip, pin: int, active_level: int, seconds: float) -> None:
    try:
        chip.apply(pin, active_level)
        await trio.sleep(seconds)
    finally:
        chip.apply(pin, 1 - active_level)
