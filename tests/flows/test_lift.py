"""Who took a call for a team lifts it to the next line, with a note."""

import pytest
import trio

from appliance.calls.agents import Agent, KeptAgents
from appliance.calls.names import Cause
from appliance.calls.ports import Phrase, Recorded, Said
from appliance.calls.story import AnyStoryFact, Lifted
from appliance.config.models import Configuration, Membership, RingGroup
from appliance.errors import PorterError
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle
from tests.flows.test_record_prompt import scratch
from tests.flows.test_ring_group import people

NOTE_HEARD = 3.0
"""Seconds after which a note was heard."""


def two_lines(**settings: object) -> Configuration:
    """Anna is the first line of sales, Boris the second, and Dace the third."""
    group = RingGroup(
        name="Sales",
        number="600",
        ring_seconds=10,
        **{  # type: ignore[arg-type]
            "members": ("201", "202", "203"),
            "membership": {"202": Membership(tier=2), "203": Membership(tier=3)},
            "notes": ("Wrong invoice", "Second call"),
            **settings,
        },
    )
    return small_office(ring_groups={"sales": group}, extensions=people())


async def anna_talks(world: SimulatedOffice, desks: People, who: str = "201") -> tuple[FarEnd, FarEnd]:
    """The customer and the first line, in a talk."""
    customer = customer_calls(world)
    anna = await desks.phone(who)
    anna.answer()
    await settle()
    return customer, anna


async def ask(lifter: FarEnd) -> None:
    """Press the code for it, and wait until it is obeyed."""
    lifter.press("*9")
    await settle()


def said_to(world: SimulatedOffice, phone: FarEnd) -> list[object]:
    return [prompt.name for leg, prompt in world.sound.heard if leg == phone.leg.id and isinstance(prompt, Phrase)]


async def test_the_next_line_rings_with_the_note_on_its_display() -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        assert said_to(world, anna) == ["choose-a-note"]
        assert world.sound.heard_by(customer.leg.id) == ["music"]
        anna.press("2")
        boris = await desks.phone("202")
        assert boris.shown is not None and boris.shown.name == f"Second call: {CUSTOMER}"
        assert anna.ended_with is Cause.NORMAL
        boris.answer()
        await settle()
        assert [prompt for leg, prompt in world.sound.heard if leg == boris.leg.id] == [Said("Second call")]
        await trio.sleep(NOTE_HEARD)
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert Lifted("Sales", 2, "Anna", "Second call") in only_story(world)


async def test_it_goes_on_without_a_note_when_none_is_chosen_or_who_lifts_hangs_up() -> None:
    for deed in ("#", "wait", "hang up"):
        async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
            desks = People(world)
            customer, anna = await anna_talks(world, desks)
            await ask(anna)
            match deed:
                case "#":
                    anna.press("#")
                case "hang up":
                    anna.hang_up()
            began = trio.current_time()
            boris = await desks.phone("202")
            assert trio.current_time() - began <= (15 if deed == "wait" else 0)
            assert boris.shown is not None and boris.shown.name == ""
            customer.hang_up()


async def spoken_note(world: SimulatedOffice, deed: str) -> tuple[FarEnd, FarEnd, FarEnd]:
    """Anna lifts and speaks a note of her own; the customer, she, and Boris, whose phone rings then."""
    desks = People(world)
    customer, anna = await anna_talks(world, desks)
    await ask(anna)
    anna.press("*")
    await trio.sleep(2.5)  # what she is told, and the tone
    await settle()
    assert world.sound.heard_by(customer.leg.id) == ["music"] and "record" in world.sound.heard_by(anna.leg.id)
    await trio.sleep(0.3 if deed == "too short" else 5)
    if deed == "hangs up":
        anna.hang_up()
    elif deed != "goes on for ever":
        anna.press("#")
    return customer, anna, await desks.phone("202")


@pytest.mark.parametrize("notes", [(), ("Wrong invoice",)])
@pytest.mark.parametrize("deed", ["ends it by a key", "hangs up", "goes on for ever"])
async def test_a_note_is_spoken_and_heard_by_who_answers_before_the_caller(notes: tuple[str, ...], deed: str) -> None:
    async with open_simulated_office(two_lines(notes=notes, own_note=True), TUESDAY_NOON) as world:
        customer, _, boris = await spoken_note(world, deed)
        assert boris.shown is not None and not boris.shown.name
        boris.answer()
        await settle()
        assert [prompt for leg, prompt in world.sound.heard if leg == boris.leg.id] == [Recorded("memory:scratch/1")]
        assert scratch(world).kept == {"memory:scratch/1"}
        await trio.sleep(NOTE_HEARD)
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert Lifted("Sales", 2, "Anna", is_spoken=True) in only_story(world) and not scratch(world).kept


