"""gpiozero pins on a simulated chip: the same devices, the same threads, another factory."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from hardware.simulators.pins import SimulatedChip


class ChipPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """One line of the simulated chip. Debounces as the kernel does: a level counts when it has lasted."""

    factory: ChipFactory

    def __init__(self, factory: ChipFactory, info: Any) -> None:
        self._chip = factory.chip
        self._timer: threading.Timer | None = None
        super().__init__(factory, info)

    def apply(self, level: int) -> None:
        """The world outside set this level."""
        if self._function != "input":
            return
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

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        outside = self._chip.level(self._number)
        if outside is not None and self._function == "input":
            self._change_state(bool(outside))  # a finger is stronger than a pull resistor

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self._chip.drive(self._number, int(value))

    def _get_state(self) -> bool:
        if self._function == "output":
            return bool(self._chip.level(self._number))
        return bool(self._state)


class ChipFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Pins of the chip in a folder; inputs applied by any process arrive here."""

    def __init__(self, folder: Path) -> None:
        self.chip = SimulatedChip(folder)
        super().__init__(pin_class=ChipPin)
        self._following = ExitStack()
        self._following.enter_context(self.chip.follow(self._applied))

    def close(self) -> None:
        self._following.close()
        super().close()
        self.chip.close()

    def _applied(self, line: int, level: int) -> None:
        for pin in tuple(self.pins.values()):
            if pin._number == line:
                pin.apply(level)
