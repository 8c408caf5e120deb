"""How loud speech is, and one level for all of it: nobody reaches for the volume between a recording and speech."""

from __future__ import annotations

import math
from array import array
from operator import mul

FULL_SCALE = 32768

LEVEL = -20.0
"""Of speech in dBFS: about the middle of Debian's recordings, which lie between -22 and -15."""

MOST_CHANGE = 12.0
"""dB; what is further from the level is brought only so much nearer, so that noise is not made a voice."""

LOUDEST = 29_200
"""Peaks above it, -1 dBFS, are cut off: a millisecond of it is not heard, and nothing overflows."""

FRAME = 80
"""10 ms at 8 kHz."""

QUIET = 10 ** (-30 / 10)
"""Power of a frame, against the loudest one, below which nobody speaks in it."""

SILENT_POWER = 1000.0
"""About -60 dBFS: nothing but noise in the whole sound."""


def speech_level(samples: array[int]) -> float:
    """The level of a sound while somebody speaks in it, in dBFS; -inf for silence.

    Pauses do not count, in the manner of ITU-T P.56.
    """
    powers = _powers(samples)
    loudest = max(powers, default=0.0)
    spoken = [power for power in powers if power > max(loudest * QUIET, SILENT_POWER)]
    return 10 * math.log10(sum(spoken) / len(spoken) / FULL_SCALE**2) if spoken else -math.inf


def levelled(samples: array[int]) -> array[int]:
    """A sound at the level of all prompts; silence as it is."""
    level = speech_level(samples)
    if math.isinf(level):
        return samples
    change = max(-MOST_CHANGE, min(LEVEL - level, MOST_CHANGE))
    factor = 10 ** (change / 20)
    return array("h", (max(-LOUDEST, min(int(sample * factor), LOUDEST)) for sample in samples))


def without_silence(samples: array[int]) -> array[int]:
    """The part of a sound from its first to its last word, with 20 ms around it; silence as it is."""
    powers = _powers(samples)
    floor = max(max(powers, default=0.0) * QUIET / 10, SILENT_POWER)
    heard = [at for at, power in enumerate(powers) if power > floor]
    if not heard:
        return samples
    return samples[max(heard[0] - 2, 0) * FRAME : (heard[-1] + 3) * FRAME]


def _powers(samples: array[int]) -> list[float]:
    """Mean squares of the whole frames."""
    frames = (samples[at : at + FRAME] for at in range(0, len(samples) - FRAME + 1, FRAME))
    return [sum(map(mul, frame, frame)) / FRAME for frame in frames]
