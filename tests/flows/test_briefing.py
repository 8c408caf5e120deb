"""What a member hears who answers for a team, before the caller gets him."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase, Prompt, Said
from appliance.calls.story import Answered, Briefed, LegFailed, NoAnswer, QueueServed
from appliance.config.models import CallQueue, Configuration, InboundRoute, Language, RingGroup
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import MOBILE, TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle
from tests.flows.test_ring_group import people

BRIEFING = "A call about a repair."
HEARD = 3.0
"""Seconds after which it was heard."""


def group(*members: str, **settings: object) -> Configuration:
    """A group whose members hear a briefing."""
    sales = RingGroup(
        name="Sales", number="600", members=members, **{"briefing": BRIEFING, "ring_seconds": 20, **settings}
    )
    return small_office(ring_groups={"sales": sales}, extensions=people())


def queue(*members: str, **settings: object) -> Configuration:
    """A queue whose members do, and that everybody from outside comes to."""
    support = CallQueue(name="Support", number="620", members=members, **{"briefing": BRIEFING, **settings})
    return small_office(
        call_queues={"support": support},
        extensions=people(),
        inbound_routes=(InboundRoute(name="All", to="queue:support"),),
    )


def heard(world: SimulatedOffice, phone: FarEnd) -> Sequence[Prompt]:
    return [prompt for leg, prompt in world.sound.heard if leg == phone.leg.id]


@pytest.mark.parametrize("cut_short", [False, True])
async def test_who_answers_hears_it_while_it_rings_for_the_caller(cut_short: bool) -> None:
    async with open_simulated_office(group("201", "202"), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna, boris = await desks.phone("201"), await desks.phone("202")
        anna.answer()
        await settle()
        assert heard(world, anna) == [Said(BRIEFING)]
        assert customer.hears_ringing and not customer.leg.is_answered
        if cut_short:
            anna.press("5")
            await settle()
        else:
            await trio.sleep(HEARD)
        assert customer.leg.is_answered and world.sound.heard_by(customer.leg.id) == ["bridge"]
        assert boris.ended_with is Cause.ANSWERED_ELSEWHERE
        customer.hang_up()
        await settle()
        facts = [fact for fact in only_story(world) if isinstance(fact, Briefed | Answered)]
        assert [type(fact) for fact in facts] == [Briefed, Answered]


async def test_each_hears_it_in_his_language_or_the_offices() -> None:
    texts = {Language.EN: "A repair.", Language.RU: "Ремонт."}
    office = group("201", "202", briefing=texts)
    russian = msgspec.structs.replace(office.extensions["202"], language=Language.RU)
    office = msgspec.structs.replace(office, extensions={**office.extensions, "202": russian})
    for number, said in (("201", Said("A repair.", "en")), ("202", Said("Ремонт.", "ru"))):
        async with open_simulated_office(office, TUESDAY_NOON) as world:
            customer = customer_calls(world)
            phone = await People(world).phone(number)
            phone.answer()
            await settle()
            assert heard(world, phone) == [said]
            customer.hang_up()


async def test_who_hangs_up_while_he_hears_it_leaves_the_caller_to_the_others() -> None:
    async with open_simulated_office(group("201", "202"), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna, boris = await desks.phone("201"), await desks.phone("202")
        anna.answer()
        await trio.sleep(0.5)
        anna.hang_up()
        await settle()
        assert customer.hears_ringing and not boris.leg.is_gone
        boris.answer()
        await trio.sleep(HEARD)
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert LegFailed("201", Cause.NORMAL) in only_story(world) and Briefed("202") in only_story(world)


async def test_of_two_who_answer_the_first_who_has_heard_it_gets_the_caller() -> None:
    async with open_simulated_office(group("201", "202"), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna, boris = await desks.phone("201"), await desks.phone("202")
        anna.answer()
        await trio.sleep(0.5)
        boris.answer()
        await settle()
        assert heard(world, anna) == heard(world, boris) == [Said(BRIEFING)]
        boris.press("1")
        await settle()
        assert world.sound.heard_by(boris.leg.id) == world.sound.heard_by(customer.leg.id) == ["bridge"]
        assert anna.ended_with is Cause.ANSWERED_ELSEWHERE
        customer.hang_up()


async def test_when_the_only_one_hangs_up_while_he_hears_it_the_call_goes_where_the_group_leads() -> None:
    async with open_simulated_office(group("201", then="extension:203"), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna = await desks.phone("201")
        anna.answer()
        await trio.sleep(0.5)
        anna.hang_up()
        dace = await desks.phone("203")
        dace.answer()
        await settle()
        assert heard(world, dace) == [] and world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert any(isinstance(fact, NoAnswer) for fact in only_story(world))


async def test_who_answers_in_the_last_second_may_hear_it_to_its_end() -> None:
    async with open_simulated_office(group("201", ring_seconds=5), TUESDAY_NOON) as world:
        customer = customer_calls(world)
        anna = await People(world).phone("201")
        await trio.sleep(4.5)
        anna.answer()
        await trio.sleep(HEARD)
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


@pytest.mark.parametrize("who", ["caller", "both"])
async def test_a_caller_who_hangs_up_meanwhile_leaves_nothing_behind(who: str) -> None:
    async with open_simulated_office(group("201", "202"), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna, boris = await desks.phone("201"), await desks.phone("202")
        anna.answer()
        await trio.sleep(0.5)
        if who == "both":
            anna.hang_up()
        customer.hang_up()
        await settle()
        assert anna.leg.is_gone and boris.leg.is_gone and not world.sound.attached


async def test_a_mobile_hears_it_after_it_has_accepted() -> None:
    async with open_simulated_office(group(f"outside:{MOBILE}"), TUESDAY_NOON) as world:
        caller = world.switch.call_in(world.office, "201", "600")
        mobile = await People(world).phone(MOBILE)
        mobile.answer()
        await settle()
        assert heard(world, mobile) == [Phrase("press-one-to-accept")]
        mobile.press("1")
        await settle()
        assert heard(world, mobile)[-1] == Said(BRIEFING)
        await trio.sleep(HEARD)
        assert world.sound.heard_by(caller.leg.id) == ["bridge"]
        caller.hang_up()


async def test_a_queue_goes_on_with_its_music_and_keeps_the_place_of_a_caller_whose_member_hangs_up() -> None:
    async with open_simulated_office(queue("201", "202", strategy="linear"), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna = await desks.phone("201")
        anna.answer()
        await trio.sleep(0.5)
        assert heard(world, anna) == [Said(BRIEFING)]
        assert "bridge" not in world.sound.heard_by(customer.leg.id) and world.sound.heard_by(customer.leg.id)
        anna.hang_up()
        boris = await desks.phone("202")
        boris.answer()
        await trio.sleep(HEARD)
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert any(isinstance(fact, QueueServed) for fact in only_story(world))
