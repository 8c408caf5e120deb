"""A visitor and a real phone through the running office: ring tone, sound both ways, no echo, tones of the street."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from appliance.control.simulation_messages import SimulatePress
from hardware.simulators.room import ECHO_LOSS_DB
from hardware.tones.generate import DTMF, octets, samples_of
from hardware.tones.generate import tone as tone_of
from hardware.tones.measure import overall_db
from tests.hardware.audio.test_echo import speech
from tests.scenarios.running_office import PASSWORD, RunningOffice
from tests.sip.phones import Baresip, baresip, poll
from tests.sound import RATE, tone, write_wav

pytestmark = pytest.mark.real

VISITOR_HZ = 700.0
DOOR = "doors:\n  front:\n"
SECONDS = 2
WANTED_DB = ECHO_LOSS_DB + 14
"""An idle machine reaches 41; `tests/stations` asks 30 of the canceller alone, by a virtual clock."""


@asynccontextmanager
async def anna_at_the_door(office: RunningOffice, folder: Path, says: array[int]) -> AsyncIterator[Baresip]:
    """The button is pressed, and Anna has answered; the office as it was afterwards."""
    await office.change(DOOR, f"{DOOR}    sound: {{simulated: true}}\n")
    try:
        async with baresip(folder, "201", PASSWORD, office.layout.sip_port, says=says, traces=True) as anna:
            await office.until_ready("201")
            await trio.to_thread.run_sync(lambda: office.client.ask(SimulatePress(door="front")))
            await anna.until("CALL_INCOMING")
            await anna.accept()
            yield anna
            await anna.hang_up()
            await office.until(lambda now: not now.calls, "the call to end")
    finally:
        await office.undo()


def in_the_street(office: RunningOffice) -> Path:
    """What the door's loudspeaker says from now on."""
    room = office.layout.room_folder("front")
    room.mkdir(parents=True, exist_ok=True)
    (room / "heard.s16").write_bytes(b"")
    return room


def last(sound: bytes) -> bytes:
    return sound[-SECONDS * 2 * RATE :]


def echo_return_loss(room: Path, phone: Baresip, losses: list[float]) -> float:
    """How much quieter the last two seconds of what the street heard come back to the phone; noted, too."""
    street = overall_db(last((room / "heard.s16").read_bytes()))
    losses.append(street - overall_db(last(octets(phone.heard()))) if street > -40 else 0.0)
    return losses[-1]


async def test_both_sides_are_heard_and_no_echo_comes_back(office: RunningOffice, tmp_path: Path) -> None:
    room = in_the_street(office)
    said = speech(40, seed=5)
    async with anna_at_the_door(office, tmp_path, said) as anna:
        invite = (anna.folder / "baresip.log").read_text(errors="replace")
        assert "Alert-Info: <urn:alert:source:door>;info=door" in invite, "the phone rings as for the door"
        assert 'From: "Front door"' in invite
        # Nobody speaks in the street: all that could come back is what Anna says. A machine that stands still for a
        # moment tears the two apart, and the canceller begins anew; so the best two seconds count.
        await poll(lambda: len(anna.heard()) > 3 * RATE, "three seconds of talk", 30)
        losses: list[float] = []
        await poll(lambda: echo_return_loss(room, anna, losses) > WANTED_DB, f"{WANTED_DB:.0f} dB of loss", 30)
        print(f"echo return loss {max(losses):.1f} dB, {ECHO_LOSS_DB:.0f} of them by the room")
        assert overall_db(last((room / "heard.s16").read_bytes())) > -40, "Anna is heard in the street"
        write_wav(room / "voice.wav", tone(VISITOR_HZ, 5, level=0.1))
        await anna.until_hears(VISITOR_HZ)
    (room / "voice.wav").unlink()


async def test_tones_of_the_street_open_nothing_and_the_phone_does(office: RunningOffice, tmp_path: Path) -> None:
    room = in_the_street(office)
    unlocked = len(office.relay_trace())
    async with anna_at_the_door(office, tmp_path, tone(440, 60, level=0.01)) as anna:
        burst = samples_of(tone_of(*DTMF["5"], seconds=0.2, level_db=-14) + bytes(RATE))
        write_wav(room / "voice.wav", burst)
        await poll(lambda: max(anna.heard()[-RATE // 2 :], default=0) > 2000, "the tones at the phone")
        await trio.sleep(2)
        assert len(office.relay_trace()) == unlocked, "a tone from the street opens nothing"
        (room / "voice.wav").unlink()
        await anna.press("5")
        await poll(lambda: len(office.relay_trace()) > unlocked, "the relay", 3)
