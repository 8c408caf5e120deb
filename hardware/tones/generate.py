"""Tones as sound: s16le mono at 8 kHz."""

from __future__ import annotations

import math
import sys
from array import array

RATE = 8000
FULL_SCALE = 32767
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_KEYS = ("123A", "456B", "789C", "*0#D")
DTMF = {
    key: (_ROWS[row], _COLUMNS[column]) for row, keys in enumerate(_KEYS) for column, key in enumerate(keys)
}  # ITU-T Q.23


class ToneSource:
    """An endless tone of one or more frequencies, cut anywhere without a click.

    Args:
        frequencies: Hz; empty for silence.
        level_db: Of each frequency, in dB below full scale (dBFS of the peak), 0 or less.
    """

    def __init__(self, *frequencies: float, level_db: float = -12.0) -> None:
        self._steps = tuple(2 * math.pi * frequency / RATE for frequency in frequencies)
        self._peak = FULL_SCALE * 10 ** (level_db / 20)
        self._at = 0

    def take(self, samples: int) -> bytes:
        """The next samples, two octets each."""
        span = range(self._at, self._at + samples)
        self._at += samples
        if not self._steps:
            return bytes(2 * samples)
        values = (sum(self._peak * math.sin(step * at) for step in self._steps) for at in span)
        return octets(array("h", (max(-FULL_SCALE, min(FULL_SCALE, round(value))) for value in values)))


def tone(*frequencies: float, seconds: float, level_db: float = -12.0) -> bytes:
    """A tone of that length; silence without frequencies."""
    return ToneSource(*frequencies, level_db=level_db).take(round(seconds * RATE))


def dtmf(keys: str, *, on_ms: int = 100, off_ms: int = 100, level_db: float = -10.0) -> bytes:
    """Keys as a telephone sends them; each lasts 65 ms at least on old exchanges, so the defaults are generous."""
    return b"".join(
        tone(*DTMF[key], seconds=on_ms / 1000, level_db=level_db) + tone(seconds=off_ms / 1000) for key in keys
    )


def octets(samples: array[int]) -> bytes:
    """Samples as s16le, whatever the machine's own order."""
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


def samples_of(sound: bytes) -> array[int]:
    """s16le as samples; half a sample at the end is dropped."""
    samples = array("h")
    samples.frombytes(sound[: len(sound) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
