"""A room at a door, made of numbers: what its loudspeaker says comes back into its microphone by many ways, and a
visitor may speak. It stands in for a sound card (`hardware.audio.card.Card`).

In its folder a visitor's voice is `voice.wav` (8 kHz mono s16le), heard again and again from the moment it is there;
what the loudspeaker says is appended to `heard.s16` where that file exists.
"""

from __future__ import annotations

import random
import wave
from array import array
from collections import deque
from pathlib import Path

from hardware.audio.card import CardLost
from hardware.audio.frames import FRAME, FRAME_SECONDS, MOST_FRAMES
from hardware.tones.generate import RATE, octets, samples_of

ECHO_LOSS_DB = 6.0
"""How much quieter the loudspeaker comes back: a small panel on a wall, its microphone a hand away."""

FIRST_MS, LAST_MS = 30, 110
"""The first and the last way from loudspeaker to microphone, the card's own buffers with it."""

WAYS = 24
LOOK_FRAMES = 25
"""Between two looks whether somebody has come who speaks, or has left."""

_SAMPLES = FRAME // 2
_MOST, _LEAST = 32767, -32768


def ways_of_room(seed: int = 7, *, echo_loss_db: float = ECHO_LOSS_DB) -> list[tuple[int, float]]:
    """How long each way is in samples, and how much of the sound takes it; together they lose `echo_loss_db`."""
    chance = random.Random(seed)
    ways = [(RATE * chance.randint(FIRST_MS, LAST_MS) // 1000, chance.uniform(-1, 1)) for _ in range(WAYS)]
    norm = sum(gain * gain for _, gain in ways) ** 0.5
    return [(delay, gain / norm * 10 ** (-echo_loss_db / 20)) for delay, gain in ways]


class SimulatedRoom:
    """One room with its own clock: 20 ms are heard for every 20 ms that pass.

    Args:
        folder: Where the visitor's voice comes from; made when it is missing.
    """

    def __init__(self, folder: Path, ways: list[tuple[int, float]] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.device = "simulated"
        self._folder = folder
        self._ways = ways_of_room() if ways is None else ways
        self._longest = max(delay for delay, _ in self._ways) + _SAMPLES
        self._said = array("h", bytes(2 * self._longest))
        """What the loudspeaker said last, up to the end of the frame being heard."""
        self._waiting: deque[bytes] = deque(maxlen=MOST_FRAMES)
        self._voice = array("h")
        self._voice_at = 0
        self._voice_changed = 0.0
        self._began: float | None = None
        self._frames = 0

    def read(self, now: float) -> list[bytes]:
        """The frames that were heard since the last time."""
        if self._began is None:
            self._began = now
        due = int((now - self._began) / FRAME_SECONDS) - self._frames
        if due > MOST_FRAMES:
            self._frames += due - MOST_FRAMES
            due = MOST_FRAMES
        return [self._hear() for _ in range(due)]

    def write(self, frame: bytes) -> bool:
        """The loudspeaker says a frame."""
        self._waiting.append(frame)
        heard = self._folder / "heard.s16"
        if heard.exists():
            with heard.open("ab") as file:
                file.write(frame)
        return True

    def close(self) -> None:
        """A room has nothing to close."""

    def _hear(self) -> bytes:
        if self._frames % LOOK_FRAMES == 0:
            self._look_who_speaks()
        self._frames += 1
        said = self._waiting.popleft() if self._waiting else bytes(FRAME)
        self._said = self._said[_SAMPLES:] + samples_of(said)
        start = len(self._said) - _SAMPLES
        mixed = [0.0] * _SAMPLES
        for delay, gain in self._ways:
            came = self._said[start - delay : start - delay + _SAMPLES]
            mixed = [value + gain * sample for value, sample in zip(mixed, came, strict=True)]
        voice = self._speak()
        return octets(array("h", (max(_LEAST, min(_MOST, round(a + b))) for a, b in zip(mixed, voice, strict=True))))

    def _speak(self) -> array[int]:
        if len(self._voice) < _SAMPLES:
            return array("h", bytes(FRAME))
        if self._voice_at + _SAMPLES > len(self._voice):
            self._voice_at = 0
        spoken = self._voice[self._voice_at : self._voice_at + _SAMPLES]
        self._voice_at += _SAMPLES
        return spoken

    def _look_who_speaks(self) -> None:
        voice = self._folder / "voice.wav"
        try:
            changed = voice.stat().st_mtime if voice.exists() else 0.0
            if changed == self._voice_changed:
                return
            self._voice_changed, self._voice_at = changed, 0
            self._voice = _read(voice) if changed else array("h")
        except (OSError, EOFError, wave.Error) as error:
            raise CardLost(
                f"The visitor's voice {voice} cannot be read ({error}).", "Write a WAV file there."
            ) from error


def _read(path: Path) -> array[int]:
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
            raise wave.Error("it is not 8 kHz mono with 16 bits")
        return samples_of(file.readframes(file.getnframes()))
