"""Fingers and cards at simulated keypads: what arrives at the pins when somebody uses one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hardware.gpio.wiegand import card_bits
from hardware.simulators.pins import SimulatedChip


def matrix_place(rows: Sequence[int], columns: Sequence[int], keys: Sequence[str], key: str) -> tuple[int, int]:
    """Row and column line of a key; raises ValueError when the keypad has no such key."""
    for row, names in zip(rows, keys, strict=True):
        if key in names:
            return row, columns[names.index(key)]
    raise ValueError(f"The keypad has no key {key!r}.")


def press_matrix_key(
    chip: SimulatedChip,
    rows: Sequence[int],
    columns: Sequence[int],
    keys: Sequence[str],
    key: str,
    seconds: float,
    wait: Callable[[float], object],
) -> None:
    """Hold one key down for so long."""
    row, column = matrix_place(rows, columns, keys, key)
    chip.join(row, column, True)
    wait(seconds)
    chip.join(row, column, False)


def send_wiegand(chip: SimulatedChip, zero: int, one: int, bits: Sequence[int]) -> None:
    """One message, as fast as the chip takes it; the pause after it is the sender's to keep."""
    for bit in bits:
        line = one if bit else zero
        chip.apply(line, 0)
        chip.apply(line, 1)


def hold_card(chip: SimulatedChip, zero: int, one: int, number: int) -> None:
    """A card with this number (24 bits) comes near the reader."""
    send_wiegand(chip, zero, one, card_bits(number))
