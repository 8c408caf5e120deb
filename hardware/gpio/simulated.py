"""gpiozero pins on a simulated chip: the same devices, the same threads, another factory."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from hardware.simulators.pins import Change, SimulatedChip


class ChipPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """One line of the simulated chip. Debounces as the kernel does: a level counts when it has lasted."""

    factory: ChipFactory

    def __init__(self, factory: ChipFactory, info: Any) -> None:
        self._chip = factory.chip
        self._timer: threading.Timer | None = None
        self._raw = False
        """What the line is outside, however short; `_state` is what has lasted."""
        super().__init__(factory, info)
        self._raw = self._state

    def apply(self, level: int) -> None:
        """The world outside set this level."""
        if self._function != "input":
            return
        self._raw = bool(level)
        if not self._bounce:
            self._arrive(level)
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._bounce, self._arrive, (level,))
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().close()

    def _arrive(self, level: int) -> None:
        if level:
            self.drive_high()
        else:
            self.drive_low()

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        self.factory.find_pressed_keys()

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        outside = self._chip.level(self._number)
        if outside is not None and self._function == "input":
            self._change_state(bool(outside))  # a finger is stronger than a pull resistor
        self._raw = self._state

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self._chip.drive(self._number, int(value))
        self.factory.find_pressed_keys()

    def _get_state(self) -> bool:
        if self._function == "output":
            return bool(self._chip.level(self._number))
        return bool(self._raw)


class ChipFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Pins of the chip in a folder; inputs applied by any process arrive here."""

    def __init__(self, folder: Path) -> None:
        self.chip = SimulatedChip(folder)
        self._joined: set[tuple[int, int]] = set()
        self._keys = threading.RLock()
        super().__init__(pin_class=ChipPin)
        self._following = ExitStack()
        self._following.enter_context(self.chip.follow(self._applied))

    def close(self) -> None:
        self._following.close()
        super().close()
        self.chip.close()

    def find_pressed_keys(self) -> None:
        """Pull down every column that a pressed key joins to a row at 0, and let go the others."""
        with self._keys:
            pins = {pin._number: pin for pin in tuple(self.pins.values())}
            for column in {column for _, column in self._joined}:
                if (pin := pins.get(column)) is None:
                    continue
                rows = [pins[row] for row, joined in self._joined if joined == column and row in pins]
                level = 0 if any(row._function == "output" and not row._state for row in rows) else 1
                if pin._raw != bool(level):
                    pin.apply(level)

    def _applied(self, change: Change) -> None:
        if change.joined is not None:
            self._move_key(change.joined, bool(change.level))
            return
        for pin in tuple(self.pins.values()):
            if pin._number == change.line:
                pin.apply(change.level)

    def _move_key(self, key: tuple[int, int], pressed: bool) -> None:
        with self._keys:
            if pressed:
                self._joined.add(key)
                self.find_pressed_keys()
                return
            self._joined.discard(key)
            for pin in tuple(self.pins.values()):
                if pin._number == key[1]:
                    pin.apply(1)
            self.find_pressed_keys()
