"""The bridge's ports that are not RTP: files played and recorded, and parties that hand their sound over as frames."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import pjsua2 as pj
import trio

from appliance.calls.ports import AudioFrames
from appliance.sip.guard import guarded

log = logging.getLogger(__name__)

FRAME_BYTES = 320
"""20 ms of s16le mono at 8 kHz."""

SILENCE = bytes(FRAME_BYTES)

REST_SECONDS = 0.5
"""How long a player that is out of use is kept: PJSIP's event thread may still be about to tell that it has ended."""


class FilePlayer(pj.AudioMediaPlayer):  # type: ignore[misc]
    """A WAV file (16-bit PCM, 8 or 16 kHz) as a source. It only advances while somebody is connected.

    Args:
        at_end: Called on the Trio thread when the file has been played; None: it is looped for ever.
    """

    def __init__(self, path: str, token: trio.lowlevel.TrioToken, at_end: Callable[[], None] | None) -> None:
        super().__init__()
        self._token = token
        self._at_end = at_end
        self.createPlayer(path, 0 if at_end is None else pj.PJMEDIA_FILE_NO_LOOP)

    @guarded
    def onEof2(self) -> None:
        """Called from PJSIP's event thread."""
        if self._at_end is not None:
            try:
                self._token.run_sync_soon(self._at_end)
            except trio.RunFinishedError:
                log.debug("a prompt ended after the office had closed")


class FileRecorder(pj.AudioMediaRecorder):  # type: ignore[misc]
    """A WAV file as a sink, s16le at the bridge's rate; complete one tick of the bridge after it is freed."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.createRecorder(path)


class FramesPort(pj.AudioMediaPort):  # type: ignore[misc]
    """A party without RTP: 20 ms frames pulled from it and pushed to it, both on the bridge's clock thread."""

    def __init__(self, leg_id: str, frames: AudioFrames) -> None:
        super().__init__()
        self.leg_id = leg_id
        self._frames = frames
        self._has_failed = False
        shape = pj.MediaFormatAudio()
        shape.init(pj.PJMEDIA_FORMAT_PCM, 8000, 1, 20000, 16)
        self.createPort(leg_id, shape)

    @guarded
    def onFrameRequested(self, frame: pj.MediaFrame) -> None:
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(self._pull())

    @guarded
    def onFrameReceived(self, frame: pj.MediaFrame) -> None:
        if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO:
            self._frames.push(bytes(frame.buf))

    def _pull(self) -> bytes:
        try:
            data = self._frames.pull()
        except Exception:
            if not self._has_failed:
                log.exception("leg %s: its sound source failed; it is silent from now on", self.leg_id)
            self._has_failed = True
            return SILENCE
        return data if len(data) == FRAME_BYTES else SILENCE


class Retirement:
    """Frees ports on the Trio thread, when no thread of PJSIP can be inside them any more."""

    def __init__(self) -> None:
        self._resting: deque[tuple[float, FilePlayer]] = deque()

    def retire(self, player: FilePlayer) -> None:
        """Keep a player, already disconnected, for its rest; frees those that have rested."""
        now = trio.current_time()
        self._resting.append((now + REST_SECONDS, player))
        while self._resting[0][0] <= now:
            free(self._resting.popleft()[1])

    def free_all(self) -> None:
        while self._resting:
            free(self._resting.popleft()[1])


def free(port: FilePlayer | FramesPort) -> None:
    """End PJSIP's half of a port while Python's half is still alive.

    Left to Python's own counting, the object would be half dead already when PJSIP waits for the bridge to leave it.
    The bridge, which until then hands every port a frame every 20 ms, connected or not, would call a method of it, and
    with the end of that call it would be freed a second time: a memory fault that ends the process some time later.
    """
    port.__swig_destroy__(port)
