"""A modem whose sound is on a sound card: ALSA's file plugin is the card, so that both ways can be measured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from hardware.simulators.modem import CallState, SimulatedModem
from hardware.tones.generate import tone
from hardware.tones.measure import find_tone
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, PASSWORD, RunningOffice, running_office
from tests.sip.phones import baresip, poll

pytestmark = pytest.mark.real

CARD = """
</usr/share/alsa/alsa.conf>
pcm.wired {{ type asym  playback.pcm said  capture.pcm heard }}
pcm.said {{ type file  slave.pcm null  file "{said}"  format raw }}
pcm.heard {{ type file  slave.pcm null  file /dev/null  infile "{heard}"  format raw }}
"""
CUSTOMER_HZ, ANNA_HZ = 700, 440


@asynccontextmanager
async def office_with_a_card(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[RunningOffice, SimulatedModem]]:
    """An office whose only line is a modem on a serial port with its sound on wires."""
    (folder / "heard.raw").write_bytes(tone(CUSTOMER_HZ, seconds=60))
    (folder / "asound.conf").write_text(CARD.format(said=folder / "said.raw", heard=folder / "heard.raw"))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(folder / "asound.conf"))
    line = f"kind: gsm, profile: simcom_analog, at_port: {folder / 'at'}, sound_card: wired,"
    configuration = CONFIGURATION.replace("kind: gsm,", line).replace(", simulated: true", "")
    async with trio.open_nursery() as nursery:
        modem = SimulatedModem(folder / "at", folder / "wires", kind="simcom_analog")
        await nursery.start(modem.run)
        with running_office(folder / "office", configuration=configuration) as office:
            await office.until_ready()
            yield office, modem
        nursery.cancel_scope.cancel()


async def test_a_customer_and_anna_hear_each_other_through_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        office_with_a_card(tmp_path, monkeypatch) as (office, modem),
        baresip(tmp_path, "201", PASSWORD, office.layout.sip_port) as anna,
    ):
        modem.call_in(CUSTOMER)
        await anna.until("CALL_INCOMING")
        await anna.accept()
        await anna.until_hears(CUSTOMER_HZ)
        said = tmp_path / "said.raw"
        await poll(lambda: find_tone(said.read_bytes(), ANNA_HZ).seconds > 2, "Anna on the wires")
        await anna.hang_up()
        await modem.until(lambda: modem.status.call is CallState.NONE)
        await office.until_over()
