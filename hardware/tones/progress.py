"""Which tone of the exchange is heard: busy, congestion, dial tone, ringback, by frequency, purity and cadence. Its
clock is the samples it hears, so it works as well on a recording.

Theory of operation. Every 20 ms block is a piece of tone, of quiet, or of something else, such as speech. Blocks make
runs. A tone that goes on for three seconds is the dial tone; one that ends adds to the cadence, which is held against
the patterns of the plan. Whatever else is heard begins the cadence anew: people and music are neither pure nor regular,
and quiet in between only by accident, so that three whole cycles are proof.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from enum import StrEnum

import msgspec

from hardware.tones.generate import FULL_SCALE, RATE, samples_of
from hardware.tones.plans import ToneKind, TonePattern, TonePlan

BLOCK = 160
BLOCK_MS = 20
LEAST_DB = -40.0
"""dBFS of a tone's peak; the quietest line brings -35 dBm0, which is 3 dB less than dBFS."""
PURE = 0.7
"""Share of its energy that a run of tone has at its frequencies."""
EDGE = 0.4
"""The same for one block: half of it may lie before the tone or behind it."""
QUIET = 0.1
"""Share of the tone's energy up to which a block is quiet, which is -10 dB."""
TWIST = 0.1
"""Share of a tone's energy that each of its frequencies has."""
CYCLES = 3
"""Whole cycles of a pattern of the plan that prove it."""
UNKNOWN_CYCLES = 6
"""The same for a tone in no plan."""
CONTINUOUS_MS = 3000
SLACK = 0.15
SLACK_MS = 30
"""How much a duration may differ: of itself, and at least this."""
LEAST_MS, MOST_MS = 120, 760
"""How long tone and pause of an unknown busy tone are."""
LOWEST_HZ, HIGHEST_HZ = 300.0, 700.0
"""Where exchanges have tones (ITU-T E.180 §5)."""
MOST_RUNS = 24
VOICE_MS = 200


class ToneHeard(msgspec.Struct, frozen=True):
    """A tone of the exchange."""

    kind: ToneKind
    hz: tuple[float, ...]
    ms: tuple[int, ...]
    """On, off, as measured; () when continuous."""


class _Sort(StrEnum):
    TONE = "tone"
    QUIET = "quiet"
    OTHER = "other"


class _Block(msgspec.Struct, frozen=True):
    sort: _Sort
    hz: tuple[float, ...] = ()
    share: float = 0.0
    amplitude: float = 0.0


