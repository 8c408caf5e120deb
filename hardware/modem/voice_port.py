"""The sound of a modem's calls on its audio port: s16le mono at 8 kHz, 320 octets each 20 ms, both ways, no framing.

Whoever bridges the call pulls and pushes frames from a clock thread of its own; this side writes exactly one frame per
20 ms by the monotonic clock, silence when there is none, as these devices need ([CD] timing_write). Between the two
clocks stand two short queues."""

import logging
from collections.abc import Awaitable, Callable

import trio

from hardware.audio.call_sound import CallSound
from hardware.audio.frames import FRAME, FRAME_SECONDS, MOST_FRAMES, FrameAssembler
from hardware.modem.link import PortLost, SerialPort

log = logging.getLogger(__name__)


class VoicePort(CallSound):
    """The sound of a modem's calls, carried while `run` runs, from `begin` to `end` of each call.

    Attributes:
        frames_dropped: Frames the device did not take in time.
    """

    def __init__(self, *, heard_db: float = 0.0, said_db: float = 0.0) -> None:
        super().__init__(heard_db=heard_db, said_db=said_db)
        self.frames_dropped = 0
        self._assembler = FrameAssembler()
        self._began = trio.Event()

    def begin(self) -> None:
        super().begin()
        self._began.set()

    def end(self) -> None:
        super().end()
        self._began = trio.Event()

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
                self.hear(frame)
            if len(data) > 4 * FRAME:  # a backlog, or a device gone mad: not more than 100 kB/s
                await trio.sleep(FRAME_SECONDS)

    async def _speak(self, port: SerialPort) -> None:
        while True:
            await self._began.wait()
            due = trio.current_time()
            rest = b""
            while self.is_talking:
                rest = self._write(port, rest)
                due += FRAME_SECONDS
                now = trio.current_time()
                if due < now - MOST_FRAMES * FRAME_SECONDS:
                    due = now  # this process stood still; do not catch up with a burst the device cannot take
                await trio.sleep_until(due)

    def _write(self, port: SerialPort, rest: bytes) -> bytes:
        """One frame, after the rest of the one before; what of it must still follow, since a frame once begun must be
        finished, or every later sample is shifted. One not begun is dropped."""
        said = self.next_said()
        if self.is_paused:
            return rest
        unsent = rest + said
        taken = port.write(unsent)
        if taken > len(rest):
            return unsent[taken:]
        self.frames_dropped += 1
        if self.frames_dropped == 1:
            log.warning("modem takes no sound, dropping frames")
        return rest[taken:]
