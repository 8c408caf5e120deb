"""Own prompts with a running office and real phones: uploaded, heard, recorded by telephone, removed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import trio

from tests.prompts.test_library import samples
from tests.scenarios.desks import ANNA_HZ, desks
from tests.scenarios.running_office import RunningOffice
from tests.sound import RATE, strength

pytestmark = pytest.mark.real

UPLOADED_HZ = 1500


def recordable(text: str) -> str:
    """Anna may record the greeting of the echo test by *777."""
    text = text.replace("name: Anna\n", "name: Anna\n    may_record_prompts: true\n")
    return text + "prompts: {echo-test: {numbers: {en: '7'}}}\n"


def tone(path: Path) -> Path:
    shape = ("-r", "44100", "-c", "2")
    subprocess.run(["sox", "-n", *shape, path, "synth", "3", "sine", str(UPLOADED_HZ), "vol", "0.5"], check=True)
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
            assert strength(samples(kept)[RATE // 2 : RATE], ANNA_HZ) > 0.2
            await people.boris.dial("*43")
            await people.boris.until_hears(ANNA_HZ)
            await people.boris.hang_up()
    finally:
        office.command("prompts", "remove", "echo-test", "--language", "en")
        await office.undo()
    assert not kept.exists()
