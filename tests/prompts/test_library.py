"""Prompts as files: what can be heard in them, and what happens without a speech engine."""

from __future__ import annotations

import ast
import logging
import math
import wave
from array import array
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.calls.ports import (
    BEEP,
    RINGBACK,
    Counted,
    Moment,
    Phrase,
    Prompt,
    Recorded,
    Said,
    SpelledDigits,
    TimeOfDay,
    Tone,
)
from appliance.config.models import Language
from appliance.prompts.catalogue import catalogue
from appliance.prompts.joining import samples_of
from appliance.prompts.level import without_silence
from appliance.prompts.library import DEBIAN_RECORDINGS, RECORDED_LANGUAGES, PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.prompts.tones import RATE

END_SAMPLES, QUIET = RATE // 20, 1000
"""The last 50 ms of what is spoken, and a peak of -30 dBFS."""

SOURCES = Path(__file__).parents[2] / "appliance"


def samples(path: Path) -> array[int]:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        return array("h", file.readframes(file.getnframes()))


def seconds(path: Path) -> float:
    return len(samples(path)) / RATE


def loudness(path: Path) -> float:
    """Of the part with sound in it, in dBFS."""
    heard = [sample for sample in samples(path) if abs(sample) > 300]
    return 20 * math.log10(math.sqrt(sum(sample * sample for sample in heard) / len(heard)) / 32768)


@pytest.fixture
def library(tmp_path: Path) -> PromptLibrary:
    return PromptLibrary(tmp_path / "prompts", own=FolderShelf(tmp_path / "own"))


@pytest.fixture
def spoken_only(tmp_path: Path) -> PromptLibrary:
    return PromptLibrary(tmp_path / "prompts", own=FolderShelf(tmp_path / "own"), recordings=tmp_path / "none")


def assert_is_said(path: Path, text: str) -> None:
    """What is heard is as long as its text takes, at the level of all prompts, and not cut at its end."""
    assert 0.3 + len(text) / 40 < seconds(path) < 2.0 + len(text) / 6, text
    assert -26 < loudness(path) < -9, text
    assert max(samples(path)[-END_SAMPLES:]) < QUIET, text


@pytest.mark.real
@pytest.mark.parametrize("language", list(Language))
async def test_every_phrase_is_spoken_whole_in_every_language(spoken_only: PromptLibrary, language: Language) -> None:
    await spoken_only.prepare([language])
    for name, phrase in catalogue().phrases.items():
        (path,) = await spoken_only.files([Phrase(name, language)])
        assert_is_said(path, phrase.text(language))
    assert spoken_only.faults == []


@pytest.mark.real
@pytest.mark.parametrize("language", list(Language))
async def test_every_counting_phrase_is_spoken_whole_in_every_form(
    spoken_only: PromptLibrary, language: Language
) -> None:
    for name, phrase in catalogue().counted.items():
        for count in (0, 1, 2, 5, 11, 21):
            (path,) = await spoken_only.files([Counted(name, count, language)])
            assert_is_said(path, phrase.text(language, count))
    assert spoken_only.faults == []


@pytest.mark.real
@pytest.mark.skipif(not DEBIAN_RECORDINGS.is_dir(), reason="asterisk-core-sounds is not installed")
@pytest.mark.parametrize("language", RECORDED_LANGUAGES)
def test_a_recording_says_about_as_much_as_its_phrase(language: Language) -> None:
    for name, phrase in catalogue().phrases.items():
        if phrase.recorded is not None:
            path = DEBIAN_RECORDINGS / RECORDED_LANGUAGES[language] / f"{phrase.recorded}.wav"
            text = phrase.text(language)
            assert len(text) / 40 < seconds(path) < 2.0 + len(text) / 5, f"{name} as {phrase.recorded}"
            assert -30 < loudness(path) < -9, name


@pytest.mark.real
@pytest.mark.parametrize("language", list(Language))
async def test_what_is_said_once_in_a_while_is_heard_too(library: PromptLibrary, language: Language) -> None:
    prompts: list[Prompt] = [
        Said("Anna", language),
        TimeOfDay(datetime(2026, 11, 24, 21, 5, tzinfo=UTC), language),
        SpelledDigits("+37129999999", language),
        Counted("new-messages", 2, language),
        Moment(datetime(2026, 11, 24, 9, 5, tzinfo=UTC), None, language),
    ]
    for prompt in prompts:
        paths = await library.files([prompt])
        assert 0.3 < sum(seconds(path) for path in paths) < 15, prompt
        assert all(loudness(path) > -28 for path in paths), prompt


@pytest.mark.real
async def test_languages_differ_and_a_text_is_spoken_once(spoken_only: PromptLibrary) -> None:
    files = await spoken_only.files([Phrase("goodbye", language) for language in Language])
    assert len({path.read_bytes() for path in files}) == len(Language)
    written = [path.stat().st_mtime_ns for path in files]
    again = await spoken_only.files([Phrase("goodbye", language) for language in Language])
    assert again == files and [path.stat().st_mtime_ns for path in again] == written


@pytest.mark.real
@pytest.mark.skipif(not DEBIAN_RECORDINGS.is_dir(), reason="asterisk-core-sounds is not installed")
async def test_recordings_are_used_where_they_say_the_same(library: PromptLibrary, spoken_only: PromptLibrary) -> None:
    prompts = [Phrase("voicemail-greeting"), SpelledDigits("20", "ru")]
    greeting, digits = await library.files(prompts)
    recorded = without_silence(samples_of(DEBIAN_RECORDINGS / "en/vm-intro.wav"))
    assert len(without_silence(samples_of(greeting))) == len(recorded)
    assert seconds(digits) < 1.2
    assert {greeting, digits}.isdisjoint(await spoken_only.files(prompts))


