"""A talk recorded on demand with real phones: both voices are in the one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.desks import ANNA_HZ, BORIS_HZ, desks
from tests.scenarios.running_office import RunningOffice
from tests.sip.phones import poll
from tests.sound import RATE, read_wav, strength

pytestmark = pytest.mark.real

SECOND = 16_000
"""Bytes of s16le at 8 kHz."""


async def test_a_recording_on_demand_has_both_voices(office: RunningOffice, tmp_path: Path) -> None:
    folder = office.layout.recordings_folder
    async with desks(office, tmp_path) as people:
        await people.anna.dial("202")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.anna.until_hears(BORIS_HZ)
        await people.anna.press("*1")
        await poll(lambda: any(file.stat().st_size > 5 * RATE for file in folder.glob("*.wav")), "some sound", 15)
        # The announcement is over: what is heard now goes on while it is recorded.
        await people.anna.until_hears(BORIS_HZ)
        await people.boris.until_hears(ANNA_HZ)
        await people.anna.press("*1")
        await people.anna.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")
    (file,) = folder.glob("*.wav")
    samples, rate = read_wav(file)
    assert rate == RATE
    listed = office.command("recordings")
    assert listed.returncode == 0 and file.stem in listed.stdout and "Anna and Boris" in listed.stdout, listed
    middle = samples[RATE : 2 * RATE]
    for voice in (ANNA_HZ, BORIS_HZ):
        assert strength(middle, voice) > 0.2, f"{voice} Hz"
    assert office.command("recordings", "--remove", file.stem).returncode == 0
    assert not file.exists() and "No talk" in office.command("recordings").stdout
    again = office.command("recordings", "--remove", file.stem)
    assert again.returncode == 1 and "There is no recording" in again.stderr


async def test_a_recording_that_a_crash_cuts_is_kept_with_what_was_said(office: RunningOffice, tmp_path: Path) -> None:
    folder = office.layout.recordings_folder
    async with desks(office, tmp_path) as people:
        await people.anna.dial("202")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.anna.until_hears(BORIS_HZ)
        await people.boris.press("*1")
        await poll(lambda: any(file.stat().st_size > 4 * SECOND for file in folder.glob("*.wav")), "some sound", 20)
        office.kill("appliance.main")
        await office.until_ready("201", "202", "203")
    (file,) = folder.glob("*.wav")
    samples, rate = read_wav(file)
    assert rate == RATE and len(samples) > 3 * RATE
    assert "cut by a crash" in office.command("recordings").stdout
    for voice in (ANNA_HZ, BORIS_HZ):
        assert strength(samples[-RATE:], voice) > 0.1, f"{voice} Hz"