class _Run:
    """Blocks of one sort in a row."""

    def __init__(self, block: _Block) -> None:
        self.sort = block.sort
        self.hz = block.hz
        self.ms = BLOCK_MS
        self.shares = [block.share]

    def add(self, block: _Block) -> None:
        self.ms += BLOCK_MS
        if block.share > max(self.shares):
            self.hz = block.hz  # at an edge, one frequency looks like two
        if len(self.shares) < 200:
            self.shares.append(block.share)

    @property
    def is_pure(self) -> bool:
        inner = sorted(self.shares[1:-1] or self.shares)
        return inner[len(inner) // 2] >= PURE


class ProgressDetector:
    """Listens to one call.

    Args:
        plan: What the exchange plays.
        unknown_too: Also tell of regular tones in no plan.
    """

    def __init__(self, plan: TonePlan, *, unknown_too: bool = True) -> None:
        self._patterns = plan.patterns()
        self._sets = tuple(dict.fromkeys(pattern.hz for _, pattern in self._patterns))
        self._steps = {hz: 2 * math.cos(2 * math.pi * hz / RATE) for hzs in self._sets for hz in hzs}
        self._unknown_too = unknown_too
        self._rest = b""
        self._loudest = 0.0
        self._runs: deque[_Run] = deque(maxlen=MOST_RUNS)
        self._odd: _Block | None = None
        self._told_continuous = False
        self.voice_ms = 0
        """How long something that is neither tone nor quiet has been heard, with pauses of less than 200 ms."""
        self._unvoiced_ms = 0
        self.quiet_ms = 0
        """How long nothing has been heard."""
        self.tone_ms = 0
        """How long the tone of just now has been heard; 0 when there is none."""
        self.since_tone_ms = 0
        """How long ago the last pure tone was heard."""

    def hear(self, sound: bytes) -> list[ToneHeard]:
        """The tones that became clear within this sound; usually none.

        Args:
            sound: s16le mono at 8 kHz, of any length; what was heard before counts.
        """
        samples = samples_of(self._rest + sound)
        whole = len(samples) // BLOCK * BLOCK
        heard = [
            tone
            for start in range(0, whole, BLOCK)
            if (tone := self._follow(self._sort(samples[start : start + BLOCK]))) is not None
        ]
        self._rest = (self._rest + sound)[2 * whole :]
        return heard

    @property
    def tone_hz(self) -> tuple[float, ...]:
        """The frequencies of the tone of just now; () when there is none."""
        return self._runs[-1].hz if self._runs and self._runs[-1].sort is _Sort.TONE else ()

    # One block.

    def _sort(self, block: array[int]) -> _Block:
        energy = sum(map(_square, block)) / BLOCK / FULL_SCALE**2
        least = max(_LEAST, self._loudest / 2)
        if energy < _LEAST**2 / 2 * QUIET or energy < self._loudest**2 / 2 * QUIET:
            return _Block(_Sort.QUIET)
        best = _Block(_Sort.OTHER)
        powers = {hz: _power(block, step) for hz, step in self._steps.items()}
        for hzs in self._sets:
            power = sum(powers[hz] for hz in hzs)
            if min(powers[hz] for hz in hzs) < TWIST * power:
                continue  # one of two frequencies alone is another tone
            if (share := power / 2 / energy) > best.share:
                best = _Block(_Sort.TONE, hzs, share, math.sqrt(power))
        if (
            best.share < PURE
            and self._unknown_too
            and (free := _free_tone(block, energy)).share > max(PURE, best.share)
        ):
            best = free
        if best.share >= EDGE and best.amplitude >= least:
            return best
        return _Block(_Sort.OTHER)

    # Runs of blocks.

    def _follow(self, block: _Block) -> ToneHeard | None:
        self._count(block)
        run = self._runs[-1] if self._runs else None
        odd, self._odd = self._odd, None
        if run is None or (odd is not None and block.sort is _Sort.OTHER):
            self._begin(block)
            return None
        if self._belongs(block, run):
            run.ms += BLOCK_MS if odd is not None else 0
            run.add(block)
            return self._continuous(run)
        if block.sort is _Sort.OTHER and run.sort is not _Sort.OTHER:
            self._odd = block  # an edge or a click, when no second one follows
            return None
        self._begin(block)
        if odd is not None:  # at an edge: a tone fills less than half of it
            quiet = run if run.sort is _Sort.QUIET else self._runs[-1]
            quiet.ms += BLOCK_MS
        is_end = run.sort is _Sort.TONE and block.sort is _Sort.QUIET
        return self._recognise() if is_end else None

    def _begin(self, block: _Block) -> None:
        self._told_continuous = False
        if block.sort is _Sort.OTHER:
            self._runs.clear()
            self._loudest = 0.0
        self._runs.append(_Run(block))

    def _belongs(self, block: _Block, run: _Run) -> bool:
        return block.sort is run.sort and (block.sort is not _Sort.TONE or _overlap(block.hz, run.hz))

    def _count(self, block: _Block) -> None:
        match block.sort:
            case _Sort.TONE:
                self.tone_ms += BLOCK_MS
                self.quiet_ms = self.since_tone_ms = 0
                self._loudest = max(block.amplitude, self._loudest)
            case _Sort.QUIET:
                self.quiet_ms += BLOCK_MS
                self.tone_ms = 0
                self.since_tone_ms += BLOCK_MS
                self._loudest *= 0.995  # 2 dB a second: the next call's tones may be quieter
            case _Sort.OTHER:
                self.quiet_ms = 0
                self.since_tone_ms += BLOCK_MS
        if block.sort is _Sort.OTHER:
            self.voice_ms += BLOCK_MS
            self._unvoiced_ms = 0
        else:
            self._unvoiced_ms += BLOCK_MS
            if self._unvoiced_ms >= VOICE_MS:
                self.voice_ms = 0

    # What a cadence means.

    def _continuous(self, run: _Run) -> ToneHeard | None:
        if run.sort is not _Sort.TONE or run.ms < CONTINUOUS_MS or self._told_continuous or not run.is_pure:
            return None
        self._told_continuous = True
        known = any(_alike(run.hz, pattern.hz) for _, pattern in self._patterns if not pattern.ms)
        if known or self._unknown_too:
            return ToneHeard(ToneKind.DIAL if known else ToneKind.UNKNOWN, run.hz, ())
        return None

    def _recognise(self) -> ToneHeard | None:
        """A tone has just ended; a pause follows."""
        runs = list(self._runs)[:-1]
        cadence: list[_Run] = []
        for run in reversed(runs):
            if run.sort is _Sort.OTHER or (
                run.sort is _Sort.TONE and not (run.is_pure and _alike(run.hz, runs[-1].hz))
            ):
                break
            cadence.insert(0, run)
        while cadence and cadence[0].sort is _Sort.QUIET:
            cadence.pop(0)
        lengths = [run.ms for run in cadence]
        hz = runs[-1].hz
        for kind, pattern in self._patterns:
            if pattern.ms and _alike(hz, pattern.hz) and _matches(lengths, pattern, _proof(kind, pattern)):
                return ToneHeard(kind, pattern.hz, _measured(lengths, len(pattern.ms)))
        return self._unknown(lengths, hz)

    def _unknown(self, lengths: list[int], hz: tuple[float, ...]) -> ToneHeard | None:
        needed = 2 * UNKNOWN_CYCLES - 1
        if len(lengths) < needed or not self._unknown_too:
            return None
        measured = _measured(lengths[-needed:], 2)
        is_busy = all(LEAST_MS <= ms <= MOST_MS for ms in measured) and 0.6 <= measured[0] / measured[1] <= 1.7
        if is_busy and _matches(lengths, TonePattern(hz, measured), needed):
            return ToneHeard(ToneKind.UNKNOWN, hz, measured)
        return None


def _proof(kind: ToneKind, pattern: TonePattern) -> int:
    """Runs of tone and pause, the last one a tone, that prove a pattern."""
    if kind is ToneKind.RINGBACK:
        return len(pattern.ms) - 1  # it is followed by an answer soon enough
    cycles = CYCLES if len(pattern.ms) == 2 else CYCLES - 1
    return cycles * len(pattern.ms) + (1 if len(pattern.ms) == 2 else -1)


def _matches(lengths: list[int], pattern: TonePattern, runs: int) -> bool:
    """Whether the last runs are the pattern, begun anywhere in it."""
    last = lengths[-runs:]
    if len(last) < runs:
        return False
    cycle = len(pattern.ms)
    return any(
        all(_near(length, pattern.ms[(shift + at) % cycle]) for at, length in enumerate(last))
        for shift in range(0, cycle, 2)
    )


def _near(length: int, wanted: int) -> bool:
    return abs(length - wanted) <= max(SLACK * wanted, SLACK_MS)


def _measured(lengths: list[int], cycle: int) -> tuple[int, ...]:
    """Mean of each length of a cycle that began with the first."""
    means = []
    for at in range(cycle):
        those = lengths[at::cycle]
        means.append(round(sum(those) / len(those)) if those else 0)
    return tuple(means)


def _alike(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return len(one) == len(other) and all(abs(a - b) <= 15 for a, b in zip(one, other, strict=True))


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return any(abs(a - b) <= 15 for a in one for b in other)


def _square(value: int) -> int:
    return value * value


def _power(block: array[int], step: float) -> float:
    """Squared peak at one frequency by Goertzel, 1.0 = full scale."""
    before = last = 0.0
    for value in block:
        before, last = last, value + step * last - before
    return max(0.0, last * last + before * before - step * before * last) * 4 / (BLOCK * FULL_SCALE) ** 2


def _free_tone(block: array[int], energy: float) -> _Block:
    """The one tone a block consists of, at a frequency of its own: by how a sine repeats after four samples."""
    last, two, first = block[8:], block[4:-4], block[:-8]
    square = 2 * sum(map(_square, two))
    if not square:
        return _Block(_Sort.OTHER)
    cosine = sum(b * (a + c) for a, b, c in zip(last, two, first, strict=True)) / square
    if not -1 < cosine < 1:
        return _Block(_Sort.OTHER)
    hz = math.acos(cosine) * RATE / (2 * math.pi * 4)
    if not LOWEST_HZ <= hz <= HIGHEST_HZ:
        return _Block(_Sort.OTHER)
    power = _power(block, 2 * math.cos(2 * math.pi * hz / RATE))
    return _Block(_Sort.TONE, (round(hz, 1),), power / 2 / energy, math.sqrt(power))


_LEAST = 10 ** (LEAST_DB / 20)
