"""Inputs with two states, such as buttons, door contacts and tamper loops, on gpiozero."""

from __future__ import annotations

from collections.abc import Callable

from gpiozero import DigitalInputDevice
from gpiozero.pins import Factory

DEBOUNCE_SECONDS = 0.03
"""Contacts of door bells bounce for 5-20 ms; it delays every press."""


class Sensor:
    """A contact between a pin and ground; the Pi's own pull-up is switched on.

    Args:
        pin: BCM number.
        active_level: 0 for a contact that is made when something happens, 1 for one that is broken then.
        changed: Called in a thread of the driver with whether it is active, once per change however the contact
            bounces; a contact that never comes to rest changes nothing, see `is_settled`.
    """

    def __init__(self, factory: Factory, pin: int, active_level: int, changed: Callable[[bool], None]) -> None:
        self._active_level = active_level
        self._changed = changed
        self._input = DigitalInputDevice(pin, pull_up=True, bounce_time=DEBOUNCE_SECONDS, pin_factory=factory)
        self._level = int(self._input.pin.state)
        self.changes = 0
        """How often it has changed since the start."""
        self._input.when_activated = self._fell
        self._input.when_deactivated = self._rose

    @property
    def is_active(self) -> bool:
        """Whether it is active, as last settled."""
        return self._level == self._active_level

    @property
    def is_settled(self) -> bool:
        """Whether the pin has the settled level at this very moment."""
        return int(self._input.pin.state) == self._level

    def close(self) -> None:
        self._input.close()

    def _fell(self) -> None:
        self._settle(0)

    def _rose(self) -> None:
        self._settle(1)

    def _settle(self, level: int) -> None:
        self._level = level
        self.changes += 1
        self._changed(self.is_active)
