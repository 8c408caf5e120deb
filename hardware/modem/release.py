"""How an analog line says that a talk is over: by tones, by its current, or by nothing any more. The line would stay
seized for ever if nobody noticed."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hardware.audio.frames import FRAME_SECONDS
from hardware.modem.dle import LineEvent
from hardware.tones.plans import ToneKind, TonePlan
from hardware.tones.progress import ProgressDetector, ToneHeard

QUIET_SQUARE = 30.0**2
"""Mean square of a frame in which nobody says anything: -61 dBFS. Analog lines hiss, but less."""
CHIP_HINTS = 3
CHIP_SECONDS = 8.0
"""The modem's own ear takes speech for a busy tone now and then, not three times in eight seconds."""


class ReleasedBy(StrEnum):
    """Why a line was given back."""

    US = "us"
    """The office hung up."""
    BUSY = "busy"
    CONGESTION = "congestion"
    DIAL_TONE = "dial_tone"
    UNKNOWN_TONE = "unknown_tone"
    """Regular and pure, and in no plan; learned for the next time."""
    MODEM_HEARD = "modem_heard"
    """The modem itself told of a busy tone, again and again."""
    LOOP = "loop"
    """The exchange interrupted the current."""
    SILENCE = "silence"
    LENGTH = "length"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """When a line is released that says nothing by itself."""

    both_quiet_seconds: float = 60.0
    """Nobody says anything, neither there nor here."""
    quiet_seconds: float = 600.0
    """Nobody says anything there, while music plays or somebody speaks here."""
    most_seconds: float = 14_400.0
    """No talk is longer."""


_BY = {
    ToneKind.BUSY: ReleasedBy.BUSY,
    ToneKind.CONGESTION: ReleasedBy.CONGESTION,
    ToneKind.DIAL: ReleasedBy.DIAL_TONE,
    ToneKind.UNKNOWN: ReleasedBy.UNKNOWN_TONE,
}


class ReleaseWatch:
    """Watches one talk; its clock is the frames it hears.

    Attributes:
        tone: The tone that told of the end, if one did.
    """

    def __init__(self, plan: TonePlan, limits: Limits) -> None:
        self.tone: ToneHeard | None = None
        self._limits = limits
        self._progress = ProgressDetector(plan)
        self._seconds = self._quiet = self._both_quiet = 0.0
        self._hints: list[float] = []

    def hear(self, heard: bytes, said: bytes) -> ReleasedBy | None:
        """20 ms of both ways; why the line must be released now, if it must."""
        self._seconds += FRAME_SECONDS
        for tone in self._progress.hear(heard):
            if (by := self._meaning(tone)) is not None:
                self.tone = tone
                return by
        is_quiet = is_quiet_frame(heard)
        self._quiet = self._quiet + FRAME_SECONDS if is_quiet else 0.0
        self._both_quiet = self._both_quiet + FRAME_SECONDS if is_quiet and is_quiet_frame(said) else 0.0
        if self._both_quiet >= self._limits.both_quiet_seconds or self._quiet >= self._limits.quiet_seconds:
            return ReleasedBy.SILENCE
        return ReleasedBy.LENGTH if self._seconds >= self._limits.most_seconds else None

    def notice(self, event: LineEvent) -> ReleasedBy | None:
        """What the modem itself noticed."""
        if event is LineEvent.LOOP_BREAK:
            return ReleasedBy.LOOP
        if event in (LineEvent.BUSY, LineEvent.DIAL_TONE):
            self._hints = [at for at in self._hints if self._seconds - at < CHIP_SECONDS] + [self._seconds]
            if len(self._hints) >= CHIP_HINTS:
                return ReleasedBy.MODEM_HEARD
        return None

    def _meaning(self, tone: ToneHeard) -> ReleasedBy | None:
        if tone.kind is ToneKind.UNKNOWN and not tone.ms:
            return None  # a whistle, a test tone: not even its cadence speaks for an exchange
        return _BY.get(tone.kind)


def is_quiet_frame(frame: bytes) -> bool:
    """Whether nobody says anything in a frame."""
    samples = memoryview(frame).cast("h")  # a wrong byte order would be loud, never quiet
    return sum(value * value for value in samples) < QUIET_SQUARE * len(samples)
