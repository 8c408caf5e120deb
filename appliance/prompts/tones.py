"""Tones as WAV files: sine waves with a cadence, 16-bit mono at 8 kHz."""

from __future__ import annotations

import math
import os
import wave
from array import array
from pathlib import Path

from appliance.calls.ports import Tone

RATE = 8000
PEAK = 0.2
"""Of each frequency against full scale: about -14 dBFS, no shock on a headset."""

FADE_SAMPLES = 40
"""5 ms over which a tone comes and goes, so that it does not click."""


def write_tone(tone: Tone, path: Path) -> None:
    """Write all cycles of a tone, or the one to be looped where it has no end."""
    cycle = _burst(tone.frequencies, tone.on_ms) + _silence(tone.off_ms)
    write_wav(path, cycle * max(tone.cycles, 1))


def write_wav(path: Path, samples: array[int]) -> None:
    """Write samples so that nobody ever sees half a file."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with wave.open(str(unfinished), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    unfinished.replace(path)


def _burst(frequencies: tuple[int, ...], milliseconds: int) -> array[int]:
    count = RATE * milliseconds // 1000
    steps = [2 * math.pi * frequency / RATE for frequency in frequencies]
    samples = array("h", bytes(2 * count))
    for index in range(count):
        fade = min(1.0, (index + 1) / FADE_SAMPLES, (count - index) / FADE_SAMPLES)
        samples[index] = int(32767 * PEAK * fade * sum(math.sin(step * index) for step in steps))
    return samples


def _silence(milliseconds: int) -> array[int]:
    return array("h", bytes(2 * (RATE * milliseconds // 1000)))
