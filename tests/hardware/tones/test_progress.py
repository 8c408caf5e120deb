"""Tones of exchanges found in what a line brings, with noise, by the clock of the samples."""

import random
from array import array

import pytest

from hardware.tones.generate import RATE, dtmf, octets, samples_of, tone
from hardware.tones.plans import ToneKind, TonePattern, plan_of, plans
from hardware.tones.progress import ProgressDetector, ToneHeard

LEVEL_DB = -20.0


def played(pattern: TonePattern, seconds: float, *, level_db: float = LEVEL_DB) -> bytes:
    """A tone with its cadence."""
    if not pattern.ms:
        return tone(*pattern.hz, seconds=seconds, level_db=level_db)
    sound = b""
    while len(sound) < seconds * RATE * 2:
        for at, ms in enumerate(pattern.ms):
            sound += tone(*(() if at % 2 else pattern.hz), seconds=ms / 1000, level_db=level_db)
    return sound[: round(seconds * RATE) * 2]


def noisy(sound: bytes, *, below_db: float, seed: int = 1, level_db: float = LEVEL_DB) -> bytes:
    """White noise so far below a tone of that level."""
    rng = random.Random(seed)
    deviation = 32767 * 10 ** (level_db / 20) / 2**0.5 * 10 ** (-below_db / 20)
    return octets(array("h", (max(-32768, min(32767, round(v + rng.gauss(0, deviation)))) for v in samples_of(sound))))


def first_heard(detector: ProgressDetector, sound: bytes) -> tuple[float, ToneHeard] | None:
    """When a tone became clear, in seconds, and which."""
    for at in range(0, len(sound), 320):
        if heard := detector.hear(sound[at : at + 320]):
            return (at + 320) / 2 / RATE, heard[0]
    return None


RELEASING = [
    pytest.param(country, kind, pattern, id=f"{country}-{kind}-{'-'.join(map(str, pattern.ms)) or 'continuous'}")
    for plan, country in {plan: country for country, plan in plans().items()}.items()
    for kind, pattern in plan.patterns()
    if kind is not ToneKind.RINGBACK
]


@pytest.mark.parametrize("country, kind, pattern", RELEASING)
@pytest.mark.parametrize("begins_ms", [0, 7, 1013])
def test_every_tone_that_frees_a_line_is_known_within_five_seconds_with_noise(country, kind, pattern, begins_ms):
    before = tone(seconds=begins_ms / 1000)
    sound = noisy(before + played(pattern, 8), below_db=20)
    found = first_heard(ProgressDetector(plan_of(country)), sound)
    assert found is not None
    seconds, heard = found
    assert seconds - begins_ms / 1000 < 4.5
    assert heard.kind is kind
    assert heard.hz == pattern.hz


@pytest.mark.parametrize("country", plans())
def test_ringback_is_ringback(country):
    pattern = plan_of(country).ringback[0]
    found = first_heard(ProgressDetector(plan_of(country)), noisy(played(pattern, 12), below_db=20))
    assert found is not None
    assert found[1].kind is ToneKind.RINGBACK


@pytest.mark.parametrize("off_by", [-12, 12])
def test_exchange_that_is_out_of_tune_is_understood(off_by):
    pattern = TonePattern((425 + off_by,), (340, 360))
    found = first_heard(ProgressDetector(plan_of("UA")), noisy(played(pattern, 8), below_db=20))
    assert found is not None
    assert found[1].kind is ToneKind.BUSY


@pytest.mark.parametrize("level_db", [-38, -30, -10, -3])
def test_tone_may_be_faint_or_loud(level_db):
    sound = noisy(played(TonePattern((425,), (500, 500)), 8, level_db=level_db), below_db=20, level_db=level_db)
    found = first_heard(ProgressDetector(plan_of("PL")), sound)
    assert found is not None
    assert found[1].kind is ToneKind.BUSY


def test_tone_of_no_plan_is_told_as_unknown_with_its_measures():
    found = first_heard(ProgressDetector(plan_of("LV")), noisy(played(TonePattern((520,), (260, 260)), 8), below_db=20))
    assert found is not None
    heard = found[1]
    assert heard.kind is ToneKind.UNKNOWN
    assert heard.hz[0] == pytest.approx(520, abs=5)
    assert heard.ms == pytest.approx((260, 260), abs=15)
    plan = plan_of("LV").with_busy(TonePattern(heard.hz, heard.ms))
    found = first_heard(ProgressDetector(plan), played(TonePattern((520,), (260, 260)), 8))
    assert found is not None
    assert found[1].kind is ToneKind.BUSY
    assert found[0] < 2.5


def test_busy_tone_after_speech_of_both_is_known():
    rng = random.Random(3)
    speech = octets(array("h", (round(rng.gauss(0, 3000)) for _ in range(3 * RATE))))
    sound = speech + noisy(played(TonePattern((425,), (350, 350)), 6), below_db=20)
    found = first_heard(ProgressDetector(plan_of("RU")), sound)
    assert found is not None
    assert found[0] - 3 < 4.5


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(tone(seconds=20), id="silence"),
        pytest.param(dtmf("159D" * 12, on_ms=350, off_ms=350), id="dtmf as slow as busy tone"),
        pytest.param(tone(1400, seconds=4), id="whistle"),
        pytest.param(
            b"".join(tone(425, seconds=0.35) + tone(seconds=s / 100) for s in (20, 55, 90, 31, 62, 18)), id="uneven"
        ),
        pytest.param(b"".join(tone(425, seconds=0.3) + tone(600, seconds=0.3) for _ in range(12)), id="two notes"),
    ],
)
def test_what_is_no_tone_of_an_exchange_is_told_as_none(sound):
    detector = ProgressDetector(plan_of("LV"))
    assert first_heard(detector, sound) is None


def test_sound_may_be_cut_anywhere():
    sound = played(TonePattern((425,), (350, 350)), 6)
    detector, rng, heard, at = ProgressDetector(plan_of("RU")), random.Random(2), [], 0
    while at < len(sound):
        size = 2 * rng.randint(1, 400)
        heard += detector.hear(sound[at : at + size])
        at += size
    assert heard[0].kind is ToneKind.BUSY
