"""Members of teams as they are known: over restarts, with the clock set or not."""

from datetime import UTC, datetime, timedelta

import trio

from appliance.calls.agents import NOBODY_KNOWN, Agent, Agents, KeptAgents
from appliance.calls.leg import Leg
from appliance.calls.names import LegId, Party, PartyKind
from appliance.simulated.ports import MemoryAgents, SimulatedClock
from appliance.simulated.switch import SimulatedSwitch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SALES, SUPPORT = "ring_group:sales", "ring_group:support"


def known(kept: KeptAgents = NOBODY_KNOWN, wall: datetime | None = None) -> tuple[Agents, MemoryAgents]:
    states = MemoryAgents(kept)
    return Agents(SimulatedClock(wall), states, {}, lambda: None), states


def leg_of(number: str) -> Leg:
    return Leg(
        LegId(f"leg-{number}"), SimulatedSwitch(), Party(kind=PartyKind.EXTENSION, number=number), incoming=False
    )


async def test_a_member_nobody_knows_yet_is_logged_in_and_idle_since_ever() -> None:
    agents, _ = known()
    assert agents.is_logged_in("201", SALES) and not agents.is_wrapping_up("201")
    assert agents.agent("201") == Agent(number="201")
    assert agents.calls_today("201") == 0


async def test_logging_out_of_one_team_is_kept_and_changes_nothing_else() -> None:
    agents, states = known()
    agents.log_out("201", [SALES])
    again, _ = known(states.kept)
    assert not again.is_logged_in("201", SALES) and again.is_logged_in("201", SUPPORT)
    again.log_in("201", [SALES])
    assert again.is_logged_in("201", SALES)


async def test_times_go_on_after_a_restart_with_the_time_the_box_was_off() -> None:
    agents, states = known(wall=NOON)
    agents.declined("201")
    later, _ = known(states.kept, wall=NOON + timedelta(hours=3))
    declined = later.agent("201").declined_at
    assert declined is not None and later.now() - declined == 3 * 3600


async def test_without_a_clock_the_time_off_does_not_count_and_order_stays() -> None:
    agents, states = known()
    agents.took_call(leg_of("201"), SALES, 0)
    await trio.sleep(5)
    agents.took_call(leg_of("202"), SALES, 0)
    later, _ = known(states.kept)
    first, second = later.agent("201").call_at, later.agent("202").call_at
    assert first is not None and second is not None and second - first == 5
    assert later.now() == second


async def test_a_wall_clock_that_was_put_back_makes_nothing_happen_in_the_future() -> None:
    agents, states = known(wall=NOON)
    agents.declined("201")
    later, _ = known(states.kept, wall=NOON - timedelta(days=9))
    declined = later.agent("201").declined_at
    assert declined is not None and later.now() >= declined


async def test_wrap_up_begins_when_the_leg_ends_and_a_crash_does_not_shorten_it() -> None:
    agents, states = known()
    leg = leg_of("201")
    leg.was_answered()
    agents.took_call(leg, SALES, 30)
    await trio.sleep(100)
    assert not agents.is_wrapping_up("201") and agents.team_of(leg) == SALES
    agents.leg_ended(leg)
    assert agents.is_wrapping_up("201") and agents.team_of(leg) is None
    again, _ = known(states.kept)
    await trio.sleep(29)
    assert again.is_wrapping_up("201")
    await trio.sleep(1)
    assert not again.is_wrapping_up("201")


async def test_a_leg_that_ended_as_it_answered_leaves_nothing_behind() -> None:
    agents, _ = known()
    leg = leg_of("201")
    leg.hang_up()
    agents.took_call(leg, SALES, 30)
    assert agents.team_of(leg) is None and agents.is_wrapping_up("201")


async def test_calls_are_counted_by_the_day_and_go_on_being_counted_while_no_day_is_known() -> None:
    agents, states = known(wall=NOON)
    agents.took_call(leg_of("201"), SALES, 0)
    agents.took_call(leg_of("201"), SALES, 0)
    assert agents.calls_today("201") == 2
    unknown, _ = known(states.kept)
    assert unknown.calls_today("201") == 2
    next_day, _ = known(states.kept, wall=NOON + timedelta(days=1))
    assert next_day.calls_today("201") == 0
