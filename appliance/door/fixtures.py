"""The things wired to one door beside its relay: opened together, let go together, heard in the loop's own thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import trio

from appliance.config.models import Keypad, MatrixKeypad
from appliance.control.door_messages import DoorSettings
from appliance.door.steadiness import Steadiness
from hardware.gpio.devices import Lamp
from hardware.gpio.drivers import Pins
from hardware.gpio.inputs import Sensor
from hardware.gpio.keypads import MatrixReader, WiegandReader
from hardware.gpio.wiegand import Card, Key, Said

logger = logging.getLogger(__name__)

BUTTON, EXIT, CONTACT, TAMPER, PANIC = "button", "exit button", "contact", "tamper switch", "panic button"
LOOPS = (TAMPER, PANIC)

Changed = Callable[[str, bool], None]
"""Called with which input changed, one of the names above, and whether it is active: pressed, or the door closed."""


class Fixtures:
    """What is wired to a door.

    Args:
        changed, keyed: Called in the loop's thread.

    Raises PinsUnavailable with everything let go again.
    """

    def __init__(self, settings: DoorSettings, pins: Pins, changed: Changed, keyed: Callable[[Said], None]) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._changed = changed
        self._keyed = keyed
        self.sensors: dict[str, Sensor] = {}
        self.lamp: Lamp | None = None
        self._keypad: MatrixReader | WiegandReader | None = None
        try:
            self._open(settings, pins)
        except BaseException:
            self.close()
            raise
        self._steadiness = {name: Steadiness(sensor.changes) for name, sensor in self.sensors.items()}

    def is_active(self, name: str) -> bool:
        """Whether an input is pressed, closed or cut; False where there is none."""
        return name in self.sensors and self.sensors[name].is_active

    def unsteady(self) -> tuple[str, ...]:
        """Look at every input once, and say which change without end."""
        for name, sensor in self.sensors.items():
            self._steadiness[name].look(_is_settled(sensor), sensor.changes)
        return tuple(name for name, judged in self._steadiness.items() if not judged.is_steady)

    def close(self) -> None:
        """Let everything go."""
        devices = [*self.sensors.values(), self.lamp, self._keypad]
        self.sensors, self.lamp, self._keypad = {}, None, None
        for device in devices:
            if device is not None:
                device.close()

    def _open(self, settings: DoorSettings, pins: Pins) -> None:
        self._sense(pins, BUTTON, settings.button_pin, 0)
        if (contact := settings.contact) is not None:
            self._sense(pins, CONTACT, contact.pin, contact.closed_level)
        for name, fixture in ((EXIT, settings.exit_button), (TAMPER, settings.tamper), (PANIC, settings.panic)):
            if fixture is not None:
                self._sense(pins, name, fixture.pin, fixture.active_level)
        if settings.lamp is not None:
            self.lamp = pins.lamp(settings.lamp.pin, lit_level=settings.lamp.lit_level)
        if settings.keypad is not None:
            self._keypad = self._open_keypad(settings.keypad, pins)

    def _sense(self, pins: Pins, name: str, pin: int, active_level: int) -> None:
        def changed(is_active: bool) -> None:
            self._in_loop(partial(self._changed, name, is_active))

        self.sensors[name] = pins.sensor(pin, active_level=active_level, changed=changed)

    def _open_keypad(self, keypad: Keypad, pins: Pins) -> MatrixReader | WiegandReader:
        if isinstance(keypad, MatrixKeypad):
            return pins.matrix_keypad(keypad.row_pins, keypad.column_pins, keypad.keys, self._said)
        return pins.wiegand(keypad.zero_pin, keypad.one_pin, self._said)

    def _said(self, said: Key | Card) -> None:
        self._in_loop(partial(self._keyed, said))

    def _in_loop(self, what: Callable[[], None]) -> None:
        """In a thread of the driver: have it done in the loop's."""
        try:
            self._token.run_sync_soon(what)
        except trio.RunFinishedError:
            pass  # the process is ending


def _is_settled(sensor: Sensor) -> bool:
    """A pin that cannot be read is as good as one that never rests."""
    try:
        return sensor.is_settled
    except Exception as error:
        logger.debug("An input cannot be read: %s", error)
        return False
