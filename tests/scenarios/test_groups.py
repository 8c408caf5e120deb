"""Groups with real phones: who rings when, who is logged out, and a call that is lifted to the second line."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

from appliance.calls.story import AgentSwitched, HuntBegan, Lifted, NotRung, Ringing
from appliance.control.controller_messages import OfficeNow
from tests.scenarios.desks import CUSTOMER_HZ, Desks, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import RunningOffice, records
from tests.sip.linphones import RUNG
from tests.sip.phones import poll
from tests.sound import RATE

pytestmark = pytest.mark.real

SALES = "ring_group:sales"


async def regroup(office: RunningOffice, settings: str) -> None:
    """Add settings to the group sales."""
    await office.change("    ring_seconds: 30\n", f"    ring_seconds: 30\n{settings}")


def rung(office: RunningOffice) -> list[str]:
    """Who was rung in the last call, in this order."""
    return [told.fact.member for told in records(office.layout)[-1].story if isinstance(told.fact, Ringing)]


def boris_is_in(now: OfficeNow) -> bool:
    return next(agent for agent in now.agents if agent.number == "202").teams[SALES]


async def dace_takes_it(people: Desks, office: RunningOffice) -> None:
    await people.dace.until(RUNG)
    before = len(people.dace.heard())
    await people.dace.accept()
    # linphone keeps what it heard in earlier calls, and that ended with the same tone.
    await poll(lambda: len(people.dace.heard()) > before + RATE // 2, "Dace hearing something new")
    await people.dace.until_hears(CUSTOMER_HZ)
    await people.dace.hang_up()
    await customer_is_gone(office)


async def test_turns_go_round_with_rejects_and_a_member_who_logs_out_is_out(
    office: RunningOffice, tmp_path: Path
) -> None:
    await regroup(office, "    strategy: round_robin\n    reoffer_seconds: 0\n")
    try:
        async with desks(office, tmp_path) as people:
            await customer_calls(office)
            await people.anna.until("CALL_INCOMING")
            await people.anna.hang_up()
            await people.boris.until("CALL_INCOMING")
            await people.boris.accept()
            await people.boris.until_hears(CUSTOMER_HZ)
            await people.boris.hang_up()
            await people.boris.until("CALL_CLOSED")
            await customer_is_gone(office)
            assert rung(office) == ["201", "202"]

            await customer_calls(office)
            await dace_takes_it(people, office)
            assert rung(office) == ["203"], "the turn is after the last one's"

            await people.boris.dial("*45")
            await people.boris.until("CALL_CLOSED", 30)
            await office.until(lambda now: not boris_is_in(now), "Boris to be out")
            assert max(map(abs, people.boris.heard())) > 1000, "he is told so"
            facts = [told.fact for told in records(office.layout)[-1].story]
            assert AgentSwitched("202", "logged-out", ("Sales",)) in facts

            before = people.boris.kinds().count("CALL_INCOMING")
            await customer_calls(office)
            await people.anna.until("CALL_INCOMING")
            await people.anna.hang_up()
            await dace_takes_it(people, office)
            story = [told.fact for told in records(office.layout)[-1].story]
            assert rung(office) == ["201", "203"]
            assert NotRung("202", "logged out") in story and HuntBegan("Sales", "round_robin", ("201", "203")) in story
            assert people.boris.kinds().count("CALL_INCOMING") == before

            office.kill("appliance.main")
            await office.until(lambda now: not boris_is_in(now), "Boris to be out after a crash too", 40)
    finally:
        await office.undo()


async def test_a_call_is_lifted_to_the_second_line_with_a_note(office: RunningOffice, tmp_path: Path) -> None:
    await office.until_ready()
    await regroup(
        office, '    membership: {"202": {tier: 2}, "203": {tier: 3}}\n    notes: [Wrong invoice, Second call]\n'
    )
    try:
        async with desks(office, tmp_path) as people:
            if not boris_is_in(await trio.to_thread.run_sync(office.status)):
                await people.boris.dial("*45")
                await people.boris.until("CALL_CLOSED", 30)
            await customer_calls(office)
            await people.anna.until("CALL_INCOMING")
            await people.anna.accept()
            await people.anna.until_hears(CUSTOMER_HZ)
            await people.anna.press("*9")
            await office.until(lambda now: now.calls and now.calls[0].step == "lift", "the code to be obeyed")
            await people.anna.press("1")
            ringing = await people.boris.until("CALL_INCOMING")
            assert "Wrong invoice" in str(ringing), ringing
            await people.boris.accept()
            await people.boris.until_hears(CUSTOMER_HZ)
            await people.anna.until("CALL_CLOSED")
            await people.boris.hang_up()
            await customer_is_gone(office)
            facts = [told.fact for told in records(office.layout)[-1].story]
            assert Lifted("Sales", 2, "Anna", "Wrong invoice") in facts
    finally:
        await office.undo()