@pytest.mark.real
async def test_texts_that_look_like_options_are_spoken(spoken_only: PromptLibrary) -> None:
    (path,) = await spoken_only.files([Said("-f /etc/passwd; $(reboot) <speak>", "en")])
    assert seconds(path) > 1 and spoken_only.faults == []


@pytest.mark.real
async def test_a_name_that_is_no_text_is_spoken_as_far_as_it_goes(spoken_only: PromptLibrary) -> None:
    (path,) = await spoken_only.files([Said("Anna \udcff", "en")])
    assert seconds(path) > 0.3 and spoken_only.faults == []


@pytest.mark.real
async def test_without_a_speech_engine_there_is_a_beep_and_one_fault_with_the_next_step(
    spoken_only: PromptLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with caplog.at_level(logging.ERROR):
        paths = await spoken_only.files([Phrase("goodbye", "lv"), Said("Anna", "lv")])
    assert len(paths) == 2 and all(0.3 < seconds(path) < 0.5 for path in paths)
    (fault,) = spoken_only.faults
    assert "espeak-ng is not installed" in fault and "sudo apt install espeak-ng" in fault
    assert len(caplog.records) == 1
    monkeypatch.undo()
    (path,) = await spoken_only.files([Phrase("goodbye", "lv")])
    assert seconds(path) > 0.5 and spoken_only.faults == []


@pytest.mark.real
async def test_a_folder_that_cannot_be_made_gives_no_file_and_no_exception(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    library = PromptLibrary(in_the_way, own=FolderShelf(tmp_path / "own"), recordings=tmp_path / "none")
    assert await library.files([Phrase("goodbye"), BEEP]) == []
    assert library.faults


@pytest.mark.real
async def test_what_is_unknown_or_gone_is_a_beep(library: PromptLibrary, tmp_path: Path) -> None:
    there = tmp_path / "greeting.wav"
    there.write_bytes(b"")
    paths = await library.files([Phrase("no-such-phrase"), Recorded(str(tmp_path / "gone.wav")), Recorded(str(there))])
    assert [path.name for path in paths[:2]] == ["tone-1000-400-0-1.wav"] * 2
    assert paths[2] == there
    assert len(library.faults) == 2


@pytest.mark.real
@pytest.mark.parametrize(
    ("tone", "length"),
    [(BEEP, 0.4), (RINGBACK, 5.0), (Tone((480, 620), 500, 500, 3), 3.0), (Tone((), 250), 0.25)],
)
async def test_tones_last_as_long_as_their_cycles(library: PromptLibrary, tone: Tone, length: float) -> None:
    (path,) = await library.files([tone])
    assert seconds(path) == pytest.approx(length, abs=0.01)
    if tone.frequencies:
        crossings = sum(one < 0 <= other for one, other in zip(samples(path), samples(path)[1:], strict=False))
        if len(tone.frequencies) == 1:
            assert crossings == pytest.approx(tone.frequencies[0] * tone.on_ms / 1000, abs=3)
    else:
        assert not any(samples(path))


def test_every_phrase_the_flows_name_is_in_the_catalogue() -> None:
    constants, named = set(), set()
    for folder in ("calls", "flows"):
        for source in (SOURCES / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(source.read_bytes())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    constants.add(node.value)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
                    named |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
    assert named <= set(catalogue().phrases)
    assert set(catalogue().phrases) <= constants, "nobody says these"


@pytest.mark.real
@pytest.mark.skipif(not DEBIAN_RECORDINGS.is_dir(), reason="asterisk-core-sounds is not installed")
async def test_what_a_ruined_recording_of_the_distribution_says_is_spoken(tmp_path: Path) -> None:
    folder = tmp_path / "recordings" / "en"
    folder.mkdir(parents=True)
    (folder / "vm-goodbye.wav").write_bytes((DEBIAN_RECORDINGS / "en/vm-goodbye.wav").read_bytes()[:4000])
    (folder / "vm-intro.wav").write_bytes(b"no sound")
    library = PromptLibrary(tmp_path / "a", own=FolderShelf(tmp_path / "own"), recordings=tmp_path / "recordings")
    spoken = PromptLibrary(tmp_path / "b", own=FolderShelf(tmp_path / "own"), recordings=tmp_path / "none")
    prompts = [Phrase("goodbye"), Phrase("voicemail-greeting"), SpelledDigits("12")]
    heard, expected = await library.files(prompts), await spoken.files(prompts)
    assert [len(samples(path)) for path in heard] == [len(samples(path)) for path in expected]
    assert library.faults == []


@pytest.mark.real
@pytest.mark.skipif(not DEBIAN_RECORDINGS.is_dir(), reason="asterisk-core-sounds is not installed")
async def test_a_recorded_phrase_is_heard_although_there_is_no_room_for_a_copy(tmp_path: Path) -> None:
    in_the_way = tmp_path / "prompts"
    in_the_way.write_text("a file where the folder should be")
    library = PromptLibrary(in_the_way, own=FolderShelf(tmp_path / "own"))
    assert await library.files([Phrase("goodbye")]) == [DEBIAN_RECORDINGS / "en/vm-goodbye.wav"]
