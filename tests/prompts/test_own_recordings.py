"""Own recordings of parts and texts, and what is heard when one is damaged or gone."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import trio

from appliance.calls.ports import Counted, Filled, KeptPrompt, OwnPrompt, Phrase, Prompt, Said, SpelledDigits
from appliance.config.models import Language
from appliance.prompts.joining import samples_of
from appliance.prompts.library import PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.prompts.words import name_of_text
from tests.prompts.test_shelf import sound
from tests.sound import RATE, strength

pytestmark = pytest.mark.real  # sox makes and converts the sounds, espeak-ng speaks

OWN_HZ, OTHER_HZ = 1000, 1700
ORDER = Filled(("Your order is ", SpelledDigits("4711"), ". Press 1."))


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "own")


@pytest.fixture
def library(tmp_path: Path, shelf: FolderShelf) -> PromptLibrary:
    return PromptLibrary(tmp_path / "cache", own=shelf, recordings=tmp_path / "none")


async def record(shelf: FolderShelf, folder: Path, text: str, hertz: int = OWN_HZ, language: str = "en") -> Path:
    """Record a text, or the prompt of that name, as a tone of a second."""
    name = text if " " not in text and text.islower() else name_of_text(text)
    path = sound(folder / f"{hertz}.wav", "synth", "1", "sine", str(hertz), "vol", "0.5")
    await shelf.keep(name, language, path, text)
    found = shelf.find(name, Language(language))
    assert found is not None
    return found


async def tones(library: PromptLibrary, prompt: Prompt) -> tuple[float, float]:
    """How many seconds of each of the two tones are heard in a prompt."""
    (path,) = await library.files([prompt])
    samples, frame = samples_of(path), RATE // 10
    frames = [samples[at : at + frame] for at in range(0, len(samples) - frame, frame)]
    one, other = (sum(strength(part, hertz) > 0.1 for part in frames) / 10 for hertz in (OWN_HZ, OTHER_HZ))
    return one, other


@pytest.mark.parametrize(
    ("prompt", "text", "language"),
    [
        (Said("We open at nine."), "We open at nine.", "en"),
        (Said("we open  at nine"), "We open at nine.", "en"),
        (Said("We open at nine.", "ru"), "We open at nine.", "en"),
        (OwnPrompt("welcome", "Hello there."), "Hello there.", "en"),
        (Counted("new-messages", 2), "You have", "en"),
        (Counted("new-messages", 2), "new messages", "en"),
        (Counted("new-messages", 0), "You have no new messages.", "en"),
        (Counted("queue-expected-minutes", 2, "ru"), "Прогнозируемое время ожидания составляет", "ru"),
        (ORDER, "Your order is", "en"),
    ],
)
async def test_a_recording_is_heard_wherever_its_text_is_said(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path, prompt: Prompt, text: str, language: str
) -> None:
    assert await tones(library, prompt) == (0.0, 0.0)
    await record(shelf, tmp_path, text, language=language)
    assert (await tones(library, prompt))[0] == pytest.approx(1.0, abs=0.2)
    await shelf.remove(name_of_text(text), language)
    assert await tones(library, prompt) == (0.0, 0.0)


async def test_both_parts_around_a_number_may_be_recorded_and_the_number_is_said_between_them(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path
) -> None:
    await record(shelf, tmp_path, "Your order is")
    await record(shelf, tmp_path, ". Press 1.", OTHER_HZ)
    one, other = await tones(library, ORDER)
    assert one == pytest.approx(1.0, abs=0.2) and other == pytest.approx(1.0, abs=0.2)
    (path,) = await library.files([ORDER])
    assert len(samples_of(path)) / RATE > 3.2, "the four digits take more than a second"


async def test_digits_and_numbers_are_heard_in_the_own_voice_once_every_word_of_a_part_is_recorded(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path
) -> None:
    for word in ("divi", "seši"):
        await record(shelf, tmp_path, word + " ", language="lv")
    assert (await tones(library, SpelledDigits("26", "lv")))[0] == pytest.approx(2.0, abs=0.2)
    assert (await tones(library, SpelledDigits("27", "lv")))[0] == 0.0
    for word in ("divas ", "Jums ir", "jaunas ziņas"):
        await record(shelf, tmp_path, word, language="lv")
    assert (await tones(library, Counted("new-messages", 2, "lv")))[0] == pytest.approx(3.0, abs=0.3)
    assert (await tones(library, Counted("new-messages", 3, "lv")))[0] == pytest.approx(2.0, abs=0.3)


async def test_the_other_form_of_a_count_is_not_the_one_recorded(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path
) -> None:
    await record(shelf, tmp_path, "new messages")
    assert (await tones(library, Counted("new-messages", 1)))[0] == 0.0


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def scribble(path: Path) -> None:
    path.write_bytes(random.Random(3).randbytes(20_000))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


def other_rate(path: Path) -> None:
    shutil.copy(sound(path.with_name("other.wav"), rate=16000), path)
    path.with_name("other.wav").unlink()


@pytest.mark.parametrize(
    ("ruin", "fault"),
    [
        (cut, "damaged"),
        (scribble, "damaged"),
        (empty, "damaged"),
        (folder_there, "damaged"),
        (other_rate, "damaged"),
        (Path.unlink, "missing"),
    ],
)
async def test_in_place_of_a_ruined_recording_the_standard_one_is_heard_and_somebody_is_told(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path, ruin: Callable[[Path], None], fault: str
) -> None:
    prompts: list[Prompt] = [Phrase("goodbye"), Counted("new-messages", 3), OwnPrompt("goodbye", "So long.")]
    before = await library.files(prompts)
    paths = [await record(shelf, tmp_path, text) for text in ("goodbye", "You have")]
    assert not set(before) & set(await library.files(prompts))
    for path in paths:
        ruin(path)
    assert await library.files(prompts) == before
    assert len(library.faults) == 2 and all(fault in told and "Upload it again" in told for told in library.faults)
    assert {(one.name, one.text, one.seconds, one.fault) for one in await shelf.kept()} == {
        ("goodbye", "goodbye", 0.0, fault),
        (name_of_text("You have"), "You have", 0.0, fault),
    }
    if ruin is not folder_there:
        assert await shelf.remove("goodbye", "en")
        await record(shelf, tmp_path, "You have")
        assert library.faults == [] and len(await shelf.kept()) == 1


async def test_a_restarted_office_knows_what_is_missing(shelf: FolderShelf, tmp_path: Path) -> None:
    (await record(shelf, tmp_path, "goodbye")).unlink()
    anew = FolderShelf(tmp_path / "own")
    assert anew.faults == []
    missing = KeptPrompt(name="goodbye", language="en", seconds=0.0, text="goodbye", fault="missing")
    assert await anew.kept() == [missing] and len(anew.faults) == 1


async def test_any_bytes_in_place_of_a_recording_do_no_harm(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path
) -> None:
    chance = random.Random(7)
    path = await record(shelf, tmp_path, "goodbye")
    whole = path.read_bytes()
    for _ in range(200):
        spoilt = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            spoilt[chance.randrange(64)] = chance.randrange(256)
        path.write_bytes(spoilt[: chance.choice((len(spoilt), chance.randrange(len(spoilt))))])
        (heard,) = await library.files([Phrase("goodbye")])
        assert len(samples_of(heard)) > RATE // 3


async def test_whoever_watches_is_told_when_a_recording_is_ruined_and_when_it_is_well_again(
    shelf: FolderShelf, library: PromptLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.prompts.library.RETRY_SECONDS", 0.05)
    send, told = trio.open_memory_channel[int](10)
    library.on_change = lambda: send.send_nowait(len(library.faults))
    path = await record(shelf, tmp_path, "goodbye")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(library.look_after, [])
        path.unlink()
        assert await told.receive() == 1
        await shelf.remove("goodbye", "en")
        assert await told.receive() == 0
        nursery.cancel_scope.cancel()
