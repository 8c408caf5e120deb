"""What people do with calls, each once with real phones: park, pick up, forward to a mobile, and a setting saved."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import ANNA_HZ, BORIS_HZ, CUSTOMER_HZ, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import MOBILE, RunningOffice
from tests.sip.linphones import LEFT, RUNG

pytestmark = pytest.mark.real


async def test_a_customer_is_parked_and_fetched_at_another_desk(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await customer_calls(office)
        await people.anna.until("CALL_INCOMING")
        await people.anna.accept()
        await people.anna.until_hears(CUSTOMER_HZ)
        await people.anna.transfer("70")
        await people.anna.until("CALL_CLOSED", 15)
        slots = await office.until(lambda now: now.parked, "the customer to be parked")
        assert list(slots) == ["71"]
        await people.dace.dial("71")
        await people.dace.until_hears(CUSTOMER_HZ)
        await people.dace.hang_up()
        await customer_is_gone(office)


async def test_a_call_that_rings_elsewhere_is_picked_up(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await people.anna.dial("203")
        await people.dace.until(RUNG)
        await people.boris.dial("**203")
        await people.boris.until_hears(ANNA_HZ)
        await people.dace.until(LEFT)
        await people.anna.until_hears(BORIS_HZ)
        await people.anna.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")


async def test_an_unanswered_call_goes_to_a_mobile_that_must_press_1(office: RunningOffice, tmp_path: Path) -> None:
    divert = f"divert: {{no_answer: 'outside:{MOBILE}', after_seconds: 2}}"
    await office.change("name: Dace\n", f"name: Dace\n    {divert}\n")
    try:
        async with desks(office, tmp_path) as people:
            await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
            await people.anna.dial("203")
            await people.dace.until(RUNG)
            await office.until_modem(lambda modem: modem.status.last_dialed == MOBILE, "the mobile to be called")
            await people.dace.until(LEFT)
            await office.modem(modem_control.Answer())
            await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the mobile to answer")
            await trio.sleep(1)
            (call,) = (await trio.to_thread.run_sync(office.status)).calls
            assert call.talking_since is None, "nobody has pressed 1 yet"
            await office.modem(modem_control.Press(keys="1"))
            await people.anna.until_hears(CUSTOMER_HZ)
            await people.anna.hang_up()
            await customer_is_gone(office)
    finally:
        await office.undo()


async def test_a_setting_saved_leaves_the_call_alone(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await customer_calls(office)
        await people.anna.until("CALL_INCOMING")
        await people.anna.accept()
        await people.anna.until_hears(CUSTOMER_HZ)
        await office.change("name: Boris", "name: Bruno")
        await office.change("number: '+37160000000'", "number: '+37160000001'")
        await people.anna.until_hears(CUSTOMER_HZ)
        now = await trio.to_thread.run_sync(office.status)
        assert len(now.calls) == 1 and {phone.person for phone in now.phones} == {"Anna", "Bruno", "Dace"}
        await people.anna.hang_up()
        await office.until(lambda now: now.lines[0].number == "+37160000001", "the line to be rebuilt after its call")
        await customer_is_gone(office)


async def test_the_echo_test_sends_back_what_it_hears(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await people.anna.dial("*43")
        await people.anna.until_hears(ANNA_HZ, 20)
        await people.anna.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")
