"""The button of a door as a leg: who presses it calls in, hears and is heard as far as the door has sound."""

from __future__ import annotations

import logging

from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import AudioFrames, Reception, Sound

log = logging.getLogger(__name__)

SILENCE = bytes(320)


class Mute:
    """The sound of a door without microphone and speaker: nothing is said, nothing is heard."""

    def pull(self) -> bytes:
        return SILENCE

    def push(self, frame: bytes) -> None:
        """There is nobody to hear it."""


class DoorStations:
    """The `LegCarrier` of every door of the office. Until `open` a press does nothing."""

    def __init__(self, sound: Sound, frames: dict[str, AudioFrames] | None = None) -> None:
        self._reception: Reception | None = None
        self._sound = sound
        self._frames = frames or {}
        self._legs: dict[LegId, Leg] = {}

    def open(self, reception: Reception) -> None:
        """Hand presses to the office from now on."""
        self._reception = reception

    def button_pressed(self, door: str) -> None:
        """Start the door's call; a second press while it lasts does nothing."""
        if self._reception is None:
            log.warning("door %s: the button was pressed before the office was open", door)
            return
        leg = self._reception.door_rings(self, door=door)
        if leg is None:
            log.info("door %s: the button was pressed again during its call", door)
        elif not leg.is_gone:
            self._legs[leg.id] = leg
            self._sound.attach(leg.id, self._frames.get(door) or Mute())

    def ring(self, leg: LegId) -> None:
        """The visitor hears the ringing tone that the call plays."""

    def progress(self, leg: LegId) -> bool:
        """The visitor's sound is open from the start."""
        return True

    def answer(self, leg: LegId) -> None:
        if held := self._legs.get(leg):
            held.was_answered()

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        if self._legs.pop(leg, None) is not None:
            self._sound.detach(leg)

    def send_digits(self, leg: LegId, digits: str) -> None:
        """A door has no use for digits."""

    def report_transfer(self, leg: LegId, progress: int) -> None:
        """A door asks for no transfers."""
