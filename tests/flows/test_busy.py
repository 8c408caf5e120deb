"""Somebody who talks and takes no second call, and colleagues who want to be called back when she is free."""

import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase
from appliance.calls.story import CallbackWished, NotRung
from appliance.calls.wishes import WISH_SECONDS, Wishes
from appliance.config.models import Configuration
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, settle


def one_call_at_a_time() -> Configuration:
    people = small_office().extensions
    return small_office(extensions={**people, "203": person("Dace", "203", call_waiting=False)})


async def dace_talks(world: SimulatedOffice) -> tuple[People, FarEnd]:
    """Dace listens to her echo."""
    people = People(world)
    dace = world.switch.call_in(world.office, "203", "*43")
    await trio.sleep(3)
    return people, dace


def said_to(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [said.name for leg, said in world.sound.heard if leg == end.leg.id and isinstance(said, Phrase)]


async def boris_wishes(world: SimulatedOffice) -> FarEnd:
    boris = world.switch.call_in(world.office, "202", "203")
    await settle()
    boris.press("5")
    await trio.sleep(4)
    assert said_to(world, boris) == ["busy-press-five", "you-are-called-back"]
    assert boris.ended_with is Cause.NORMAL
    return boris


async def test_both_are_connected_as_soon_as_they_are_free() -> None:
    async with open_simulated_office(one_call_at_a_time(), TUESDAY_NOON) as world:
        people, dace = await dace_talks(world)
        await boris_wishes(world)
        assert people.rung == [], "she takes no second call"
        dace.hang_up()
        boris = await people.phone("202")
        assert boris.shown is not None and (boris.shown.number, boris.shown.name) == ("203", "Dace")
        boris.answer()
        dace = await people.phone("203")
        assert dace.shown is not None and dace.shown.number == "202"
        dace.answer()
        await settle()
        assert world.sound.heard_by(boris.leg.id) == world.sound.heard_by(dace.leg.id) == ["bridge"]
        boris.hang_up()
        await settle()
        assert not world.office.legs
        facts = [told.fact for record in world.records.ended for told in record.story]
        assert CallbackWished(member="203") in facts
        assert NotRung(member="203", reason="on the phone") in facts


async def test_who_talks_himself_by_then_is_called_when_he_is_free_too() -> None:
    async with open_simulated_office(one_call_at_a_time(), TUESDAY_NOON) as world:
        people, dace = await dace_talks(world)
        await boris_wishes(world)
        boris = world.switch.call_in(world.office, "202", "*43")
        await settle()
        dace.hang_up()
        await trio.sleep(5)
        assert people.rung == []
        boris.hang_up()
        await people.phone("202")


async def test_who_does_not_answer_the_call_back_is_left_in_peace() -> None:
    async with open_simulated_office(one_call_at_a_time(), TUESDAY_NOON) as world:
        people, dace = await dace_talks(world)
        await boris_wishes(world)
        dace.hang_up()
        await people.phone("202")
        await trio.sleep(200)
        assert [phone.account for phone in people.rung] == ["202"]
        assert not world.office.legs


async def test_without_the_key_the_call_goes_on_to_the_mailbox() -> None:
    async with open_simulated_office(one_call_at_a_time(), TUESDAY_NOON) as world:
        await dace_talks(world)
        boris = world.switch.call_in(world.office, "202", "203")
        await trio.sleep(8)
        assert said_to(world, boris) == ["busy-press-five", "greeting-busy", "voicemail-greeting"]
        boris.hang_up()


async def test_a_customer_is_not_asked_to_wait_for_a_call() -> None:
    office = one_call_at_a_time()
    routes = (type(office.inbound_routes[0])(name="Main", line="gsm1", to="extension:203"),)
    async with open_simulated_office(small_office(extensions=office.extensions, inbound_routes=routes)) as world:
        await dace_talks(world)
        customer = customer_calls(world)
        await trio.sleep(3)
        assert said_to(world, customer)[0] == "greeting-busy"
        customer.hang_up()


def test_a_wish_is_granted_once_to_those_who_are_free_and_not_after_its_time() -> None:
    wishes = Wishes()
    wishes.make("201", "203", 0.0)
    wishes.make("202", "203", 0.0)
    wishes.make("201", "203", 1.0)
    assert [wish.caller for wish in wishes.take_due(lambda number: number != "201", 2.0)] == ["202"]
    assert list(wishes.take_due(lambda number: number == "201", 3.0)) == []
    assert [wish.caller for wish in wishes.take_due(lambda _: True, 4.0)] == ["201"]
    wishes.make("201", "203", 0.0)
    assert list(wishes.take_due(lambda _: True, WISH_SECONDS + 1)) == []
