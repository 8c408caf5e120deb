import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.tones.dtmf_detector import DtmfDetector
from hardware.tones.generate import dtmf, samples_of, tone

KEYS = "0123456789*#ABCD"


def heard(sound: bytes, size: int = 320) -> str:
    detector = DtmfDetector()
    return "".join(detector.hear(sound[start : start + size]) for start in range(0, len(sound), size))


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from(KEYS), min_size=1, max_size=8), st.integers(50, 200), st.floats(-25.0, -6.0))
def test_each_key_is_heard_once_whatever_its_length_and_level(keys, on_ms, level):
    assert heard(dtmf(keys, on_ms=on_ms, off_ms=80, level_db=level)) == keys


def test_keys_are_heard_through_noise():
    rng = random.Random(4)
    clean = samples_of(dtmf("159*", level_db=-10))
    noisy = b"".join(int(value + rng.gauss(0, 400)).to_bytes(2, "little", signed=True) for value in clean)
    assert heard(noisy) == "159*"


def test_lost_frame_within_a_long_key_is_one_key_at_least():
    sound = dtmf("7", on_ms=200)
    assert set(heard(sound[: 320 * 5] + sound[320 * 6 :])) == {"7"}


@pytest.mark.parametrize("sound", [b"", b"\1", bytes(16000), tone(425, seconds=2.0), tone(697, 440, seconds=1.0)])
def test_what_is_no_key_is_none(sound):
    assert heard(sound) == ""


@given(st.binary(max_size=4000))
def test_no_sound_upsets_it(sound):
    assert set(heard(sound, 33)) <= set(KEYS)
