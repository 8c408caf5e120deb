"""Keys as tones in the sound, for telephones that know no other way: a port of the bridge that hears and plays them.

PJSIP finds no keys in sound. libspandsp does, on frames the bridge hands it every 20 ms; that costs about 2 % of a core
for each leg, and takes the leg's packets off the relay, so only accounts that need it have it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import trio

from appliance.calls.facts import DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import LegId
from appliance.sip.audio_ports import FRAME_BYTES, SILENCE, FramesPort, free
from appliance.sip.wires import Wires
from hardware.tones.dtmf_detector import DetectorMissing, DtmfDetector
from hardware.tones.generate import DTMF, dtmf

log = logging.getLogger(__name__)

KeyHeard = Callable[[LegId, str, DtmfTransport], None]


class InbandKeys:
    """The legs of telephones whose keys are tones.

    Attributes:
        accounts: The SIP users of such telephones; legs that begin from now on follow it.
        only_heard: Those who are listened to for tones, and whose own keys travel beside the sound: door stations.
        heard: Told of each key on the Trio thread.
    """

    def __init__(self, wires: Wires) -> None:
        self.accounts: frozenset[str] = frozenset()
        self.only_heard: frozenset[str] = frozenset()
        self.heard: KeyHeard = _nobody_listens
        self._wires = wires
        self._token = trio.lowlevel.current_trio_token()
        self._legs: dict[LegId, _Keypad] = {}
        self._over: list[_Keypad] = []

    def begin(self, leg: Leg, account: str) -> None:
        """Listen to a leg if its telephone needs that."""
        if account not in self.accounts | self.only_heard or leg.is_gone:
            return
        try:
            keypad = _Keypad(leg.id, self._tell, is_mute=account not in self.accounts)
        except DetectorMissing as error:
            log.error("account %s: its keys cannot be heard: %s", account, error)
            return
        self._legs[leg.id] = keypad
        self._wires.up(keypad.name, keypad.port)
        self._wires.lay(leg.id, keypad.name)
        if not keypad.is_mute:
            self._wires.lay(keypad.name, leg.id)

    def press(self, leg: LegId, keys: str) -> bool:
        """Play keys to a leg; False when its telephone takes them another way."""
        keypad = self._legs.get(leg)
        if keypad is None or keypad.is_mute:
            return False
        keypad.press(keys)
        return True

    def end(self, leg: LegId) -> None:
        """The leg is over; nothing when it had no such telephone.

        May be called inside a callback of PJSIP, where no port can be freed: that waits for the bridge's thread.
        """
        keypad = self._legs.pop(leg, None)
        if keypad is None:
            return
        self._wires.cut(leg, keypad.name)
        if not keypad.is_mute:
            self._wires.cut(keypad.name, leg)
        self._wires.down(keypad.name)
        self._over.append(keypad)

    def free_ended(self) -> None:
        """Free the ports of legs that are over, outside of callbacks."""
        while self._over:
            free(self._over.pop().port)

    def close(self) -> None:
        """Free every port: PJSIP must not end before them."""
        for leg in list(self._legs):
            self.end(leg)
        self.free_ended()

    def _tell(self, leg: LegId, key: str) -> None:
        """Called from the bridge's clock thread."""
        try:
            self._token.run_sync_soon(self._told, leg, key)
        except trio.RunFinishedError:
            log.debug("leg %s: a key came after the office had closed", leg)

    def _told(self, leg: LegId, key: str) -> None:
        if leg in self._legs:
            self.heard(leg, key, DtmfTransport.INBAND)


class _Keypad:
    """The tones of one leg, both ways: `AudioFrames` towards the bridge."""

    def __init__(self, leg: LegId, tell: Callable[[LegId, str], None], *, is_mute: bool) -> None:
        self.is_mute = is_mute
        self.name = f"keys-{leg}"
        self._leg = leg
        self._tell = tell
        self._detector = DtmfDetector()
        self._frames: deque[bytes] = deque()
        self.port = FramesPort(self.name, self)

    def press(self, keys: str) -> None:
        tones = dtmf("".join(key for key in keys if key in DTMF))
        self._frames.extend(tones[at : at + FRAME_BYTES] for at in range(0, len(tones), FRAME_BYTES))

    def pull(self) -> bytes:
        return self._frames.popleft() if self._frames else SILENCE

    def push(self, frame: bytes) -> None:
        for key in self._detector.hear(frame):
            self._tell(self._leg, key)


def _nobody_listens(leg: LegId, key: str, transport: DtmfTransport) -> None:
    """The default of `InbandKeys.heard`."""
