"""Sound for tests: tones made and found again in what was heard. Plain Python; samples are 16-bit mono."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

RATE = 8000


def tone(frequency: float, seconds: float, *, level: float = 0.3, rate: int = RATE) -> array[int]:
    """A sine; `level` is its peak against full scale."""
    step = 2 * math.pi * frequency / rate
    return array("h", (round(level * 32767 * math.sin(step * n)) for n in range(round(seconds * rate))))


def write_wav(path: Path, samples: array[int], *, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def read_wav(path: Path) -> tuple[array[int], int]:
    """Samples and rate. A file still being written, whose header has no length yet, is read to its end."""
    data = path.read_bytes()
    start = data.index(b"fmt ")
    channels = int.from_bytes(data[start + 10 : start + 12], "little")
    rate = int.from_bytes(data[start + 12 : start + 16], "little")
    assert channels == 1, f"{path} has {channels} channels"
    body = data[data.index(b"data", start) + 8 :]
    return array("h", body[: len(body) // 2 * 2]), rate


def strength(samples: Sequence[int], frequency: float, *, rate: int = RATE) -> float:
    """Peak of one frequency against full scale (Goertzel): 0.3 for `tone(…, level=0.3)`."""
    if not samples:
        return 0.0
    step = 2 * math.cos(2 * math.pi * frequency / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + step * last - before
    power = before * before + last * last - step * before * last
    return 2 * math.sqrt(max(power, 0.0)) / len(samples) / 32768


def loudness(samples: Sequence[int]) -> float:
    """Root mean square against full scale."""
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples)) / 32768 if samples else 0.0


def hears(samples: Sequence[int], frequency: float, *, rate: int = RATE, least: float = 0.05) -> bool:
    """Whether the last half second is mostly this tone."""
    end = samples[-rate // 2 :]
    found = strength(end, frequency, rate=rate)
    return len(end) >= rate // 4 and found >= least and found / math.sqrt(2) >= 0.7 * loudness(end)


def silent_seconds(samples: Sequence[int], *, rate: int = RATE, below: float = 0.01) -> float:
    """The longest silence between the first and the last sound, in seconds, to 5 ms."""
    step = rate // 200
    loud = [loudness(samples[n : n + step]) >= below for n in range(0, len(samples) - step, step)]
    if True not in loud:
        return len(samples) / rate
    first, last = loud.index(True), len(loud) - 1 - loud[::-1].index(True)
    longest = run = 0
    for is_loud in loud[first:last]:
        run = 0 if is_loud else run + 1
        longest = max(longest, run)
    return longest * step / rate
