"""The sound of a door in a room made of numbers: no echo comes back, keys of the street are told, cards come and go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio
import trio.testing

from appliance.config.models import Configuration, Door, DoorSound
from appliance.stations.cards import DoorCards
from hardware.audio.frames import FRAME
from hardware.simulators.room import ECHO_LOSS_DB
from hardware.tones.generate import DTMF, octets, samples_of, tone
from hardware.tones.measure import overall_db
from tests.flows.offices import small_office
from tests.hardware.audio.test_echo import speech
from tests.sound import write_wav


def office(sound: DoorSound) -> Configuration:
    return small_office(doors={"front": Door(name="Front door", rings="extension:201", sound=sound)})


@asynccontextmanager
async def cards(folder: Path, sound: DoorSound) -> AsyncIterator[DoorCards]:
    running = DoorCards(lambda door: folder / door)
    await running.follow(office(sound))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(running.run)
        await trio.testing.wait_all_tasks_blocked()
        yield running
        nursery.cancel_scope.cancel()


async def talk(running: DoorCards, said: bytes, keys: list[str]) -> bytes:
    """Say something to the door, frame by frame; what came back meanwhile."""
    sound = running.begin("front", keys.append)
    assert sound is not None
    heard = b""
    for at in range(0, len(said) - FRAME + 1, FRAME):
        sound.push(said[at : at + FRAME])
        heard += sound.pull()
        await trio.sleep(0.02)
    running.end("front")
    return heard


async def test_what_the_house_says_does_not_come_back_from_the_door(tmp_path: Path) -> None:
    said = octets(speech(10, seed=3))
    last = slice(7 * 16000, 9 * 16000)
    async with cards(tmp_path, DoorSound(simulated=True)) as running:
        quiet = overall_db((await talk(running, said, []))[last])
    async with cards(tmp_path, DoorSound(simulated=True, cancel_echo=False)) as running:
        loud = overall_db((await talk(running, said, []))[last])
    assert abs(overall_db(said[last]) - ECHO_LOSS_DB - loud) < 3, "the room echoes as it should"
    assert loud - quiet > 30


async def test_a_visitor_is_heard_at_the_level_asked_for(tmp_path: Path) -> None:
    async with cards(tmp_path, DoorSound(simulated=True, heard_db=6)) as running:
        (tmp_path / "front").mkdir(exist_ok=True)
        write_wav(tmp_path / "front" / "voice.wav", samples_of(tone(700, seconds=5, level_db=-26)))
        await trio.sleep(1)
        heard = await talk(running, bytes(3 * 16000), [])
        assert abs(overall_db(heard[16000:]) - (-26 - 3 + 6)) < 1.5


async def test_keys_that_sound_in_the_street_are_told(tmp_path: Path) -> None:
    async with cards(tmp_path, DoorSound(simulated=True)) as running:
        keys: list[str] = []
        folder = tmp_path / "front"
        folder.mkdir(exist_ok=True)
        burst = tone(*DTMF["5"], seconds=0.2, level_db=-14) + bytes(16000)
        write_wav(folder / "voice.wav", samples_of(burst))
        await trio.sleep(1)
        await talk(running, bytes(2 * 16000), keys)
        assert set(keys) == {"5"}
        await trio.sleep(2)
        assert len(keys) <= 3, "nobody listens between calls"


async def test_a_card_that_is_not_there_is_named_and_looked_for_again(tmp_path: Path) -> None:
    changes: list[None] = []
    running = DoorCards(lambda door: tmp_path / door, lambda: changes.append(None))
    await running.follow(office(DoorSound(device="plughw:CARD=Missing")))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(running.run)
        await trio.sleep(5)
        fault = running.faults["front"]
        assert "plughw:CARD=Missing cannot be opened" in fault.cause and fault.next_step
        assert running.begin("front", lambda _: None) is not None, "the door rings all the same"
        running.end("front")
        await running.follow(office(DoorSound(simulated=True)))
        await trio.sleep(1)
        assert running.faults == {} and changes
        nursery.cancel_scope.cancel()


async def test_a_voice_that_is_no_sound_file_takes_the_room_away_until_it_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "front"
    folder.mkdir()
    (folder / "voice.wav").write_bytes(b"RIFF")
    async with cards(tmp_path, DoorSound(simulated=True)) as running:
        await trio.sleep(2)
        assert "cannot be read" in running.faults["front"].cause
        (folder / "voice.wav").unlink()
        await trio.sleep(2)
        assert running.faults == {}


async def test_a_change_of_the_sound_waits_for_the_end_of_the_call(tmp_path: Path) -> None:
    async with cards(tmp_path, DoorSound(simulated=True)) as running:
        first = running.begin("front", lambda _: None)
        await running.follow(office(DoorSound(simulated=True, said_db=3)))
        await trio.sleep(1)
        assert running.begin("front", lambda _: None) is first
        running.end("front")
        await trio.sleep(1)
        assert running.begin("front", lambda _: None) is not first
