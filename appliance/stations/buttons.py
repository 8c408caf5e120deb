"""The button of a door as a leg: who presses it calls in, hears and is heard as far as the door has sound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from appliance.calls.facts import Digit, DtmfTransport
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


class DoorSounds(Protocol):
    """The microphones and loudspeakers of doors."""

    def begin(self, door: str, key_heard: Callable[[str], None]) -> AudioFrames | None:
        """The sound of a door for one call; None where it has none. `key_heard` is told of keys that sound there."""
        ...

    def end(self, door: str) -> None: ...


class NoSounds:
    """Doors without any sound."""

    def begin(self, door: str, key_heard: Callable[[str], None]) -> None:
        """There is none."""

    def end(self, door: str) -> None:
        """There was none."""


class DoorStations:
    """The `LegCarrier` of every door with a button. Until `open` a press does nothing."""

    def __init__(self, sound: Sound, sounds: DoorSounds | None = None) -> None:
        self._reception: Reception | None = None
        self._sound = sound
        self._sounds = sounds or NoSounds()
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
            frames = self._sounds.begin(door, lambda key: leg.tell(Digit(key, DtmfTransport.INBAND)))
            self._sound.attach(leg.id, frames or Mute())

    def ring(self, leg: LegId) -> None:
        """The visitor hears the ringing tone that the call plays."""

    def progress(self, leg: LegId) -> bool:
        """The visitor's sound is open from the start."""
        return True

    def answer(self, leg: LegId) -> None:
        if held := self._legs.get(leg):
            held.was_answered()

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        if held := self._legs.pop(leg, None):
            self._sound.detach(leg)
            self._sounds.end(held.party.number)

    def send_digits(self, leg: LegId, digits: str) -> None:
        """A door has no use for digits."""

    def report_transfer(self, leg: LegId, progress: int) -> None:
        """A door asks for no transfers."""
