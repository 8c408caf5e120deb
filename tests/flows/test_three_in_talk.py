"""A third party brought into a talk by keys."""

from appliance.calls.names import Cause
from appliance.calls.story import (
    PartyAdded,
    PartyLeft,
)
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, hears, keyed
from tests.flows.test_everyday_calls import People, only_story, settle


async def test_three_talk_and_whoever_leaves_the_others_go_on() -> None:
    for leaves in range(3):
        async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
            people = People(world)
            customer, anna = await customer_talks_to_anna(world, people)
            await keyed(anna, "*3203#")
            dace = await people.phone("203")
            dace.answer()
            await settle()
            three = [customer, anna, dace]
            assert are_bridged(world, *three)
            anna.press("8")
            await settle()
            assert customer.digits_heard == dace.digits_heard == "8"
            three.pop(leaves).hang_up()
            await settle()
            assert are_bridged(world, *three)
            three.pop().hang_up()
            await settle()
            assert three[0].leg.is_gone and not world.office.calls
            story = only_story(world)
            assert PartyAdded(by="Anna", member="Dace") in story
            assert sum(isinstance(fact, PartyLeft) for fact in story) == 1


async def test_a_question_becomes_a_talk_of_three() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        await keyed(anna, "*3")
        assert are_bridged(world, customer, anna, dace)
        # Of two others none can be sent away.
        await keyed(anna, "##202#")
        anna.transfer("202")
        await settle()
        assert are_bridged(world, customer, anna, dace) and anna.transfer_reports == [Cause.REJECTED]
        dace.hold()
        await settle()
        assert are_bridged(world, customer, anna) and hears(world, dace) == []
        dace.resume()
        await settle()
        assert are_bridged(world, customer, anna, dace)
        dace.hang_up()
        await settle()
        await keyed(anna, "##202#")
        (await people.phone("202")).answer()
        await settle()
        assert anna.leg.is_gone, "of the one other party the codes work again"
        customer.hang_up()


async def test_an_attended_transfer_into_a_talk_of_three_is_refused() -> None:
    """A phone that transfers by Replaces leaves its other call, which the two others there would lose."""
    lines = {name: small_office().lines["gsm1"] for name in ("gsm1", "gsm2")}
    async with open_simulated_office(small_office(lines=lines), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*3203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        second = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        second.transfer_to(anna)
        await settle()
        assert second.transfer_reports == [Cause.REJECTED]
        assert are_bridged(world, customer, anna, dace) and are_bridged(world, second, boris)
        customer.hang_up()
        second.hang_up()
