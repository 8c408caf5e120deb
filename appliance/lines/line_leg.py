"""The one leg a modem's line carries: its sound on the bridge, and its keys, each counted once."""

from __future__ import annotations

import trio

from appliance.calls.digits import DigitsOnce
from appliance.calls.facts import Digit, DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import Sound
from hardware.audio.call_sound import CallSound
from hardware.tones.dtmf_detector import DtmfDetector


class LineLeg:
    """The leg of a line, or none.

    Args:
        bridge: Where the sound of calls is attached.
        sound: The modem's side of it.

    Raises DetectorMissing where libspandsp is not installed.

    Attributes:
        leg: None while the line carries no call.
    """

    def __init__(self, bridge: Sound, sound: CallSound) -> None:
        self.leg: Leg | None = None
        self._bridge = bridge
        self._has_sound = False
        self._detector, self._digits = DtmfDetector(), DigitsOnce()
        self.use(sound)

    def use(self, sound: CallSound) -> None:
        """The modem's side is another one from now on, as when its ports are opened anew."""
        self._sound = sound
        sound.on_frame = self._hear

    def is_(self, leg: LegId) -> bool:
        """Whether a leg is the one this line carries."""
        return self.leg is not None and self.leg.id == leg

    def connect_sound(self) -> None:
        """Both hear each other from now on, as far as the call is bridged."""
        if self.leg is not None and not self.leg.is_gone and not self._has_sound:
            self._has_sound = True
            self._sound.begin()
            self._detector, self._digits = DtmfDetector(), DigitsOnce()
            self._bridge.attach(self.leg.id, self._sound)

    def silence(self) -> None:
        """No sound any more; the leg stays."""
        if self.leg is not None and self._has_sound:
            self._has_sound = False
            self._sound.end()
            self._bridge.detach(self.leg.id)

    def drop(self, cause: Cause) -> None:
        """The call is over."""
        self.silence()
        leg, self.leg = self.leg, None
        if leg is not None:
            leg.was_ended(cause)

    def key(self, key: str, transport: DtmfTransport) -> None:
        """The other side pressed a key, as the modem or the sound tells."""
        if self.leg is not None and self._digits.counts(key, transport, trio.current_time()):
            self.leg.tell(Digit(key, transport))

    def _hear(self, frame: bytes) -> None:
        """Few modems report keys, so they are looked for in the sound."""
        if self._has_sound and self.leg is not None and self.leg.is_answered:
            for key in self._detector.hear(frame):
                self.key(key, DtmfTransport.INBAND)
