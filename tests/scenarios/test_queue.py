"""A queue with real phones: who waits hears music, the order is kept, and a promised callback survives a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

from appliance.calls.story import CallbackKept, QueueServed
from appliance.sip.melody import CHORDS
from tests.scenarios.desks import (
    ANNA_HZ,
    BORIS_HZ,
    CUSTOMER_HZ,
    DACE_HZ,
    customer_calls,
    customer_is_gone,
    desks,
)
from tests.scenarios.running_office import RunningOffice, records
from tests.sip.linphones import RUNG, TALKING
from tests.sip.phones import Baresip, poll
from tests.sound import RATE, hears, silent_seconds, strength, tone, write_wav

pytestmark = pytest.mark.real

OWN_MUSIC_HZ = 1250.0

QUEUE = """call_queues:
  support:
    {name: Support, number: "610", members: ["201"], tells_place: false, then: "voicemail:201", callback: {}}
"""


def told(office: RunningOffice) -> list[object]:
    """The facts of all calls."""
    return [told.fact for record in records(office.layout) for told in record.story]


async def queue_opens(office: RunningOffice) -> None:
    """Anna alone serves a queue, to which the line leads."""

    def changed(text: str) -> str:
        assert "to: ring_group:sales" in text, text
        with_queue = text.replace("inbound_routes:", f"{QUEUE}inbound_routes:")
        return with_queue.replace("to: ring_group:sales", "to: queue:support")

    await trio.to_thread.run_sync(office.apply, changed)


def is_music(phone: Baresip) -> bool:
    """Whether the last second has one of the melody's voices, and nobody's tone."""
    end = phone.heard()[-RATE:]
    notes = {note for chord in CHORDS for note in chord}
    speaks = any(strength(end, voice) > 0.02 for voice in (CUSTOMER_HZ, DACE_HZ))
    return not speaks and max(strength(end, note) for note in notes) > 0.01


async def until_hears_music(phone: Baresip) -> None:
    await poll(lambda: is_music(phone), f"{phone.user} hearing music", 20)


async def test_two_callers_wait_with_music_and_get_the_one_agent_in_their_order(
    office: RunningOffice, tmp_path: Path
) -> None:
    await queue_opens(office)
    try:
        async with desks(office, tmp_path) as people:
            await customer_calls(office)
            await people.anna.until("CALL_INCOMING")
            await people.boris.dial("610")
            await people.boris.until("CALL_ESTABLISHED")
            await until_hears_music(people.boris)
            now = await office.until(lambda now: now.queues[0].waiting == 2 and now, "two who wait")
            assert now.queues[0].agents == 1 and now.queues[0].longest_wait is not None
            await people.anna.accept()
            await people.anna.until_hears(CUSTOMER_HZ)
            await until_hears_music(people.boris)
            await people.anna.hang_up()
            await people.anna.until("CALL_CLOSED")
            await people.anna.until("CALL_INCOMING")
            await until_hears_music(people.boris)
            await people.anna.accept()
            await people.anna.until_hears(BORIS_HZ)
            await people.boris.until_hears(ANNA_HZ)
            await people.anna.hang_up()
            await customer_is_gone(office)
            await poll(
                lambda: [type(fact) for fact in told(office)].count(QueueServed) == 2, "the records to be written"
            )
    finally:
        await office.undo()


async def test_a_promised_callback_survives_a_crash_and_rings_the_agent_first(
    office: RunningOffice, tmp_path: Path
) -> None:
    await queue_opens(office)
    try:
        async with desks(office, tmp_path) as people:
            await people.anna.dial("203")
            await people.dace.until(RUNG)
            await people.dace.accept()
            await people.dace.until(TALKING)
            await people.anna.until_hears(DACE_HZ)
            await people.boris.dial("610")
            await until_hears_music(people.boris)
            await people.boris.press("1")
            await poll(lambda: not is_music(people.boris), "the question", 20)
            await people.boris.press("1")
            await office.until(lambda now: now.queues[0].callbacks == 1, "the promise")
            office.kill("appliance.main")
            ringing = await people.anna.until("CALL_INCOMING", 60)
            assert "Support" in str(ringing), ringing
            await people.anna.accept()
            await people.anna.until("CALL_ESTABLISHED")
            await people.anna.press("1")
            await people.boris.until("CALL_INCOMING", 60)
            await people.boris.accept()
            await people.anna.until_hears(BORIS_HZ)
            await people.boris.until_hears(ANNA_HZ)
            await people.anna.hang_up()
            await office.until(lambda now: not now.calls and not now.queues[0].callbacks, "the office at rest")
            await poll(lambda: CallbackKept(group="support", number="202") in told(office), "the record to be written")
    finally:
        await office.undo()


async def test_a_queue_plays_its_own_music_over_and_over_until_an_agent_answers(
    office: RunningOffice, tmp_path: Path
) -> None:
    """Two seconds of a tone nobody else has; heard for longer than the recording lasts, with no gap to speak of."""
    music = write_wav(tmp_path / "own.wav", tone(OWN_MUSIC_HZ, 2.0))
    own = QUEUE.replace("callback: {}", f'music: "{music}", longest_seconds: 120')
    await trio.to_thread.run_sync(office.apply, lambda text: text.replace("inbound_routes:", f"{own}inbound_routes:"))
    try:
        async with desks(office, tmp_path) as people:
            await people.boris.dial("610")
            await people.boris.until_hears(OWN_MUSIC_HZ)
            await trio.sleep(5)
            end = people.boris.heard()[-4 * RATE :]
            assert silent_seconds(end) < 0.3 and strength(end, OWN_MUSIC_HZ) > 0.1
            await people.anna.accept()
            await people.boris.until_hears(ANNA_HZ)
            await people.anna.until_hears(BORIS_HZ)
            assert not hears(people.boris.heard(), OWN_MUSIC_HZ), "the music ends with the answer"
            await people.anna.hang_up()
            await office.until(lambda now: not now.calls, "the office at rest")
    finally:
        await office.undo()
