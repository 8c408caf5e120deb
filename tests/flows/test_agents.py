"""Members log in and out, and pause, at their telephones."""

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase
from appliance.calls.story import AgentSwitched, NoAgent
from appliance.config.models import Configuration, RingGroup
from appliance.errors import PorterError
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import only_story, settle

SALES, SUPPORT = "ring_group:sales", "ring_group:support"


def two_groups() -> Configuration:
    return small_office(
        ring_groups={
            "sales": RingGroup(name="Sales", number="600", members=("201", "202")),
            "support": RingGroup(name="Support", number="601", members=("202",)),
        },
        pause_reasons={"1": "Lunch"},
    )


async def dial(world: SimulatedOffice, account: str, code: str) -> list[str]:
    """What a phone hears after a code, by the names of the phrases."""
    world.sound.heard.clear()
    phone = world.switch.call_in(world.office, account, code)
    await trio.sleep(5)
    assert phone.ended_with is not None
    return [prompt.name for _, prompt in world.sound.heard if isinstance(prompt, Phrase)]


def logged_in(world: SimulatedOffice, number: str) -> set[str]:
    return {team for team in (SALES, SUPPORT) if world.office.agents.is_logged_in(number, team)}


async def test_one_code_logs_out_of_all_groups_and_in_again() -> None:
    async with open_simulated_office(two_groups(), TUESDAY_NOON) as world:
        assert await dial(world, "202", "*45") == ["agent-logged-out"]
        assert logged_in(world, "202") == set() and logged_in(world, "201") == {SALES, SUPPORT}
        assert AgentSwitched("202", "logged-out", ("Sales", "Support")) in only_story(world)
        assert await dial(world, "202", "*45") == ["agent-logged-in"]
        assert logged_in(world, "202") == {SALES, SUPPORT}


async def test_with_a_groups_number_only_that_one_is_meant() -> None:
    async with open_simulated_office(two_groups(), TUESDAY_NOON) as world:
        assert await dial(world, "202", "*45601") == ["agent-logged-out"]
        assert logged_in(world, "202") == {SALES}
        assert await dial(world, "202", "*45") == ["agent-logged-out"]
        assert logged_in(world, "202") == set()
        assert await dial(world, "202", "*45601") == ["agent-logged-in"]
        assert logged_in(world, "202") == {SUPPORT}


@pytest.mark.parametrize(("account", "code"), [("203", "*45"), ("203", "*46"), ("201", "*45601"), ("201", "*45999")])
async def test_who_is_in_no_such_group_hears_so(account: str, code: str) -> None:
    async with open_simulated_office(two_groups(), TUESDAY_NOON) as world:
        assert await dial(world, account, code) == ["not-an-agent"]
        assert NoAgent(account) in only_story(world)
        assert not world.agents.kept.agents


async def test_a_pause_with_a_reason_without_one_and_its_end() -> None:
    async with open_simulated_office(two_groups(), TUESDAY_NOON) as world:
        assert await dial(world, "201", "*461") == ["agent-paused"]
        assert world.office.agents.agent("201").pause_reason == "Lunch"
        assert await dial(world, "201", "*46") == ["agent-unpaused"]
        assert not world.office.agents.agent("201").is_paused
        assert await dial(world, "201", "*46") == ["agent-paused"]
        assert world.office.agents.agent("201").pause_reason == ""
        assert await dial(world, "201", "*467") == ["number-unknown"]
        assert world.office.agents.agent("201").pause_reason == ""


async def test_what_cannot_be_kept_is_not_confirmed() -> None:
    async with open_simulated_office(two_groups(), TUESDAY_NOON) as world:

        async def full() -> None:
            raise PorterError("The disk is full.")

        world.agents.settled = full  # type: ignore[method-assign]  # a memory that is full, not a mock of a decision
        assert await dial(world, "201", "*45") == ["agent-not-kept"]


async def test_hanging_up_before_it_is_said_switches_all_the_same() -> None:
    async with open_simulated_office(two_groups(), TUESDAY_NOON) as world:
        phone = world.switch.call_in(world.office, "201", "*45")
        await settle()
        phone.hang_up()
        await settle()
        assert SALES not in logged_in(world, "201")
        assert world.records.ended[-1].cause is Cause.NORMAL
