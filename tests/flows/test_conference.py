"""Conference rooms: who gets in, what they hear, and that nobody waits there for ever."""

import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Counted, Phrase
from appliance.calls.story import EnteredRoom, HungUp, LeftRoom
from appliance.config.models import ConferenceRoom, Configuration, InboundRoute
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import customer_calls, only_story, settle

SAYING_SECONDS = 2.0
"""One prompt of the simulated sound."""


def with_room(**settings: object) -> Configuration:
    room = ConferenceRoom(name="Monday round", number="500", **settings)  # type: ignore[arg-type]
    route = InboundRoute(name="Main", line="gsm1", to="conference:monday")
    return small_office(conference_rooms={"monday": room}, inbound_routes=(route,))


async def enters(world: SimulatedOffice, account: str, *, pin: str = "") -> FarEnd:
    """Somebody dials the room, keys its PIN in, and hears how many are there."""
    phone = world.switch.call_in(world.office, account, "500")
    await settle()
    if pin:
        phone.press(f"{pin}#")
        await settle()
    await trio.sleep(SAYING_SECONDS + 0.2)
    return phone


def hear_each_other(world: SimulatedOffice, *ends: FarEnd) -> bool:
    bridges = [set(attached.legs) for attached in world.sound.attached if attached.what == "bridge"]
    return bridges == [{end.leg.id for end in ends}]


def prompts(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [said.name for leg, said in world.sound.heard if leg == end.leg.id and isinstance(said, Phrase)]


async def test_the_first_waits_with_music_and_all_others_talk() -> None:
    async with open_simulated_office(with_room(), TUESDAY_NOON) as world:
        anna = await enters(world, "201")
        assert world.sound.heard_by(anna.leg.id) == ["music"]
        boris = await enters(world, "202")
        await trio.sleep(1)
        assert hear_each_other(world, anna, boris)
        dace = await enters(world, "203")
        await trio.sleep(1)
        assert hear_each_other(world, anna, boris, dace)
        assert Counted("conference-others", 2, "en") in [said for leg, said in world.sound.heard if leg == dace.leg.id]
        anna.hang_up()
        await settle()
        await trio.sleep(1)
        assert hear_each_other(world, boris, dace)
        boris.hang_up()
        await settle()
        await trio.sleep(1)
        assert world.sound.heard_by(dace.leg.id) == ["music"]
        dace.hang_up()
        await settle()
        assert not world.office.places.rooms and not world.sound.attached


async def test_a_caller_from_outside_is_led_into_the_room() -> None:
    async with open_simulated_office(with_room(), TUESDAY_NOON) as world:
        anna = await enters(world, "201")
        customer = customer_calls(world)
        await settle()
        await trio.sleep(SAYING_SECONDS + 1)
        assert hear_each_other(world, anna, customer)
        customer.hang_up()
        await settle()
        facts = only_story(world)
        assert EnteredRoom(room="Monday round", people=2) in facts
        assert [fact.room for fact in facts if isinstance(fact, LeftRoom)] == ["Monday round"]


async def test_the_pin_lets_in_and_three_wrong_ones_do_not() -> None:
    async with open_simulated_office(with_room(pin="4711"), TUESDAY_NOON) as world:
        anna = await enters(world, "201", pin="4711")
        assert world.sound.heard_by(anna.leg.id) == ["music"]
        boris = world.switch.call_in(world.office, "202", "500")
        for _ in range(3):
            await settle()
            boris.press("1234#")
        await settle()
        await trio.sleep(SAYING_SECONDS)
        await settle()
        assert boris.ended_with is Cause.NOT_ALLOWED
        assert prompts(world, boris)[-1] == "pin-wrong"


async def test_everybody_waits_for_the_leader_and_waits_again_without_one() -> None:
    async with open_simulated_office(with_room(pin="4711", leader_pin="8899"), TUESDAY_NOON) as world:
        anna = await enters(world, "201", pin="4711")
        boris = await enters(world, "202", pin="4711")
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(boris.leg.id) == ["music"]
        dace = await enters(world, "203", pin="8899")
        await trio.sleep(1)
        assert hear_each_other(world, anna, boris, dace)
        dace.hang_up()
        await settle()
        await trio.sleep(1)
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(boris.leg.id) == ["music"]


async def test_a_muted_member_hears_the_others_and_is_not_heard() -> None:
    async with open_simulated_office(with_room(), TUESDAY_NOON) as world:
        anna, boris, dace = [await enters(world, account) for account in ("201", "202", "203")]
        await trio.sleep(1)
        dace.press("1")
        await settle()
        await trio.sleep(SAYING_SECONDS)
        await settle()
        assert hear_each_other(world, anna, boris)
        (listening,) = [attached for attached in world.sound.attached if attached.what == "tap"]
        assert listening.legs[0] == dace.leg.id and set(listening.legs[1:]) == {anna.leg.id, boris.leg.id}
        assert listening.spoken_to == ()
        dace.press("1")
        await settle()
        await trio.sleep(SAYING_SECONDS)
        await settle()
        assert hear_each_other(world, anna, boris, dace)


async def test_who_has_the_room_on_hold_disturbs_nobody() -> None:
    async with open_simulated_office(with_room(), TUESDAY_NOON) as world:
        anna, boris, dace = [await enters(world, account) for account in ("201", "202", "203")]
        await trio.sleep(1)
        dace.hold()
        await settle()
        assert hear_each_other(world, anna, boris)
        dace.resume()
        await settle()
        assert hear_each_other(world, anna, boris, dace)


async def test_a_full_room_says_so() -> None:
    async with open_simulated_office(with_room(most=2), TUESDAY_NOON) as world:
        await enters(world, "201")
        await enters(world, "202")
        dace = await enters(world, "203")
        await settle()
        assert prompts(world, dace) == ["conference-full"]
        assert dace.ended_with is Cause.BUSY


async def test_nobody_waits_alone_for_ever() -> None:
    async with open_simulated_office(with_room(), TUESDAY_NOON) as world:
        anna = await enters(world, "201")
        await trio.sleep(900)
        await trio.sleep(SAYING_SECONDS)
        await settle()
        assert prompts(world, anna) == ["conference-nobody-came"]
        assert only_story(world)[-1] == HungUp(by="porter", cause=Cause.NORMAL)


async def test_a_party_is_transferred_into_the_room() -> None:
    async with open_simulated_office(with_room(), TUESDAY_NOON) as world:
        dace = await enters(world, "203")
        phones: list[FarEnd] = []
        world.switch.on_dialled = phones.append
        boris = world.switch.call_in(world.office, "202", "201")
        await settle()
        (anna,) = phones
        anna.answer()
        await settle()
        anna.transfer("500")
        await settle()
        await trio.sleep(SAYING_SECONDS + 1)
        assert hear_each_other(world, dace, boris)
        assert anna.ended_with is Cause.NORMAL
