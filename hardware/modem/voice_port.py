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
LEVEL_TAKES = 100
"""Takes after which a queue that never ran low drops a frame: a burst once would else delay the talk for ever."""
ODD_SECONDS = 0.012
"""The second half of a cut sample follows at once; after this long it was lost."""


class FrameQueue:
    """Frames from one clock to another; `put` and `take` may be called from different threads."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque(maxlen=MOST_FRAMES)
        self._playing = False
        self._takes = 0
        self._lowest = MOST_FRAMES

    def put(self, frame: bytes) -> None:
        self._frames.append(frame)  # the oldest falls out when full

    def take(self) -> bytes | None:
        """The next frame; None when there is none, and until PREBUFFER frames are there again."""
        if not self._playing and len(self._frames) < PREBUFFER:
            return None
        try:
            self._shrink()
            frame = self._frames.popleft()
        except IndexError:
            self._playing = False
            return None
        self._playing = True
        return frame

    def clear(self) -> None:
        self._frames.clear()
        self._playing = False
        self._takes, self._lowest = 0, MOST_FRAMES

    def _shrink(self) -> None:
        self._takes += 1
        self._lowest = min(self._lowest, len(self._frames))
        if self._takes >= LEVEL_TAKES:
            if self._lowest > PREBUFFER:
                self._frames.popleft()
            self._takes, self._lowest = 0, MOST_FRAMES


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
    """The sound of a modem's calls (`appliance.calls.ports.AudioFrames`), carried while `run` runs, from `begin` to
    `end` of each call.

    `pull` and `push` return at once and never fail, from any thread, also before and after.

    Attributes:
        on_frame: Called with each frame the caller said, on the event loop's thread.
        frames_dropped: Frames the device did not take in time.
    """

    def __init__(self) -> None:
        self.on_frame: Callable[[bytes], None] = _nobody_listens
        self.frames_dropped = 0
        self._heard = FrameQueue()
        self._to_say = FrameQueue()
        self._assembler = FrameAssembler()
        self._is_talking = False
        self._began = trio.Event()

    def pull(self) -> bytes:
        """The next 20 ms the caller said; silence when there is none."""
        return self._heard.take() or SILENCE

    def push(self, frame: bytes) -> None:
        """20 ms for the caller to hear; 320 octets."""
        if len(frame) == FRAME and self._is_talking:
            self._to_say.put(frame)

    def begin(self) -> None:
        """A call has sound from now on."""
        self._heard.clear()
        self._to_say.clear()
        self._is_talking = True
        self._began.set()

    def end(self) -> None:
        """The call is over; what the device still brings is dropped."""
        self._is_talking = False
        self._began = trio.Event()
        self._heard.clear()

    async def run(self, port: SerialPort) -> None:
        """Carry sound until cancelled; raises PortLost when the device goes away."""
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
                if self._is_talking:
                    self._heard.put(frame)
                    self.on_frame(frame)
            if len(data) > 4 * FRAME:  # a backlog, or a device gone mad: not more than 100 kB/s
                await trio.sleep(FRAME_SECONDS)

    async def _speak(self, port: SerialPort) -> None:
        while True:
            await self._began.wait()
            due = trio.current_time()
            rest = b""
            while self._is_talking:
                rest = self._write(port, rest)
                due += FRAME_SECONDS
                now = trio.current_time()
                if due < now - MOST_FRAMES * FRAME_SECONDS:
                    due = now  # this process stood still; do not catch up with a burst the device cannot take
                await trio.sleep_until(due)

    def _write(self, port: SerialPort, rest: bytes) -> bytes:
        """One frame, after the rest of the one before; what of it must still follow, since a frame once begun must be
        finished, or every later sample is shifted. One not begun is dropped."""
        unsent = rest + (self._to_say.take() or SILENCE)
        taken = port.write(unsent)
        if taken > len(rest):
            return unsent[taken:]
        self.frames_dropped += 1
        if self.frames_dropped == 1:
            log.warning("modem takes no sound, dropping frames")
        return rest[taken:]


def _nobody_listens(_: bytes) -> None:
    """The default of `VoicePort.on_frame`."""
