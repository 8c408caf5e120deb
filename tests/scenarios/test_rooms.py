"""Conference rooms, the intercom and paging with real phones, proved by whose tone is heard where."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.simulators import modem_control
from tests.scenarios.desks import ANNA_HZ, BORIS_HZ, CUSTOMER_HZ, DACE_HZ, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import RunningOffice
from tests.scenarios.test_keys_in_talk import until_all_are_heard
from tests.sip.linphones import LEFT, RUNG
from tests.sound import RATE, strength

pytestmark = pytest.mark.real

ROOM = 'conference_rooms: {monday: {name: Monday round, number: "500"}}'


async def test_everybody_in_a_room_hears_all_others(office: RunningOffice, tmp_path: Path) -> None:
    """Two baresips, a linphone, and a customer over the modem who is led there."""
    await office.change("default_desk:", f"{ROOM}\ndefault_desk:")
    await office.change("to: ring_group:sales", "to: conference:monday")
    try:
        async with desks(office, tmp_path) as people:
            await people.anna.dial("500")
            await people.boris.dial("500")
            await people.dace.dial("500")
            await customer_calls(office)
            await until_all_are_heard(people.anna.heard, (BORIS_HZ, DACE_HZ, CUSTOMER_HZ), "Anna")
            await until_all_are_heard(people.boris.heard, (ANNA_HZ, DACE_HZ, CUSTOMER_HZ), "Boris")
            await until_all_are_heard(people.dace.heard, (ANNA_HZ, BORIS_HZ, CUSTOMER_HZ), "Dace")
            await people.boris.hang_up()
            await until_all_are_heard(people.anna.heard, (DACE_HZ, CUSTOMER_HZ), "Anna")
            await people.anna.hang_up()
            await people.dace.hang_up()
            await office.until(lambda now: len(now.calls) == 1, "the customer to be alone in the room")
            await office.modem(modem_control.HangUp())
            await customer_is_gone(office)
    finally:
        await office.undo()
        await office.undo()


async def test_a_page_is_heard_and_says_nothing_back(office: RunningOffice, tmp_path: Path) -> None:
    """These telephones do not answer by themselves, so their people take the receiver at once."""
    async with desks(office, tmp_path) as people:
        await people.anna.dial("*80600")
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.dace.until(RUNG)
        await people.dace.accept()
        await until_all_are_heard(people.boris.heard, (ANNA_HZ,), "Boris")
        await until_all_are_heard(people.dace.heard, (ANNA_HZ,), "Dace")
        assert strength(people.boris.heard()[-RATE // 2 :], DACE_HZ) < 0.01
        assert strength(people.anna.heard()[-RATE // 2 :], BORIS_HZ) < 0.01
        await people.anna.hang_up()
        await people.boris.until("CALL_CLOSED")
        await people.dace.until(LEFT)
        await office.until(lambda now: not now.calls, "the call to end")
