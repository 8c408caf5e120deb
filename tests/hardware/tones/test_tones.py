import pytest

from hardware.tones.generate import DTMF, ToneSource, dtmf, tone
from hardware.tones.measure import FLOOR_DB, find_tone, level_db, overall_db, strongest


@pytest.mark.parametrize("frequency", [300, 440, 1000, 3400])
@pytest.mark.parametrize("level", [-3.0, -12.0, -30.0])
def test_level_of_a_tone_is_what_was_asked(frequency, level):
    sound = tone(frequency, seconds=1.0, level_db=level)
    assert level_db(sound, frequency) == pytest.approx(level, abs=0.1)
    assert overall_db(sound) == pytest.approx(level - 3.0, abs=0.1)
    assert level_db(sound, frequency + 200) < level - 30


def test_tone_cut_in_frames_is_the_tone():
    source = ToneSource(440)
    assert b"".join(source.take(160) for _ in range(50)) == tone(440, seconds=1.0)


def test_gaps_are_found_and_edges_are_none():
    sound = tone(seconds=0.4) + tone(440, seconds=0.4) + tone(seconds=0.1) + tone(440, seconds=0.5) + tone(seconds=1)
    report = find_tone(sound, 440)
    assert report.seconds == pytest.approx(1.0, abs=0.021)
    assert report.gaps_ms == (100,)
    assert report.missing == pytest.approx(0.1, abs=0.01)
    assert report.level_db == pytest.approx(-12.0, abs=0.5)


def test_other_tone_is_not_the_tone():
    assert find_tone(tone(1000, seconds=1.0), 440).seconds == 0.0


def test_silence_has_no_level():
    assert (level_db(b"", 440), overall_db(b""), overall_db(bytes(320))) == (FLOOR_DB, FLOOR_DB, FLOOR_DB)


@pytest.mark.parametrize("key", DTMF)
def test_key_has_its_two_frequencies(key):
    sound = dtmf(key, off_ms=0)
    rows, columns = {low for low, _ in DTMF.values()}, {high for _, high in DTMF.values()}
    assert (strongest(sound, rows), strongest(sound, columns)) == DTMF[key]
