"""The sound of a modem's calls on its audio port: s16le mono at 8 kHz, 320 octets each 20 ms, both ways, no framing.

Whoever bridges the call pulls and pushes frames from a clock thread of its own; this side writes exactly one frame per
20 ms by the monotonic clock, silence when there is none, as these devices need ([CD] timing_write). Between the two
clocks stand two short queues."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable

import trio

from hardware.modem.link import PortLost, SerialPort

log = logging.getLogger(__name__)

FRAME = 320
FRAME_SECONDS = 0.02
SILENCE = bytes(FRAME)
MOST_FRAMES = 10
"""200 ms: what waits longer is dropped, or the talk would lag for ever."""
PREBUFFER = 2
"""Frames to have before a queue plays; absorbs 40 ms of disagreement between the clocks."""
ODD_SECONDS = 0.012
"""The second half of a cut sample follows at once; after this long it was lost."""


class FrameQueue:
    """Frames from one clock to another; `put` and `take` may be called from different threads."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque(maxlen=MOST_FRAMES)
        self._playing = False

    def put(self, frame: bytes) -> None:
        self._frames.append(frame)  # the oldest falls out when full

    def take(self) -> bytes | None:
        """The next frame; None when there is none, and until PREBUFFER frames are there again."""
        if not self._playing and len(self._frames) < PREBUFFER:
            return None
        try:
            frame = self._frames.popleft()
        except IndexError:
            self._playing = False
            return None
        self._playing = True
        return frame

    def clear(self) -> None:
        self._frames.clear()
        self._playing = False


class FrameAssembler:
    """Frames from reads of any length. A lost octet would shift every sample after it: half a sample that waits
    longer than ODD_SECONDS for its other half is dropped."""

    def __init__(self) -> None:
        self._rest = b""
        self._read_at = 0.0

    def feed(self, data: bytes, now: float) -> list[bytes]:
        """Whole frames of 320 octets."""
        if len(self._rest) % 2 and now - self._read_at > ODD_SECONDS:
            self._rest = self._rest[:-1]
        self._read_at = now
        whole = self._rest + data
        end = len(whole) // FRAME * FRAME
        self._rest = whole[end:]
        return [whole[start : start + FRAME] for start in range(0, end, FRAME)]


class VoicePort:
    """The sound of one call (`appliance.calls.ports.AudioFrames`), alive while `run` runs.

    `pull` and `push` return at once and never fail, from any thread, also before and after.
    """

    def __init__(self) -> None:
        self.on_frame: Callable[[bytes], None] = _nobody_listens
        """Called with each frame the caller said, on the event loop's thread."""
        self._heard = FrameQueue()
        self._to_say = FrameQueue()
        self._assembler = FrameAssembler()
        self.frames_dropped = 0
        """Frames the device did not take in time."""

    def pull(self) -> bytes:
        """The next 20 ms the caller said; silence when there is none."""
        return self._heard.take() or SILENCE

    def push(self, frame: bytes) -> None:
        """20 ms for the caller to hear; 320 octets."""
        if len(frame) == FRAME:
            self._to_say.put(frame)

    def clear(self) -> None:
        """Forget what waits on both ways: another call begins."""
        self._heard.clear()
        self._to_say.clear()

    async def run(self, port: SerialPort) -> None:
        """Carry sound until cancelled; raises PortLost when the device goes away."""
        self.clear()
        lost: list[PortLost] = []
        async with trio.open_nursery() as nursery:

            async def one(carry: Callable[[SerialPort], Awaitable[None]]) -> None:
                try:
                    await carry(port)
                except PortLost as error:
                    lost.append(error)
                    nursery.cancel_scope.cancel()

            nursery.start_soon(one, self._listen)
            nursery.start_soon(one, self._speak)
        if lost:
            raise lost[0]

    async def _listen(self, port: SerialPort) -> None:
        while True:
            await trio.lowlevel.wait_readable(port.fileno())
            data = port.read()
            for frame in self._assembler.feed(data, trio.current_time()):
                self._heard.put(frame)
                self.on_frame(frame)
            if len(data) > 4 * FRAME:  # a backlog, or a device gone mad: not more than 64 kB/s
                await trio.sleep(FRAME_SECONDS)

    async def _speak(self, port: SerialPort) -> None:
        due = trio.current_time()
        rest = b""
        while True:
            frame = self._to_say.take() or SILENCE
            # A frame once begun must be finished, or every later sample is shifted; one not begun is dropped.
            unsent = rest + frame
            taken = port.write(unsent)
            if taken <= len(rest):
                rest = rest[taken:]
                self.frames_dropped += 1
                if self.frames_dropped == 1:
                    log.warning("modem takes no sound, dropping frames")
            else:
                rest = unsent[taken:]
            due += FRAME_SECONDS
            now = trio.current_time()
            if due < now - MOST_FRAMES * FRAME_SECONDS:
                due = now  # this process stood still; do not catch up with a burst the device cannot take
            await trio.sleep_until(due)


def _nobody_listens(_: bytes) -> None:
    """The default of `VoicePort.on_frame`."""
