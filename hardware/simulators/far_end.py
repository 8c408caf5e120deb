"""The person at the other end of a simulated line: what they say, what they hear, and what they do when called."""

import wave
from collections import deque
from pathlib import Path

import msgspec

from hardware.tones.generate import DTMF, ToneSource, dtmf

FRAME = 320
FRAME_SECONDS = 0.02
SILENCE = bytes(FRAME)
MOST_KEPT = 16_000 * 600
"""Octets of what was heard that are kept: ten minutes; the oldest go first."""
_JITTER = 3
"""Frames gathered before listening begins: 60 ms, as a network's jitter buffer would."""
_MOST_WAITING = 12


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the called person does."""

    rings_after: float | None = 0.3
    """Seconds until it rings there; None: never."""
    answers_after: float | None = None
    """Seconds of ringing until the answer; None: only when told to."""
    refuses_with: int | None = None
    """A Q.850 cause instead of an answer, after the ringing time: 17 busy, 19 no answer, 21 rejected."""
    hangs_up_after: float | None = None
    """Seconds of talk; None: never."""


class FarEnd:
    """Sound of the far end. `say` and `hear` are called once per 20 ms of a call."""

    def __init__(self) -> None:
        self.plan = Plan()
        self.frames_missing = 0
        """Frames that should have come from us and did not, in this call."""
        self.frames_heard = 0
        self.hears_from: FarEnd | None = None
        """Another simulated line whose office is the person at this one's end; None: nobody but what is played."""
        self._passed_on: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self._heard: deque[bytes] = deque(maxlen=MOST_KEPT // FRAME)
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self._listening = False
        self._rest = b""
        self._tone: ToneSource | None = None
        self._playing = b""
        self._loop = b""
        self._record_to: Path | None = None

    # What the person does.

    def play_tone(self, *frequencies: float, level_db: float = -12.0) -> None:
        """Whistle, until told otherwise."""
        self._tone = ToneSource(*frequencies, level_db=level_db)
        self._playing = self._loop = b""

    def play_busy(self) -> None:
        """The busy tone of the network, until told otherwise: 425 Hz, 350 ms on and off."""
        self.be_silent()
        self._playing = self._loop = ToneSource(425).take(2800) + bytes(2 * 2800)

    def play_wav(self, path: Path, *, again: bool = False) -> None:
        """Say what a file holds, once or for ever. Raises ValueError unless it is 16 bit mono at 8 kHz."""
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, 8000):
                raise ValueError(
                    f"{path} is not 16 bit mono at 8000 Hz; convert it: sox in.wav -r 8000 -c 1 -b 16 out.wav"
                )
            sound = file.readframes(file.getnframes())
        self.be_silent()
        self._playing = sound
        self._loop = sound if again else b""

    def press(self, keys: str) -> None:
        """Press keys, heard as tones. Raises ValueError for what is no key."""
        if not keys or not set(keys) <= DTMF.keys():
            raise ValueError(f"{keys!r} are not keys of a telephone")
        self._playing += dtmf(keys)

    def be_silent(self) -> None:
        self._tone = None
        self._playing = self._loop = b""

    def record(self, path: Path) -> None:
        """Write what is heard in calls to a WAV file; it is complete when the call has ended or `save` was called."""
        self._record_to = path

    # What the modem asks for.

    def begin(self) -> None:
        """A call is up."""
        self._heard.clear()
        self._waiting.clear()
        self._passed_on.clear()
        self._listening = False
        self._rest = b""
        self.frames_missing = self.frames_heard = 0

    def end(self) -> None:
        """The call is over."""
        self.save()

    def say(self) -> bytes:
        """The next 20 ms the person says."""
        frame, self._playing = self._playing[:FRAME], self._playing[FRAME:]
        if self._loop and not self._playing:
            self._playing = self._loop
        if frame:
            return frame.ljust(FRAME, b"\0")
        if self.hears_from is not None and self.hears_from._passed_on:
            return self.hears_from._passed_on.popleft()
        return self._tone.take(FRAME // 2) if self._tone is not None else SILENCE

    def receive(self, data: bytes) -> None:
        """Octets from the audio port, however cut."""
        whole = self._rest + data
        end = len(whole) // FRAME * FRAME
        self._rest = whole[end:]
        self._waiting.extend(whole[start : start + FRAME] for start in range(0, end, FRAME))

    def hear(self) -> None:
        """20 ms pass: a frame is heard, or one is missing."""
        if not self._listening and len(self._waiting) >= _JITTER:
            self._listening = True
        if not self._listening:
            return
        self.frames_heard += 1
        if self._waiting:
            self._heard.append(self._waiting.popleft())
            self._passed_on.append(self._heard[-1])
        else:
            self.frames_missing += 1
            self._heard.append(SILENCE)

    @property
    def heard(self) -> bytes:
        """All of this call, or of the last one, with silence where frames were missing."""
        return b"".join(self._heard)

    def save(self, path: Path | None = None) -> None:
        """Write what was heard; without a path, where `record` said, if it did."""
        target = path or self._record_to
        if target is None:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(target), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(self.heard)
