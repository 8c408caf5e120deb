"""Pins by the name of their driver. A driver that is not there is an error at start, never replaced by another."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gpiozero import GPIOZeroError
from gpiozero.pins import Factory

from hardware.gpio.devices import Lamp, LockRelay
from hardware.gpio.inputs import Sensor
from hardware.gpio.keypads import MatrixReader, WiegandReader
from hardware.gpio.lock_now import PinsUnavailable, unknown_driver
from hardware.gpio.wiegand import Key, Said

Made = TypeVar("Made")


class Pins:
    """The pins of one driver; one per driver and process, for gpiozero keeps reservations per process.

    Every method raises PinsUnavailable. What they return is closed before the pins are.
    """

    def __init__(self, factory: Factory) -> None:
        self._factory = factory

    def relay(self, pin: int, *, locked_level: int) -> LockRelay:
        """The relay on a pin, locked when this returns."""
        return _made(lambda: LockRelay(self._factory, pin, locked_level), pin)

    def sensor(self, pin: int, *, active_level: int, changed: Callable[[bool], None]) -> Sensor:
        """A button, a contact or a loop."""
        return _made(lambda: Sensor(self._factory, pin, active_level, changed), pin)

    def lamp(self, pin: int, *, lit_level: int) -> Lamp:
        """A lamp, dark when this returns."""
        return _made(lambda: Lamp(self._factory, pin, lit_level), pin)

    def matrix_keypad(
        self, rows: Sequence[int], columns: Sequence[int], keys: Sequence[str], said: Callable[[Key], None]
    ) -> MatrixReader:
        """A keypad of rows and columns."""
        return _made(lambda: MatrixReader(self._factory, rows, columns, keys, said), *rows, *columns)

    def wiegand(self, zero: int, one: int, said: Callable[[Said], None]) -> WiegandReader:
        """A keypad or card reader on two data lines."""
        return _made(lambda: WiegandReader(self._factory, zero, one, said), zero, one)

    def close(self) -> None:
        """Let go of the chip."""
        self._factory.close()


def open_pins(driver: str, folder: Path) -> Pins:
    """The pins by name.

    Args:
        driver: "gpio" for the Pi's own through lgpio, "simulated" for the simulated chip in `folder`, "station" for
            pins that lead nowhere: the door has its lock at a SIP station, which is told by somebody else.
        folder: Also where lgpio keeps its notification pipe.

    Raises PinsUnavailable.
    """
    if driver == "simulated":
        from hardware.gpio.simulated import ChipFactory

        try:
            return Pins(ChipFactory(folder))
        except (OSError, ValueError) as error:
            raise PinsUnavailable(f"The simulated pins cannot be used: {error}.", f"Look at {folder}.") from error
    if driver == "station":
        from gpiozero.pins.mock import MockFactory

        return Pins(MockFactory())
    if driver == "gpio":
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("LG_WD", str(folder))
        from hardware.gpio.real import real_factory

        return Pins(real_factory())
    raise unknown_driver(driver)


def _made(make: Callable[[], Made], *pins: int) -> Made:
    try:
        return make()
    except (GPIOZeroError, OSError) as error:
        named = f"Pin {pins[0]}" if len(pins) == 1 else f"One of the pins {', '.join(map(str, pins))}"
        raise PinsUnavailable(
            f"{named} cannot be used: {error}.", "Use a free BCM number of the header, 2 to 27, and each only once."
        ) from error
