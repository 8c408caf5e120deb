"""What a recording holds: levels at frequencies by Goertzel's algorithm, gaps in a tone. For tests and for the self
test of lines; pure Python, 15 ms per second of sound."""

import itertools
import math
from collections.abc import Iterable, Sequence

import msgspec

from hardware.tones.generate import FULL_SCALE, RATE, samples_of

BLOCK = 160
"""Samples of a measuring block: 20 ms, 50 Hz wide."""
FLOOR_DB = -96.0


def level_db(sound: bytes, frequency: float) -> float:
    """Peak level of one frequency over the whole sound, dBFS; -96 for nothing."""
    samples = samples_of(sound)
    return _decibels(_amplitude(samples, frequency))


def overall_db(sound: bytes) -> float:
    """RMS level of the sound, dBFS of a full-scale sine's peak; a sine of peak L dB has L - 3."""
    samples = samples_of(sound)
    if not samples:
        return FLOOR_DB
    return _decibels(math.sqrt(sum(value * value for value in samples) / len(samples)) / FULL_SCALE)


class ToneReport(msgspec.Struct, frozen=True):
    """How well a tone came through, between its first and its last block."""

    seconds: float
    """From the first block that has the tone to the last; 0.0 when none has."""
    level_db: float
    """Median of the blocks that have it."""
    gaps_ms: tuple[int, ...]
    """Each interruption, in steps of 20 ms."""

    @property
    def longest_gap_ms(self) -> int:
        return max(self.gaps_ms, default=0)

    @property
    def missing(self) -> float:
        """Share of the time interrupted, 0-1."""
        return sum(self.gaps_ms) / 1000 / self.seconds if self.seconds else 1.0


def find_tone(sound: bytes, frequency: float, *, least_db: float = -40.0, purity: float = 0.6) -> ToneReport:
    """Where a tone is in a sound.

    Args:
        least_db: Blocks quieter than this at the frequency do not have the tone.
        purity: Share of a block's energy the tone must have, 0-1.
    """
    samples = samples_of(sound)
    blocks = [samples[start : start + BLOCK] for start in range(0, len(samples) - BLOCK + 1, BLOCK)]
    levels = [_block_level(block, frequency, purity) for block in blocks]
    having = [position for position, level in enumerate(levels) if level >= least_db]
    if not having:
        return ToneReport(0.0, FLOOR_DB, ())
    gaps = [(after - before - 1) * 20 for before, after in itertools.pairwise(having) if after - before > 1]
    present = sorted(levels[position] for position in having)
    seconds = (having[-1] - having[0] + 1) * BLOCK / RATE
    return ToneReport(seconds, present[len(present) // 2], tuple(gaps))


def strongest(sound: bytes, frequencies: Iterable[float]) -> float:
    """Which of the frequencies is the loudest."""
    samples = samples_of(sound)
    return max(frequencies, key=lambda frequency: _amplitude(samples, frequency))


def _block_level(block: Sequence[int], frequency: float, purity: float) -> float:
    energy = sum(value * value for value in block) / len(block) / FULL_SCALE**2
    amplitude = _amplitude(block, frequency)
    if energy <= 0 or amplitude**2 / 2 < purity * energy:
        return FLOOR_DB
    return _decibels(amplitude)


def _amplitude(samples: Iterable[int], frequency: float) -> float:
    """Peak of one frequency, 1.0 = full scale."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / RATE)
    before = last = 0.0
    count = 0
    for value in samples:
        before, last = last, value + coefficient * last - before
        count += 1
    if not count:
        return 0.0
    power = max(0.0, last * last + before * before - coefficient * last * before)
    return 2 * math.sqrt(power) / count / FULL_SCALE


def _decibels(amplitude: float) -> float:
    return max(FLOOR_DB, 20 * math.log10(amplitude)) if amplitude > 0 else FLOOR_DB