async def test_a_note_of_nothing_is_none() -> None:
    async with open_simulated_office(two_lines(own_note=True), TUESDAY_NOON) as world:
        customer, _, boris = await spoken_note(world, "too short")
        boris.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_without_room_for_a_note_the_call_goes_on_without_one() -> None:
    async with open_simulated_office(two_lines(own_note=True), TUESDAY_NOON) as world:
        scratch(world).refusal = PorterError("The disk is full.", "Free some space.")
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        anna.press("*")
        boris = await desks.phone("202")
        assert said_to(world, anna) == ["choose-a-note", "speak-a-note", "cannot-record-prompt"]
        boris.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


@pytest.mark.parametrize("who", ["caller", "both"])
async def test_a_caller_who_hangs_up_while_a_note_is_spoken_leaves_nothing_behind(who: str) -> None:
    async with open_simulated_office(two_lines(own_note=True), TUESDAY_NOON) as world:
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        anna.press("*")
        await trio.sleep(5)
        if who == "both":
            anna.hang_up()
        customer.hang_up()
        await settle()
        assert anna.leg.is_gone and not scratch(world).kept and not world.sound.attached


async def test_the_second_line_lifts_on_to_the_third() -> None:
    async with open_simulated_office(two_lines(notes=()), TUESDAY_NOON) as world:
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        boris = await desks.phone("202")
        boris.answer()
        await settle()
        await ask(boris)
        (await desks.phone("203")).answer()
        await settle()
        customer.hang_up()
        await settle()
        lifted = [fact for fact in only_story(world) if isinstance(fact, Lifted)]
        assert lifted == [Lifted("Sales", 2, "Anna"), Lifted("Sales", 3, "Boris")]


async def test_a_line_where_nobody_can_be_rung_is_passed_over() -> None:
    paused = KeptAgents(agents=(Agent(number="202", pause_reason=""),))
    async with open_simulated_office(two_lines(notes=()), TUESDAY_NOON, agents=paused) as world:
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        await desks.phone("203")
        customer.hang_up()


async def test_without_a_next_line_the_two_go_on_talking() -> None:
    away = KeptAgents(agents=tuple(Agent(number=number, pause_reason="") for number in ("202", "203")))
    async with open_simulated_office(two_lines(), TUESDAY_NOON, agents=away) as world:
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        assert said_to(world, anna) == ["no-next-line"]
        await trio.sleep(3)
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(anna.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert not any(isinstance(fact, Lifted) for fact in only_story(world))


async def test_a_call_that_came_for_no_team_cannot_be_lifted() -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        desks = People(world)
        dace = world.switch.call_in(world.office, "203", "201")
        anna = await desks.phone("201")
        anna.answer()
        await settle()
        await ask(anna)
        assert said_to(world, anna) == ["no-next-line"]
        dace.hang_up()


async def test_when_the_next_line_does_not_come_who_lifted_is_rung_again() -> None:
    async with open_simulated_office(two_lines(notes=()), TUESDAY_NOON) as world:
        desks = People(world)
        customer, anna = await anna_talks(world, desks)
        await ask(anna)
        await trio.sleep(20)  # Boris and Dace let it ring
        again = await desks.phone("201")
        again.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_a_mobile_that_lifted_is_not_called_again_but_the_default_desk_is() -> None:
    office = two_lines(notes=(), members=(f"outside:{MOBILE}", "202"), membership={"202": Membership(tier=2)})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        desks = People(world)
        dace = world.switch.call_in(world.office, "203", "600")
        mobile = await desks.phone(MOBILE)
        mobile.answer()
        await settle()
        mobile.press("1")
        await settle()
        await ask(mobile)
        await trio.sleep(10)
        await desks.phone("201")
        dace.hang_up()


async def test_the_caller_may_hang_up_at_any_moment() -> None:
    for seconds in (0, 1, 5, 13, 20):
        async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
            desks = People(world)
            customer, anna = await anna_talks(world, desks)
            await ask(anna)
            await trio.sleep(seconds)
            customer.hang_up()
            await settle()
            assert not world.office.legs and not world.office.media
            assert _broke(only_story(world)) == []


def _broke(story: list[AnyStoryFact]) -> list[AnyStoryFact]:
    return [fact for fact in story if type(fact).__name__ == "Broke"]
