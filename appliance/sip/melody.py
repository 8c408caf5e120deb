"""The built-in music on hold: computed, so nothing needs to be shipped and nobody is owed anything."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

RATE = 8000

LEVEL = 0.06
"""Peak of each voice against full scale: soft, since some people wait long."""

CHORDS = ((523, 659), (494, 587), (440, 523), (392, 494), (440, 523), (494, 587), (523, 659), (587, 784))
"""Two voices, Hz."""

CHORD_SECONDS = 1.5


def melody_file(folder: Path) -> Path:
    """A WAV file, s16le mono at 8 kHz, to be looped; written once."""
    path = folder / "hold-melody.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with wave.open(str(unfinished), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            for chord in CHORDS:
                file.writeframes(_swell(chord).tobytes())
        unfinished.replace(path)
    return path


def _swell(chord: Sequence[int]) -> array[int]:
    """One chord that comes and goes like a breath."""
    count = round(CHORD_SECONDS * RATE)
    steps = [2 * math.pi * frequency / RATE for frequency in chord]
    samples = array("h")
    for index in range(count):
        gain = LEVEL * 32767 * math.sin(math.pi * index / count)
        samples.append(round(gain * sum(math.sin(step * index) for step in steps)))
    return samples
