"""Frames of sound: 20 ms of s16le mono at 8 kHz, 320 octets. Queues of them between two clocks, and frames put together
from reads of any length."""

from collections import deque

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
