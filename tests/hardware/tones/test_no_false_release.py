"""Hours of what talks consist of, in which no line may be released: people speaking, music, keys. Its clock is the
samples', so an hour takes half a minute."""

from __future__ import annotations

import math
import os
import random
import wave
from array import array
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from hardware.audio.frames import FRAME, SILENCE
from hardware.modem.release import Limits, ReleaseWatch
from hardware.tones.generate import RATE, dtmf, octets
from hardware.tones.plans import plan_of

VOICES = Path("/usr/share/asterisk/sounds")
NEVER = Limits(both_quiet_seconds=1e9, quiet_seconds=1e9, most_seconds=1e9)


def seconds_of_a_campaign() -> float:
    return 3600.0 if os.environ.get("PORTER_LONG") == "full" else 300.0


def released(sound: Iterator[bytes], seconds: float, country: str) -> str:
    """What released a line in so much sound; "" for nothing."""
    watch, heard, rest = ReleaseWatch(plan_of(country), NEVER), 0, b""
    while heard < seconds * RATE * 2:
        rest += next(sound)
        for at in range(0, len(rest) - FRAME + 1, FRAME):
            if (by := watch.hear(rest[at : at + FRAME], SILENCE)) is not None:
                return f"{by} after {heard / RATE / 2:.0f} s by {watch.tone}"
            heard += FRAME
        rest = rest[len(rest) // FRAME * FRAME :]
    return ""


def speech(rng: random.Random) -> Iterator[bytes]:
    """Prompts read by people, in any order, with pauses as between sentences."""
    files = sorted(VOICES.glob("*/*.wav"))
    if not files:
        pytest.skip("no recorded speech of asterisk-core-sounds is installed")
    while True:
        with wave.open(str(rng.choice(files))) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE):
                yield file.readframes(file.getnframes())
        yield bytes(2 * round(rng.uniform(0.05, 0.8) * RATE))


@cache
def note(number: int, harmonics: int) -> tuple[float, ...]:
    """Two seconds of a string or a pipe: harmonics that fall, and an envelope that does."""
    hz = 440 * 2 ** (number / 12)
    loudness = [0.8**at / (1 + at % 2 * 0.3) for at in range(harmonics)]
    return tuple(
        math.exp(-at / RATE * 1.2)
        * sum(
            level * math.sin(2 * math.pi * hz * (order + 1) * at / RATE)
            for order, level in enumerate(loudness)
            if hz * (order + 1) < 3600
        )
        for at in range(2 * RATE)
    )


def music(rng: random.Random) -> Iterator[bytes]:
    """Chords and melodies on the beat, legato and staccato, with notes around 425 Hz more often than others."""
    while True:
        beat = rng.choice((0.2, 0.25, 0.3, 0.35, 0.5))
        harmonics = rng.choice((3, 4, 6))
        for _ in range(16):
            chord = {rng.choice((-1, 0, -12, -8, -5, 3, 4, 7)) for _ in range(rng.choice((1, 1, 2, 3)))}
            length = round(rng.choice((1, 1, 2)) * beat * RATE)
            sounding = round(length * rng.choice((0.5, 0.9, 1.0)))
            voices = [note(number, harmonics) for number in chord]
            loud = 9000 / len(voices)
            mixed = [round(loud * sum(values)) for values in zip(*(voice[:sounding] for voice in voices), strict=True)]
            clipped = (max(-32768, min(32767, value)) for value in mixed)
            yield octets(array("h", clipped)) + bytes(2 * (length - sounding))


def keys(rng: random.Random) -> Iterator[bytes]:
    """Somebody at an automatic attendant, as regularly as an exchange."""
    while True:
        on = rng.choice((100, 200, 300, 350, 500))
        yield dtmf(rng.choice("0123456789*#ABCD") * 8, on_ms=on, off_ms=rng.choice((on, 120)), level_db=-12)


SOURCES = {"speech": speech, "music": music, "keys": keys}


@pytest.mark.long
@pytest.mark.parametrize("country", ["LV", "US"])
@pytest.mark.parametrize("source", SOURCES)
def test_no_line_is_released_in_hours_of(source, country, long_seed):
    sound = SOURCES[source](random.Random(f"{long_seed} {country}"))
    assert released(sound, seconds_of_a_campaign(), country) == ""


@pytest.mark.parametrize("source", SOURCES)
def test_no_line_is_released_in_half_a_minute_of(source):
    assert released(SOURCES[source](random.Random(1)), 30.0, "LV") == ""
