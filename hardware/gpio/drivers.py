"""Pins by the name of their driver. A driver that is not there is an error at start, never replaced by another."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from gpiozero import GPIOZeroError
from gpiozero.pins import Factory

from hardware.gpio.devices import LockRelay, PushButton
from hardware.gpio.lock_now import PinsUnavailable, unknown_driver


class Pins:
    """The pins of one driver; one per driver and process, for gpiozero keeps reservations per process."""

    def __init__(self, factory: Factory) -> None:
        self._factory = factory

    def relay(self, pin: int, *, locked_level: int) -> LockRelay:
        """The relay on a pin, locked when this returns; raises PinsUnavailable."""
        try:
            return LockRelay(self._factory, pin, locked_level)
        except (GPIOZeroError, OSError) as error:
            raise _refused(pin, error) from error

    def button(self, pin: int, pressed: Callable[[], None], released: Callable[[], None] | None = None) -> PushButton:
        """The button on a pin; raises PinsUnavailable."""
        try:
            return PushButton(self._factory, pin, pressed, released)
        except (GPIOZeroError, OSError) as error:
            raise _refused(pin, error) from error

    def close(self) -> None:
        """Let go of the chip. Close relays and buttons first."""
        self._factory.close()


def open_pins(driver: str, folder: Path) -> Pins:
    """The pins by name.

    Args:
        driver: "gpio" for the Pi's own through lgpio, "simulated" for the simulated chip in `folder`.
        folder: Also where lgpio keeps its notification pipe.

    Raises PinsUnavailable.
    """
    if driver == "simulated":
        from hardware.gpio.simulated import ChipFactory

        try:
            return Pins(ChipFactory(folder))
        except (OSError, ValueError) as error:
            raise PinsUnavailable(f"The simulated pins cannot be used: {error}.", f"Look at {folder}.") from error
    if driver == "gpio":
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("LG_WD", str(folder))
        from hardware.gpio.real import real_factory

        return Pins(real_factory())
    raise unknown_driver(driver)


def _refused(pin: int, error: Exception) -> PinsUnavailable:
    return PinsUnavailable(
        f"Pin {pin} cannot be used: {error}.", "Use a free BCM number of the header, 2 to 27, and each only once."
    )
