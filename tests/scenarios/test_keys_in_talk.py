"""Keys during a talk with real phones: transfers, a talk of three, and keys meant for the other party."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import trio

from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from hardware.tones.generate import dtmf
from tests.scenarios.desks import (
    ANNA_HZ,
    BORIS_HZ,
    CUSTOMER_HZ,
    DACE_HZ,
    Desks,
    customer_calls,
    customer_is_gone,
    desks,
)
from tests.scenarios.running_office import MOBILE, PASSWORD, RunningOffice
from tests.sip.linphones import LEFT, RUNG, TALKING, linphone
from tests.sip.phones import baresip, poll
from tests.sound import RATE, strength, tone

pytestmark = pytest.mark.real


async def until_all_are_heard(heard: Callable[[], array[int]], frequencies: Iterable[float], who: str) -> None:
    """Wait until the last half second has each of these tones."""
    for frequency in frequencies:

        def is_heard(frequency: float = frequency) -> bool:
            return strength(heard()[-RATE // 2 :], frequency) > 0.1

        await poll(is_heard, f"{who} hearing {frequency} Hz", 15)


async def anna_takes_the_customer(office: RunningOffice, people: Desks) -> None:
    """Every desk rings for him; the others' phones are quiet again when this returns."""
    await customer_calls(office)
    await people.anna.until("CALL_INCOMING")
    await people.boris.until("CALL_INCOMING")
    await people.anna.accept()
    await people.boris.until("CALL_CLOSED")
    await people.anna.until_hears(CUSTOMER_HZ)


async def test_an_attended_transfer_by_keys(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await anna_takes_the_customer(office, people)
        await people.anna.press("*2202#")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.boris.until_hears(ANNA_HZ)
        await people.anna.until_hears(BORIS_HZ)
        await people.anna.hang_up()
        await people.boris.until_hears(CUSTOMER_HZ)
        await people.boris.hang_up()
        await customer_is_gone(office)


async def test_a_blind_transfer_by_keys_that_come_as_info(office: RunningOffice, tmp_path: Path) -> None:
    """linphonec takes a second for each key, so the office gives its people more time."""
    await office.change("default_desk:", "codes: {key_seconds: 3}\ndefault_desk:")
    try:
        async with desks(office, tmp_path) as people:
            await people.anna.dial("203")
            await people.dace.until(RUNG)
            await people.dace.accept()
            await people.dace.until(TALKING)
            await people.anna.until_hears(DACE_HZ)
            for key in "##202#":
                await people.dace.press(key)
                # It sends a second INFO only when it has seen the answer to the first, for which it must be idle.
                await trio.sleep(0.3)
            await people.boris.until("CALL_INCOMING")
            await people.boris.accept()
            await people.anna.until_hears(BORIS_HZ)
            await people.boris.until_hears(ANNA_HZ)
            await people.dace.until(LEFT)
            await people.anna.hang_up()
            await office.until(lambda now: not now.calls, "the call to end")
    finally:
        await office.undo()


async def test_a_key_that_is_no_code_reaches_the_other_phone_whatever_way_it_came(
    office: RunningOffice, tmp_path: Path
) -> None:
    """INFO in, RFC 4733 out; and RFC 4733 from phone to phone, whose sound is passed on beside."""
    async with desks(office, tmp_path) as people:
        await people.anna.dial("203")
        await people.dace.until(RUNG)
        await people.dace.accept()
        await people.anna.until_hears(DACE_HZ)
        await people.dace.press("7")
        pressed = await people.anna.until("CALL_DTMF_START")
        assert pressed["param"] == "7"
        await people.anna.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")
        await people.anna.dial("202")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.boris.until_hears(ANNA_HZ)
        await people.anna.press("5")
        assert (await people.boris.until("CALL_DTMF_START"))["param"] == "5"
        await people.boris.until_hears(ANNA_HZ)
        await people.anna.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")


async def test_three_talk_and_each_hears_both_others(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await anna_takes_the_customer(office, people)
        await people.anna.press("*3202#")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await until_all_are_heard(people.anna.heard, (CUSTOMER_HZ, BORIS_HZ), "anna")
        await until_all_are_heard(people.boris.heard, (CUSTOMER_HZ, ANNA_HZ), "boris")
        assert strength(people.anna.heard()[-RATE // 2 :], ANNA_HZ) < 0.02
        await people.anna.hang_up()
        await people.boris.until_hears(CUSTOMER_HZ)
        await people.boris.hang_up()
        await customer_is_gone(office)


async def test_a_phone_whose_keys_are_only_tones_transfers_too(office: RunningOffice, tmp_path: Path) -> None:
    await office.change("      '202':\n", "      '202':\n        dtmf: inband\n")
    port, samples = office.layout.sip_port, array("h", bytes(8 * RATE))
    samples.frombytes(dtmf("##203#", on_ms=150, off_ms=150))
    try:
        async with (
            baresip(tmp_path, "201", PASSWORD, port, hums=ANNA_HZ) as anna,
            baresip(tmp_path, "202", PASSWORD, port, says=samples + tone(BORIS_HZ, 30), answers="auto") as boris,
            linphone(tmp_path, "203", PASSWORD, port, hums=DACE_HZ) as dace,
        ):
            await office.until_ready("201", "202", "203")
            await anna.dial("202")
            await dace.until(RUNG, 20)
            await dace.accept()
            await anna.until_hears(DACE_HZ)
            await boris.until("CALL_CLOSED")
            await anna.hang_up()
            await office.until(lambda now: not now.calls, "the call to end")
    finally:
        await office.undo()


async def test_a_mobile_that_took_a_forwarded_call_hands_it_on(office: RunningOffice, tmp_path: Path) -> None:
    await office.change("name: Dace\n", f"name: Dace\n    divert: {{always: 'outside:{MOBILE}'}}\n")
    try:
        async with desks(office, tmp_path) as people:
            await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
            await people.anna.dial("203")
            await office.until_modem(lambda modem: modem.status.last_dialed == MOBILE, "the mobile to be called")
            await office.modem(modem_control.Answer())
            await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the mobile to answer")
            await trio.sleep(1)
            await office.modem(modem_control.Press(keys="1"))
            await people.anna.until_hears(CUSTOMER_HZ)
            await office.modem(modem_control.Press(keys="*2202#"))
            await people.boris.until("CALL_INCOMING")
            await people.boris.accept()
            await people.boris.until_hears(CUSTOMER_HZ)
            await office.modem(modem_control.HangUp())
            await people.anna.until_hears(BORIS_HZ)
            await people.boris.until_hears(ANNA_HZ)
            await people.anna.hang_up()
            await customer_is_gone(office)
    finally:
        await office.undo()
