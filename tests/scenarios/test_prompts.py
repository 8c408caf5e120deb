"""Own prompts with a running office and real phones: uploaded, heard, recorded by telephone, removed."""

from __future__ import annotations

import json
import subprocess
from array import array
from pathlib import Path

import pytest
import trio

from appliance.calls.story import Briefed
from appliance.prompts.level import LEVEL, speech_level
from appliance.prompts.words import name_of_text
from tests.prompts.test_library import samples
from tests.scenarios.desks import ANNA_HZ, CUSTOMER_HZ, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import RunningOffice, records
from tests.scenarios.test_groups import regroup
from tests.scenarios.test_rooms import ROOM
from tests.sip.phones import poll
from tests.sound import RATE, read_wav, strength

pytestmark = pytest.mark.real

UPLOADED_HZ = 1500


def recordable(text: str) -> str:
    """Anna may record the greeting of the echo test by *777."""
    text = text.replace("name: Anna\n", "name: Anna\n    may_record_prompts: true\n")
    return text + "prompts: {echo-test: {numbers: {en: '7'}}}\n"


def tone(path: Path, seconds: float = 3.0) -> Path:
    shape = ("-r", "44100", "-c", "2")
    subprocess.run(
        ["sox", "-n", *shape, path, "synth", str(seconds), "sine", str(UPLOADED_HZ), "vol", "0.5"], check=True
    )
    return path


async def test_an_uploaded_recording_is_heard_in_place_of_a_phrase_until_it_is_removed(
    office: RunningOffice, tmp_path: Path
) -> None:
    refused = office.command("prompts", "set", "echo-test", str(Path(__file__)), "--language", "en")
    assert refused.returncode == 1 and "not a file of sound" in refused.stderr and "WAV" in refused.stderr
    assert (
        office.command("prompts", "set", "echo-test", str(tone(tmp_path / "a.wav")), "--language", "en").returncode == 0
    )
    listed = json.loads(office.command("--json", "prompts", "list").stdout)["prompts"]
    assert [one["name"] for one in listed if one["seconds"]] == ["echo-test"]
    async with desks(office, tmp_path) as people:
        await people.anna.dial("*43")
        await people.anna.until_hears(UPLOADED_HZ)
        await people.anna.hang_up()
    assert office.command("prompts", "remove", "echo-test", "--language", "en").returncode == 0
    again = office.command("prompts", "remove", "echo-test", "--language", "en")
    assert again.returncode == 1 and "There is no own recording" in again.stderr


async def test_a_prompt_recorded_by_telephone_is_heard_by_callers(office: RunningOffice, tmp_path: Path) -> None:
    await trio.to_thread.run_sync(office.apply, recordable)
    kept = office.layout.prompts_folder / "en" / "echo-test.wav"
    try:
        async with desks(office, tmp_path) as people:
            await people.anna.dial("*777")
            await trio.sleep(9)
            await people.anna.press("#")
            await people.anna.until_hears(ANNA_HZ)
            await people.anna.press("1")
            await people.anna.until("CALL_CLOSED")
            assert strength(samples(kept)[RATE // 2 : RATE], ANNA_HZ) > 0.1
            await people.boris.dial("*43")
            await people.boris.until_hears(ANNA_HZ)
            await people.boris.hang_up()
    finally:
        office.command("prompts", "remove", "echo-test", "--language", "en")
        await office.undo()
    assert not kept.exists()


def upload(office: RunningOffice, text: str, path: Path) -> None:
    """Let a recording be heard wherever a text is said."""
    done = office.command("prompts", "set", name_of_text(text), str(path), "--language", "en")
    assert done.returncode == 0, done.stderr


def tone_and_voice(heard: array[int]) -> tuple[array[int], array[int]]:
    """What was heard of the uploaded tone, and the two seconds after it."""
    frame = RATE // 50
    is_tone = [strength(heard[at : at + frame], UPLOADED_HZ) > 0.05 for at in range(0, len(heard) - frame, frame)]
    if True not in is_tone:
        return array("h"), array("h")
    first, last = is_tone.index(True), len(is_tone) - is_tone[::-1].index(True)
    return heard[first * frame : last * frame], heard[last * frame : last * frame + 2 * RATE]


async def test_an_own_part_and_the_number_after_it_are_heard_at_one_level_and_a_ruined_one_gives_way(
    office: RunningOffice, tmp_path: Path
) -> None:
    await office.change("default_desk:", f"{ROOM}\ndefault_desk:")
    upload(office, "There is currently", tone(tmp_path / "a.wav", 1.0))
    kept = office.layout.prompts_folder / "en" / f"{name_of_text('There is currently')}.wav"
    try:
        async with desks(office, tmp_path) as people:
            await people.anna.dial("500")
            await office.until(lambda now: len(now.calls) == 1, "Anna in the room")
            await people.boris.dial("500")
            await people.boris.until_hears(ANNA_HZ)
            own, voice = tone_and_voice(people.boris.heard())
            assert len(own) / RATE == pytest.approx(1.0, abs=0.15)
            assert abs(speech_level(own) - speech_level(voice)) < 3.0, (speech_level(own), speech_level(voice))
            await people.boris.hang_up()
            await people.boris.until("CALL_CLOSED")

            kept.write_bytes(kept.read_bytes()[:1000])
            await office.until(
                lambda now: any("is damaged" in one.cause for one in now.troubles), "the page to say so", 30
            )
            before = len(people.boris.heard())
            await people.boris.dial("500")
            await poll(lambda: len(people.boris.heard()) < before, "another call of Boris")
            await people.boris.until_hears(ANNA_HZ)
            again = people.boris.heard()
            assert len(tone_and_voice(again)[0]) == 0, "the ruined one"
            assert speech_level(again[: 2 * RATE]) == pytest.approx(LEVEL, abs=3.0), "the standard one"
            await people.boris.hang_up()
            await people.anna.hang_up()
    finally:
        office.command("prompts", "remove", kept.stem, "--language", "en")
        await office.undo()


async def test_who_answers_for_a_group_hears_a_recorded_briefing_and_the_caller_does_not(
    office: RunningOffice, tmp_path: Path
) -> None:
    await office.until_ready()
    await regroup(office, "    briefing: A call about a repair.\n")
    upload(office, "A call about a repair.", tone(tmp_path / "a.wav", 1.5))
    try:
        async with desks(office, tmp_path) as people:
            await customer_calls(office, tmp_path / "customer.wav")
            await people.anna.until("CALL_INCOMING")
            await people.anna.accept()
            await people.anna.until_hears(UPLOADED_HZ)
            await people.anna.until_hears(CUSTOMER_HZ)
            await people.anna.hang_up()
            await customer_is_gone(office)
        facts = [told.fact for told in records(office.layout)[-1].story]
        assert [fact for fact in facts if isinstance(fact, Briefed)] == [Briefed("201")]
        heard, rate = read_wav(tmp_path / "customer.wav")
        second = [heard[at : at + rate] for at in range(0, len(heard), rate // 2)]
        assert any(strength(part, ANNA_HZ, rate=rate) > 0.05 for part in second)
        assert all(strength(part, UPLOADED_HZ, rate=rate) < 0.02 for part in second)
    finally:
        office.command("prompts", "remove", name_of_text("A call about a repair."), "--language", "en")
        await office.undo()
