"""The echo canceller in a room made of numbers: echo return loss enhancement, measured, and what people say kept."""

import random
from array import array

import pytest

from hardware.audio.call_sound import CallSound
from hardware.audio.echo import LINE_TAIL_MS, ROOM_TAIL_MS, EchoCanceller
from hardware.audio.frames import FRAME
from hardware.audio.level import Gain
from hardware.tones.generate import octets, samples_of, tone
from hardware.tones.measure import level_db, overall_db

RATE = 8000


def speech(seconds: float, seed: int, *, level: float = 4000) -> array:
    """Noise through a low-pass, in syllables: as loud and as restless as a voice."""
    rng, value = random.Random(seed), 0.0
    samples = array("h")
    loudness = 0.0
    for at in range(round(seconds * RATE)):
        if at % 1200 == 0:
            loudness = rng.choice((0.0, 0.5, 1.0))
        value = 0.7 * value + 0.3 * rng.gauss(0, 1)
        samples.append(max(-32000, min(32000, round(level * loudness * value))))
    return samples


def reflections(tail_ms: int, delay_ms: int, loss_db: float, seed: int) -> list[tuple[int, float]]:
    """A room or a hybrid: delays in samples, and how loud each reflection is."""
    rng = random.Random(seed)
    count = 24
    taps = [(round(RATE * (delay_ms + rng.uniform(0, tail_ms) / 2) / 1000), rng.uniform(-1, 1)) for _ in range(count)]
    norm = sum(gain * gain for _, gain in taps) ** 0.5
    return [(at, gain / norm * 10 ** (-loss_db / 20)) for at, gain in taps]


def echoed(sound: array, taps: list[tuple[int, float]]) -> array:
    heard = [0.0] * len(sound)
    for delay, gain in taps:
        for at in range(delay, len(sound)):
            heard[at] += gain * sound[at - delay]
    return array("h", (max(-32768, min(32767, round(value))) for value in heard))


def through(canceller: EchoCanceller, said: array, heard: array) -> bytes:
    said_octets, heard_octets = octets(said), octets(heard)
    out = b""
    for at in range(0, len(heard_octets) - FRAME + 1, FRAME):
        canceller.say(said_octets[at : at + FRAME])
        out += canceller.hear(heard_octets[at : at + FRAME])
    return out


@pytest.mark.parametrize(
    "tail_ms, delay_ms, loss_db", [(LINE_TAIL_MS, 4, 6), (LINE_TAIL_MS, 12, 15), (ROOM_TAIL_MS, 60, 3)]
)
def test_echo_of_a_line_and_of_a_room_is_30_db_down_after_five_seconds(tail_ms, delay_ms, loss_db):
    said = speech(8, seed=1)
    heard = echoed(said, reflections(80, delay_ms, loss_db, seed=2))
    left = through(EchoCanceller(tail_ms=tail_ms, suppress=False), said, heard)
    last = slice(5 * RATE * 2, None)
    assert overall_db(octets(heard)[last]) - overall_db(left[last]) > 30


def test_suppression_takes_the_rest_down_further():
    said = speech(8, seed=1)
    heard = echoed(said, reflections(80, 60, 3, seed=2))
    left = through(EchoCanceller(tail_ms=ROOM_TAIL_MS), said, heard)
    last = slice(5 * RATE * 2, None)
    assert overall_db(octets(heard)[last]) - overall_db(left[last]) > 40


def test_who_speaks_into_the_echo_is_heard_at_his_level():
    said = speech(10, seed=1)
    heard = echoed(said, reflections(80, 8, 10, seed=2))
    whistle = samples_of(bytes(5 * RATE * 2) + tone(1000, seconds=5, level_db=-20))
    both = array("h", (max(-32768, min(32767, a + b)) for a, b in zip(heard, whistle, strict=True)))
    left = through(EchoCanceller(), said, both)
    assert level_db(left[7 * RATE * 2 :], 1000) == pytest.approx(-20, abs=3)


def test_without_echo_sound_passes_as_it_came():
    sound = samples_of(tone(1000, seconds=2, level_db=-12))
    left = through(EchoCanceller(), array("h", bytes(len(sound) * 2)), sound)
    assert level_db(left[RATE:], 1000) == pytest.approx(-12, abs=1)


def test_a_frame_said_and_never_heard_does_not_shift_the_echo_for_ever():
    canceller = EchoCanceller(tail_ms=ROOM_TAIL_MS, suppress=False)
    for _ in range(100):
        canceller.say(b"\1\0" * (FRAME // 2))
    for _ in range(100):
        assert len(canceller.hear(bytes(FRAME))) == FRAME


@pytest.mark.parametrize("gain", [-12.0, -3.0, 0.0, 6.0])
def test_level_of_both_ways_is_set_in_decibels(gain):
    sound = tone(1000, seconds=0.4, level_db=-20)
    assert level_db(Gain(gain)(sound), 1000) == pytest.approx(-20 + gain, abs=0.1)
    call = CallSound(heard_db=gain, said_db=-gain)
    call.begin()
    heard, said = b"", b""
    for at in range(0, len(sound), FRAME):
        call.hear(sound[at : at + FRAME])
        call.push(sound[at : at + FRAME])
        heard, said = heard + call.pull(), said + call.next_said()
    assert level_db(heard[FRAME * 4 :], 1000) == pytest.approx(-20 + gain, abs=0.3)
    assert level_db(said[FRAME * 4 :], 1000) == pytest.approx(-20 - gain, abs=0.3)


def test_too_loud_is_held_at_full_scale_instead_of_turning_over():
    assert max(samples_of(Gain(20.0)(tone(1000, seconds=0.1, level_db=-6)))) == 32767
    assert min(samples_of(Gain(20.0)(tone(1000, seconds=0.1, level_db=-6)))) == -32768
