"""A day at the office: real phones, the real edge, engine, door and page, and a modem on real pseudo-terminals.

Anna and Boris have a baresip each, over UDP and TCP, Dace has a linphone that sends its keys as SIP INFO. The
customer's voice is 700 Hz, Anna hums 440 Hz, Boris 550 Hz, Dace 330 Hz.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import trio

from appliance.calls.story import Answered
from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import ANNA_HZ, BORIS_HZ, CUSTOMER_HZ, DACE_HZ, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import CUSTOMER, MOBILE, RunningOffice, records
from tests.sip.linphones import LEFT, ON_HOLD, RUNG, TALKING
from tests.sound import RATE, read_wav, strength

pytestmark = pytest.mark.real


def hears(recording: Path, frequency: float, *, since: float, until: float) -> float:
    """How strong a tone is in a part of what the customer heard, against full scale."""
    samples, rate = read_wav(recording)
    assert rate == RATE
    return strength(samples[int(since * RATE) : int(until * RATE)], frequency)


async def test_a_mobile_calls_in_and_is_transferred(office: RunningOffice, tmp_path: Path) -> None:
    heard = tmp_path / "customer.wav"
    async with desks(office, tmp_path) as people:
        await customer_calls(office, heard)
        for phone in (people.anna, people.boris):
            await phone.until("CALL_INCOMING")
        await people.dace.until(RUNG)
        await people.anna.accept()
        await people.anna.until("CALL_ESTABLISHED")
        await people.boris.until("CALL_CLOSED")
        await people.dace.until(LEFT)
        began = time.monotonic()
        await people.anna.until_hears(CUSTOMER_HZ)
        await trio.sleep(1)
        held_at = time.monotonic() - began
        await people.anna.hold()
        await trio.sleep(2)
        resumed_at = time.monotonic() - began
        await people.anna.resume()
        await people.anna.until_hears(CUSTOMER_HZ)
        await people.anna.transfer("202")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.boris.until_hears(CUSTOMER_HZ)
        await people.anna.until("CALL_CLOSED")
        await trio.sleep(1.5)
        await people.boris.hang_up()
        await customer_is_gone(office)
    samples, _ = read_wav(heard)
    end = len(samples) / RATE
    assert hears(heard, ANNA_HZ, since=held_at - 0.6, until=held_at - 0.1) > 0.1, "Anna's voice reaches the customer"
    assert hears(heard, ANNA_HZ, since=held_at + 0.7, until=resumed_at - 0.3) < 0.02, "on hold Anna is not heard"
    assert hears(heard, BORIS_HZ, since=end - 1.2, until=end - 0.4) > 0.1, "after the transfer Boris is heard"
    (record,) = [record for record in records(office.layout) if record.caller.number == CUSTOMER]
    told = {type(told.fact).__name__ for told in record.story}
    assert {"Answered", "OnHold", "OffHold", "TransferBegan", "HungUp"} <= told
    assert record.talk_seconds > 3 and {leg.party.number for leg in record.legs} >= {"201", "202", CUSTOMER}


async def test_dace_asks_boris_first_and_connects_the_customer(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await customer_calls(office)
        customers = int((await people.dace.until(RUNG))["id"])
        await people.dace.accept()
        await people.dace.until_hears(CUSTOMER_HZ)
        await people.boris.until("CALL_CLOSED")
        await people.dace.hold()
        await people.dace.until(ON_HOLD)
        boriss = await people.dace.dial("202")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.boris.until_hears(DACE_HZ)
        await people.dace.connect(customers, boriss)
        await people.boris.until_hears(CUSTOMER_HZ)
        await people.dace.until(LEFT)
        await office.modem(modem_control.HangUp())
        await people.boris.until("CALL_CLOSED")
        await customer_is_gone(office)


async def test_after_hours_the_customer_leaves_a_message_that_anna_hears(office: RunningOffice, tmp_path: Path) -> None:
    await trio.to_thread.run_sync(office.apply, lambda text: text.replace("override: open", "override: closed"))
    try:
        async with desks(office, tmp_path) as people:
            await customer_calls(office)
            await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the mailbox to answer")
            await office.until(lambda now: any(call.step == "leave_message" for call in now.calls), "the mailbox")
            await office.modem(modem_control.Press(keys="#"))
            await trio.sleep(5)
            await office.modem(modem_control.HangUp())
            await office.until(lambda now: any(box.box == "201" and box.new == 1 for box in now.mailboxes), "a message")
            await people.anna.until("MWI_NOTIFY")
            await people.anna.dial("*97")
            await people.anna.until_hears(CUSTOMER_HZ, 25)
            await people.anna.press("7")
            await trio.sleep(1)
            await people.anna.hang_up()
            await office.until(lambda now: all(box.new == 0 for box in now.mailboxes), "the message to be heard")
    finally:
        await trio.to_thread.run_sync(office.apply, lambda text: text.replace("override: closed", "override: open"))


async def test_the_answerer_opens_the_door_for_three_seconds(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        before = len(office.relay_trace())
        pressed = time.monotonic()
        await trio.to_thread.run_sync(lambda: office.command("sim", "door", "front"))
        rung = await people.dace.until(RUNG)
        assert "Front door" in rung["caller"]
        await people.dace.accept()
        await people.dace.until(TALKING)
        await people.dace.press("5")
        await office.until(lambda now: now.doors[0].unlocked, "the door to be open")
        await office.until(lambda now: not now.doors[0].unlocked, "the door to be locked again")
        await people.dace.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")
    driven = [change for change in office.relay_trace()[before:] if change.monotonic > pressed]
    opened = next(change for change in driven if change.level == 1)
    locked = next(change for change in driven if change.level == 0 and change.monotonic > opened.monotonic)
    assert 2.9 < locked.monotonic - opened.monotonic < 3.2
    assert [change.level for change in driven if change.monotonic > locked.monotonic].count(1) == 0


async def test_an_sms_asks_for_the_status_and_gets_an_answer(office: RunningOffice) -> None:
    await office.until_ready()
    await office.modem(modem_control.SendSms(sender=MOBILE, text="status"))
    answered = await office.until_modem(lambda modem: bool(modem.sms), "an answer by SMS")
    to, text = answered.sms[-1]
    assert to == MOBILE and "Test office" in text
    await office.modem(modem_control.SendSms(sender=CUSTOMER, text="status"))
    await office.until_modem(lambda modem: modem.status.sms_waiting == 0, "the message of a stranger to be kept")
    assert len((await office.modem(modem_control.Status())).sms) == len(answered.sms)


@pytest.mark.parametrize("name", ["appliance.main", "appliance.door.main", "web.main"])
async def test_killed_processes_are_back_within_ten_seconds(office: RunningOffice, tmp_path: Path, name: str) -> None:
    async with desks(office, tmp_path) as people:
        before = records(office.layout)
        version = office.status().version
        await customer_calls(office)
        await people.anna.until("CALL_INCOMING")
        await people.anna.accept()
        await people.anna.until_hears(CUSTOMER_HZ)
        await office.until(
            lambda now: any(isinstance(told.fact, Answered) for told in records(office.layout)[-1].story),
            "the story so far to be kept",
        )
        killed = time.monotonic()
        dead = office.kill(name)
        await office.until(
            lambda now: (
                office.pid_of(name) not in (None, dead) and now.edge_ok and all(not door.unlocked for door in now.doors)
            ),
            f"{name} to be back",
            10,
        )
        if name == "appliance.main":
            await people.anna.until("CALL_CLOSED")
            await office.until(lambda now: not now.calls and now.lines[0].state == "ready", "the line to be free", 20)
        else:
            assert len(office.status().calls) == 1, "the call goes on"
            await people.anna.hang_up()
            await customer_is_gone(office)
        await office.until(lambda now: not now.calls, "the call to be over")
        await people.boris.dial("203")
        await people.dace.until(RUNG)
        back = time.monotonic() - killed
        await people.boris.hang_up()
        assert office.status().version == version
        after = records(office.layout)
        assert len(after) >= len(before) + 1
        assert all(record.cause is not None for record in after[: len(before) + 1])
        assert any(isinstance(told.fact, Answered) for told in after[len(before)].story), "also of a call that was cut"
        print(f"{name}: a call rings again {back:.1f} s after kill -9 (load {os.getloadavg()[0]:.1f})")
