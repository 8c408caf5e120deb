"""Own recordings: what is taken, what is refused and why, and that nothing is lost by a bad one."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import pytest
import trio

from appliance.calls.ports import KeptPrompt, OwnPrompt, Phrase
from appliance.config.models import Language
from appliance.errors import PorterError
from appliance.prompts.level import LEVEL, speech_level
from appliance.prompts.library import PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.prompts.telephone_sound import LONGEST_SECONDS, NotUsable
from tests.prompts.test_library import samples, seconds
from tests.sound import RATE, strength

pytestmark = pytest.mark.real  # sox makes and converts the sounds


def sound(path: Path, *effects: str, rate: int = 8000, channels: int = 1) -> str:
    """A file made by sox: a tone of 440 Hz for a second unless effects say otherwise."""
    effects = effects or ("synth", "1", "sine", "440", "vol", "0.5")
    shape = ("-r", str(rate), "-c", str(channels))
    subprocess.run(["sox", "-V1", "-n", *shape, str(path), *effects], check=True)
    return str(path)


def mp3(path: Path) -> Path:
    subprocess.run(["lame", "--quiet", sound(path.with_suffix(".wav"), rate=44100), path], check=True)
    return path


def kept_in(folder: Path) -> list[str]:
    """What is in a folder; nothing half made may be."""
    assert all(path.suffix in (".wav", ".txt") for path in folder.iterdir())
    return sorted({path.stem for path in folder.iterdir()})


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "own")


@pytest.fixture
def library(tmp_path: Path, shelf: FolderShelf) -> PromptLibrary:
    return PromptLibrary(tmp_path / "cache", own=shelf, recordings=tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [("a.wav", 8000, 1), ("a.wav", 44100, 2), ("a.ogg", 48000, 2), ("a.flac", 16000, 1), ("a.aiff", 22050, 1)],
)
async def test_any_sound_becomes_one_a_telephone_can_play(
    shelf: FolderShelf, tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    length = await shelf.keep("welcome", "lv", sound(tmp_path / name, rate=rate, channels=channels))
    path = shelf.find("welcome", Language.LV)
    assert path is not None and seconds(path) == length == pytest.approx(1.3, abs=0.05)
    heard = samples(path)
    assert speech_level(heard) == pytest.approx(LEVEL, abs=3.0)
    assert strength(heard[RATE // 2 : RATE], 440) > 0.1
    assert await shelf.kept() == [KeptPrompt(name="welcome", language="lv", seconds=length)]
    assert kept_in(path.parent) == ["welcome"]


async def test_mp3_is_taken_and_a_damaged_one_refused(shelf: FolderShelf, tmp_path: Path) -> None:
    packed = mp3(tmp_path / "a.mp3")
    await shelf.keep("welcome", "lv", str(packed))
    path = shelf.find("welcome", Language.LV)
    assert path is not None and strength(samples(path)[RATE // 2 : RATE], 440) > 0.1
    packed.write_bytes(b"ID3" + bytes(5000))
    with pytest.raises(NotUsable, match=r"damaged|silent"):
        await shelf.keep("welcome", "lv", str(packed))
    assert kept_in(path.parent) == ["welcome"]


async def test_silence_before_and_after_is_cut_off(shelf: FolderShelf, tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav", "synth", "1", "sine", "440", "vol", "0.5", "pad", "3", "4")
    assert await shelf.keep("welcome", "lv", path) == pytest.approx(1.3, abs=0.05)


async def test_a_recording_replaces_a_phrase_and_an_own_prompt_and_gives_way_when_removed(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path
) -> None:
    prompts = [Phrase("goodbye", "lv"), OwnPrompt("goodbye", "Uz redzēšanos!", "lv"), Phrase("goodbye", "en")]
    before = await library.files(prompts)
    await shelf.keep("goodbye", "lv", sound(tmp_path / "a.wav"))
    own = shelf.find("goodbye", Language.LV)
    assert await library.files(prompts) == [own, own, before[2]]
    assert await shelf.remove("goodbye", "lv") and not await shelf.remove("goodbye", "lv")
    assert await library.files(prompts) == before and library.faults == []


def unreadable(path: Path) -> str:
    path.write_bytes(b"MZ this is a program" * 100)
    return str(path)


def play_list(path: Path) -> str:
    path.write_text("/etc/passwd\n")
    return str(path)


def half(path: Path) -> str:
    path.write_bytes(b"OggS" + bytes(500))
    return str(path)


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (unreadable, "not a file of sound"),
        (play_list, "not a file of sound"),
        (half, "damaged"),
        (lambda path: sound(path.with_suffix(".wav"), "trim", "0", "5"), "silent"),
        (lambda path: sound(path.with_suffix(".wav"), "synth", "2", "sine", "440", "vol", "0.005"), "too quiet"),
        (lambda path: sound(path.with_suffix(".wav"), "synth", "0.05", "sine", "440", "pad", "1", "1"), "silent"),
        (lambda path: sound(path.with_suffix(".wav"), "synth", str(LONGEST_SECONDS + 5), "sine", "440"), "longer than"),
        (lambda path: str(path / "gone"), "Nothing was recorded"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_a_next_step_and_the_one_before_stays(
    shelf: FolderShelf, tmp_path: Path, make: object, cause: str
) -> None:
    await shelf.keep("welcome", "lv", sound(tmp_path / "good.wav"))
    before = shelf.find("welcome", Language.LV)
    assert before is not None
    content = before.read_bytes()
    with pytest.raises(NotUsable, match=cause) as refused:
        await shelf.keep("welcome", "lv", make(tmp_path / "bad.m3u"))  # type: ignore[operator]
    assert refused.value.next_step
    assert before.read_bytes() == content and kept_in(before.parent) == ["welcome"]


@pytest.mark.parametrize("name", ["", "../secret", "a/b", "a" * 33, ".hidden"])
async def test_a_name_cannot_lead_out_of_the_folder(shelf: FolderShelf, tmp_path: Path, name: str) -> None:
    with pytest.raises(PorterError):
        await shelf.keep(name, "lv", sound(tmp_path / "a.wav"))
    assert shelf.find(name, Language.LV) is None


async def test_two_who_record_the_same_prompt_leave_one_whole(shelf: FolderShelf, tmp_path: Path) -> None:
    paths = [sound(tmp_path / f"{hertz}.wav", "synth", "1", "sine", str(hertz), "vol", "0.5") for hertz in (440, 880)]
    async with trio.open_nursery() as nursery:
        for path in paths:
            nursery.start_soon(shelf.keep, "welcome", "lv", path)
    kept = shelf.find("welcome", Language.LV)
    assert kept is not None
    with wave.open(str(kept)) as file:
        assert file.getnframes() / RATE == pytest.approx(1.3, abs=0.05)


async def test_what_was_put_there_by_hand_and_is_no_sound_is_listed_as_damaged(
    shelf: FolderShelf, tmp_path: Path
) -> None:
    folder = tmp_path / "own" / "lv"
    folder.mkdir(parents=True)
    (folder / "welcome.wav").write_text("no sound")
    assert await shelf.kept() == [KeptPrompt(name="welcome", language="lv", seconds=0.0, fault="damaged")]


async def test_without_sox_the_cause_names_it(
    shelf: FolderShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path / "a.wav")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PorterError, match="sox is not installed"):
        await shelf.keep("welcome", "lv", path)
