"""Callers the office knows, doubts or does not want, with real phones and a modem."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from appliance.calls.ports import RINGBACK
from appliance.calls.story import KeyAsked, NameAsked, NightCaller, Screened
from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import CUSTOMER_HZ, DACE_HZ, customer_is_gone, desks
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, RunningOffice, records, running_office
from tests.sip.linphones import LEFT, RUNG
from tests.sound import hears, loudness, read_wav, strength

pytestmark = pytest.mark.real

BERZINA, PEST = "+37126000001", "+37126666666"

KNOWING = (
    CONFIGURATION.replace("override: open", "override: closed")
    + f"""
contacts:
  berzina: {{name: Anna Berzina, numbers: ["{BERZINA}"], vip: true, responsible: "203", rings_at_night: true}}
contact_manager: {{greet_by_name: true}}
screening: {{blocked: ["{PEST}"], withheld: challenge, challenge_key: "7", ask_unknown: name}}
"""
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=KNOWING) as running:
        yield running


async def calls_in(office: RunningOffice, number: str) -> None:
    await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
    await office.modem(modem_control.CallIn(number=number))


def last_story(office: RunningOffice) -> list[object]:
    return [told.fact for told in records(office.layout)[-1].story]


async def test_a_vip_is_greeted_and_rings_the_person_responsible_at_night_who_sees_the_name(
    office: RunningOffice, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    async with desks(office, tmp_path) as people:
        await office.modem(modem_control.Record(path=str(heard)))
        await calls_in(office, BERZINA)
        rung = await people.dace.until(RUNG, 20)
        assert "Anna Berzina" in rung["caller"] and BERZINA in rung["caller"]
        assert "CALL_INCOMING" not in people.anna.kinds(), "only who is responsible"
        (call,) = (await trio.to_thread.run_sync(office.status)).calls
        assert (call.caller, call.caller_name) == (BERZINA, "Anna Berzina")
        await people.dace.accept()
        await people.dace.until_hears(CUSTOMER_HZ)
        await trio.sleep(1)
        await people.dace.hang_up()
        await customer_is_gone(office)
    samples, rate = read_wav(heard)
    greeting = samples[:rate]
    assert loudness(greeting) > 0.01, "a voice before anything else"
    assert not any(hears(greeting, tone) for tone in (RINGBACK.frequencies[0], DACE_HZ))
    quarters = (samples[at : at + rate // 4] for at in range(rate, len(samples), rate // 4))
    assert any(strength(quarter, DACE_HZ) > 0.1 for quarter in quarters), "and then Dace"
    assert NightCaller(caller=BERZINA) in last_story(office)


async def test_a_blocked_caller_is_rejected_and_no_phone_rings(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await calls_in(office, PEST)
        await customer_is_gone(office)
        assert "CALL_INCOMING" not in people.anna.kinds()
    story = last_story(office)
    assert Screened(verdict="block", why="blocked") in story


async def test_a_caller_blocked_by_telephone_does_not_ring_any_more(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await people.anna.dial(f"*30{BERZINA.removeprefix('+371')}")
        await people.anna.until("CALL_ESTABLISHED")
        await people.anna.until("CALL_CLOSED", 20)
        await calls_in(office, BERZINA)
        await customer_is_gone(office)
        await people.boris.dial(f"*31{BERZINA.removeprefix('+371')}")
        await people.boris.until("CALL_CLOSED", 20)
        await calls_in(office, BERZINA)
        await people.dace.until(RUNG, 20)
        await office.modem(modem_control.HangUp())
        await people.dace.until(LEFT)
        await customer_is_gone(office)


async def test_a_withheld_caller_presses_the_key_he_hears(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path):
        await calls_in(office, "")
        await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the caller to be asked")
        await trio.sleep(1)
        await office.modem(modem_control.Press(keys="7"))
        await office.until(lambda now: now.calls[0].talking_since is not None, "the mailbox to take the call")
        await office.modem(modem_control.HangUp())
        await customer_is_gone(office)
    assert KeyAsked(passed=True) in last_story(office)


async def test_an_unknown_caller_is_heard_by_who_answers_before_the_call_is_taken(
    office: RunningOffice, tmp_path: Path
) -> None:
    await office.change("override: closed", "override: open")
    try:
        async with desks(office, tmp_path) as people:
            await calls_in(office, CUSTOMER)
            await people.anna.until("CALL_INCOMING", 40)
            await people.anna.accept()
            await people.anna.until_hears(CUSTOMER_HZ, 20)
            (call,) = (await trio.to_thread.run_sync(office.status)).calls
            assert call.talking_since is None, "what Anna hears is the recording of the name"
            await people.anna.press("1")
            await office.until(lambda now: now.calls[0].talking_since is not None, "the talk")
            await trio.sleep(3)
            assert hears(people.anna.heard(), CUSTOMER_HZ)
            assert "CALL_CLOSED" in people.boris.kinds(), "the others stopped ringing"
            await people.anna.hang_up()
            await customer_is_gone(office)
            assert not list(office.layout.scratch_folder.glob("*.wav"))  # a small folder
    finally:
        await office.undo()
    assert NameAsked(given=True) in last_story(office)
