"""What observers see is on their own clock."""

import time

import pytest
import trio
import trio.testing

from appliance.config.models import CallQueue, Diversion, DivertRule, DivertTimes, OpeningHours
from appliance.control.controller_messages import PhoneState
from appliance.control.team_messages import LiveQueue
from appliance.services.diversion_board import keep_diversions_shown
from appliance.services.snapshot import Surroundings, office_now
from appliance.simulated.office import open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office


async def test_a_call_began_on_the_scale_every_process_shares() -> None:
    """Trio's clock starts anywhere; the page and the command count with `time.monotonic()`."""
    async with open_simulated_office(small_office()) as world:
        world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(7)
        seen = office_now(world.office, Surroundings())
        (call,) = seen.calls
        assert time.monotonic() - call.began == pytest.approx(7, abs=1)
        assert seen.at - call.began == pytest.approx(7, abs=1)


async def test_observers_hear_of_ringing_of_the_answer_and_of_hold() -> None:
    """The page showed "ringing" while they talked, since only the beginning and the end of a call were told."""
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        around, shown = Surroundings(), []
        world.office.on_change = around.changed
        phones: list[FarEnd] = []
        world.switch.on_dialled = phones.append

        async def watch() -> None:
            while True:
                await around.next_change()
                for call in office_now(world.office, around).calls:
                    shown.append(
                        (call.step, call.talking_since is not None, {leg.name: leg.state for leg in call.legs})
                    )

        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch)
            world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
            await trio.testing.wait_all_tasks_blocked()
            assert shown[-1][0] == "ring_group"
            assert {shown[-1][2][name] for name in ("Anna", "Boris", "Dace")} == {PhoneState.RINGING}
            anna = next(phone for phone in phones if phone.account == "201")
            anna.answer()
            await trio.testing.wait_all_tasks_blocked()
            assert shown[-1] == ("talk", True, {"": PhoneState.TALKING, "Anna": PhoneState.TALKING})
            anna.hold()
            await trio.testing.wait_all_tasks_blocked()
            assert shown[-1][2]["Anna"] is PhoneState.HOLDING
            nursery.cancel_scope.cancel()


async def test_observers_see_who_is_diverted_and_who_is_not_to_be_disturbed() -> None:
    at_night = {DivertRule.ALWAYS: DivertTimes(hours="office", closed=True)}
    people = {
        "201": person("Anna", "201", do_not_disturb=True),
        "202": person("Boris", "202", divert=Diversion(always=f"outside:{MOBILE}")),
        "203": person("Dace", "203", divert=Diversion(always="extension:201", when=at_night)),
    }
    for now, daces in ((TUESDAY_NOON, ""), (TUESDAY_NIGHT, "201")):
        async with open_simulated_office(small_office(extensions=people), now) as world:
            anna, boris, dace = office_now(world.office, Surroundings()).phones
            assert (anna.do_not_disturb, anna.diverted_to) == (True, "")
            assert (boris.do_not_disturb, boris.diverted_to) == (False, MOBILE)
            assert dace.diverted_to == daces
            assert (anna.diversions, [(one.rule, one.to, one.holds) for one in boris.diversions]) == (
                (),
                [("always", MOBILE, True)],
            )
            (timed,) = dace.diversions
            assert (timed.to, timed.holds, timed.hours, timed.closed) == ("201", daces == "201", "office", True)


async def test_observers_hear_of_a_rule_that_begins_by_time_alone() -> None:
    evening = {DivertRule.ALWAYS: DivertTimes(weekly={"tue": ("12:01-12:02",)})}
    people = {"201": person("Anna", "201", divert=Diversion(always=f"outside:{MOBILE}", when=evening))}
    office = small_office(extensions=people, ring_groups={}, doors={}, inbound_routes=())
    async with open_simulated_office(office, TUESDAY_NOON) as world, trio.open_nursery() as nursery:
        seen: list[bool] = []

        def look() -> None:
            (phone,) = office_now(world.office, Surroundings()).phones
            seen.append(phone.diversions[0].holds)

        nursery.start_soon(keep_diversions_shown, world.office, look)
        await trio.sleep(300)
        assert seen == [True, False]
        nursery.cancel_scope.cancel()


async def test_observers_see_who_is_logged_in_paused_and_wrapping_up() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        agents = world.office.agents
        agents.log_out("201", ["ring_group:sales"])
        agents.pause("202", "Lunch")
        await trio.sleep(60)
        seen = {agent.number: agent for agent in office_now(world.office, Surroundings()).agents}
        assert list(seen) == ["201", "202", "203"]
        assert [agent.teams["ring_group:sales"] for agent in seen.values()] == [False, True, True]
        assert [agent.pause_reason for agent in seen.values()] == [None, "Lunch", None]
        since = seen["202"].paused_since
        assert since is not None and time.monotonic() - since == pytest.approx(60, abs=1)


async def test_a_country_without_known_holidays_is_a_trouble_to_see_to() -> None:
    hours = {
        name: OpeningHours(weekly={"tue": ("09:00-18:00",)}, holidays=country)
        for name, country in (("riga", "LV"), ("kyiv", "UA"))
    }
    async with open_simulated_office(small_office(opening_hours=hours), TUESDAY_NOON) as world:
        (trouble,) = office_now(world.office, Surroundings()).troubles
        assert (trouble.where, trouble.cause) == ("hours kyiv", "No public holidays of UA are known for 2026.")


async def test_observers_see_who_waits_in_queues() -> None:
    queue = CallQueue(name="Support", number="610", members=("201", "202"), ring_seconds=10, then="voicemail:203")
    async with open_simulated_office(small_office(call_queues={"support": queue}), TUESDAY_NOON) as world:
        quiet = office_now(world.office, Surroundings()).queues
        assert quiet == (
            LiveQueue(name="support", title="Support", waiting=0, callbacks=0, longest_wait=None, agents=2, free=2),
        )
        world.switch.call_in(world.office, "203", "610")
        await trio.sleep(5)
        (seen,) = office_now(world.office, Surroundings()).queues
        assert (seen.waiting, seen.longest_wait, seen.agents, seen.free) == (1, 5.0, 2, 0)
