"""Queues and members of teams as the page shows them, and switched from there."""

import time

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from appliance.calls.agents import KeptAgents
from appliance.config.models import Priority
from appliance.control.faults import RequestFailed
from appliance.control.team_messages import AgentAction, AgentState, LiveAgent, LiveQueue, SwitchAgent
from appliance.services.team_board import live_agents, live_queues, switch_agent
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import CUSTOMER, TUESDAY_NOON
from tests.flows.test_everyday_calls import People
from tests.flows.test_queue import SUPPORT, VIP, calls_in, office_with, queue_of

HUNDRED_SECONDS = {SUPPORT: (100.0, 100.0, 100.0)}
"""What earlier calls took."""


def queue_now(world: SimulatedOffice) -> LiveQueue:
    (queue,) = live_queues(world.office, time.monotonic() - world.office.ports.clock.monotonic())
    return queue


def agent_now(world: SimulatedOffice, number: str = "201") -> LiveAgent:
    return next(agent for agent in live_agents(world.office, 0.0) if agent.number == number)


async def test_who_waits_is_shown_in_the_order_of_the_turns() -> None:
    queue = queue_of(priorities=(Priority(caller="vip", steps=3),))
    known = KeptAgents(handled=HUNDRED_SECONDS)
    async with open_simulated_office(office_with(queue), TUESDAY_NOON, agents=known) as world:
        People(world)
        for line, number in enumerate((CUSTOMER, "", VIP), 1):
            calls_in(world, line, number)
            await trio.sleep(2)
        shown = queue_now(world)
        assert (shown.waiting, shown.agents, shown.free, shown.longest_wait) == (3, 1, 0, 6.0)
        assert [(one.number, one.place, one.steps, one.is_vip) for one in shown.callers] == [
            *((VIP, 1, 3, True), (CUSTOMER, 2, 0, False), ("", 3, 0, False)),
        ]
        assert [one.rung for one in shown.callers] == [(), ("201",), ()]
        assert [time.monotonic() - one.since for one in shown.callers] == pytest.approx([2, 6, 4], abs=1)
        assert [one.expected for one in shown.callers] == [pytest.approx(100), 0.0, pytest.approx(200)]


async def test_what_calls_took_before_a_restart_is_known_after_it() -> None:
    office = office_with(queue_of(wrap_up_seconds=5))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        for line in range(1, 4):
            caller = calls_in(world, line)
            await wait_all_tasks_blocked()
            (await people.phone("201")).answer()
            await trio.sleep(20)
            caller.hang_up()
            await trio.sleep(6)
        kept = world.agents.kept
    assert kept.handled == {SUPPORT: (25.0, 25.0, 25.0)}
    async with open_simulated_office(office, TUESDAY_NOON, agents=kept) as world:
        await trio.sleep(6)
        for line in (1, 2, 3):
            calls_in(world, line)
        await wait_all_tasks_blocked()
        assert [one.expected for one in queue_now(world).callers] == [0.0, pytest.approx(25), pytest.approx(50)]


async def test_a_member_is_seen_in_what_she_does() -> None:
    async with open_simulated_office(office_with(queue_of(wrap_up_seconds=5)), TUESDAY_NOON) as world:
        people, seen = People(world), [agent_now(world).state]

        def look() -> None:
            seen.append(agent_now(world).state)

        caller = calls_in(world, 1)
        await wait_all_tasks_blocked()
        look()
        (await people.phone("201")).answer()
        await wait_all_tasks_blocked()
        look()
        caller.hang_up()
        await wait_all_tasks_blocked()
        look()
        await trio.sleep(6)
        for action in (AgentAction.PAUSE, AgentAction.GO_ON, AgentAction.LOG_OUT, AgentAction.LOG_IN):
            await switch_agent(world.office, SwitchAgent(number="201", action=action, reason="Lunch", by="test"))
            look()
        assert seen == [
            *(AgentState.FREE, AgentState.RINGING, AgentState.TALKING, AgentState.WRAPPING_UP),
            *(AgentState.PAUSED, AgentState.FREE, AgentState.LOGGED_OUT, AgentState.FREE),
        ]


async def test_a_pause_from_the_page_sends_the_next_caller_to_nobody() -> None:
    async with open_simulated_office(office_with(queue_of()), TUESDAY_NOON) as world:
        people = People(world)
        await switch_agent(world.office, SwitchAgent(number="201", action=AgentAction.PAUSE, by="test"))
        calls_in(world, 1)
        await trio.sleep(5)
        assert queue_now(world).callers[0].rung == ()
        await switch_agent(world.office, SwitchAgent(number="201", action=AgentAction.GO_ON, by="test"))
        await wait_all_tasks_blocked()
        assert await people.phone("201") and queue_now(world).callers[0].rung == ("201",)


@pytest.mark.parametrize(("number", "team"), [("202", None), ("999", None), ("201", "ring_group:sales"), ("", None)])
async def test_who_is_no_member_cannot_be_switched(number: str, team: str | None) -> None:
    async with open_simulated_office(office_with(queue_of(), ring_groups={}), TUESDAY_NOON) as world:
        request = SwitchAgent(number=number, action=AgentAction.LOG_OUT, team=team, by="test")
        with pytest.raises(RequestFailed, match="no member"):
            await switch_agent(world.office, request)
