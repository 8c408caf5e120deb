"""Sounds put together to one: each at the level of all prompts, without the silence of its own ends."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from appliance.prompts.level import levelled, without_silence
from appliance.prompts.tones import RATE, write_wav

WORD_SECONDS = 0.04
"""Between two words that were recorded apart."""

LEAD_SECONDS, TAIL_SECONDS = 0.05, 0.15
"""Of silence around the whole, as around what is spoken."""


class Part(NamedTuple):
    """A sound of a sentence."""

    path: Path
    pause_seconds: float = WORD_SECONDS
    """After it."""


def join(parts: Sequence[Part], path: Path) -> None:
    """Write one sound after another into a file (s16le mono, 8 kHz), which is there whole or not at all.

    Raises:
        OSError, wave.Error: One of them cannot be read, or the file not be written.
    """
    whole = _silence(LEAD_SECONDS)
    for part in parts:
        whole += levelled(without_silence(samples_of(part.path))) + _silence(part.pause_seconds)
    write_wav(path, whole + _silence(TAIL_SECONDS))


def samples_of(path: Path) -> array[int]:
    """The samples of a WAV file that is s16le mono at 8 kHz; raises `wave.Error` for any other."""
    with _opened(path) as file:
        samples = array("h")
        samples.frombytes(file.readframes(file.getnframes()))
        return samples


def length_of(path: Path) -> int:
    """How many samples such a file says it has; raises `wave.Error` for any other."""
    with _opened(path) as file:
        return file.getnframes()


@contextmanager
def _opened(path: Path) -> Iterator[wave.Wave_read]:
    try:
        with wave.open(str(path)) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                raise wave.Error(f"{path.name} is not 16-bit mono at {RATE} Hz")
            yield file
    except (EOFError, RuntimeError, ValueError) as error:
        # What the standard library makes of a chunk that leads out of the file, and of half a sample.
        raise wave.Error(f"{path.name} is damaged") from error


def _silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * int(RATE * seconds)))
