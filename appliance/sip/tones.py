"""Sound that is computed: tones with a cadence, and the melody of somebody who waits. 16-bit mono WAV at 8 kHz."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.calls.ports import Tone

RATE = 8000
FADE = 40
"""Samples (5 ms) over which a tone comes and goes, so that it does not click."""

LEVEL = 0.18
"""Peak of each frequency against full scale: about -15 dBFS, -18 dBm0 of speech level and no shock on a headset."""

MELODY = ((523, 659), (494, 587), (440, 523), (392, 494), (440, 523), (494, 587), (523, 659), (587, 784))
"""Two voices, Hz; one chord a second and a half, soft."""


def tone_file(tone: Tone, folder: Path) -> Path:
    """A WAV file with the tone: all its cycles, or one to be looped where it has no end."""
    name = "-".join(map(str, (*tone.frequencies, tone.on_ms, tone.off_ms, tone.cycles)))
    return _kept(folder / f"tone-{name}.wav", lambda: _cadence(tone))


def melody_file(folder: Path) -> Path:
    """The built-in music on hold, to be looped."""
    return _kept(folder / "hold-melody.wav", _melody)


def _cadence(tone: Tone) -> array[int]:
    samples = array("h")
    for _ in range(max(tone.cycles, 1)):
        samples.extend(_sine(tone.frequencies, tone.on_ms * RATE // 1000, LEVEL, FADE))
        samples.extend(array("h", bytes(2 * (tone.off_ms * RATE // 1000))))
    return samples


def _melody() -> array[int]:
    samples = array("h")
    for chord in MELODY:
        samples.extend(_sine(chord, RATE * 3 // 2, LEVEL / 3, RATE // 4))
    return samples


def _sine(frequencies: Sequence[int], count: int, level: float, fade: int) -> array[int]:
    fade = max(1, min(fade, count // 2))
    steps = [2 * math.pi * frequency / RATE for frequency in frequencies]
    samples = array("h")
    for index in range(count):
        gain = level * 32767 * min(1.0, (index + 1) / fade, (count - index) / fade)
        samples.append(round(gain * sum(math.sin(step * index) for step in steps)))
    return samples


def _kept(path: Path, make: Callable[[], array[int]]) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with wave.open(str(unfinished), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(make().tobytes())
        unfinished.replace(path)
    return path
