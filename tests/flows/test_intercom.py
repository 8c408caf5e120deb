"""Speaking to a person or a group over phones that answer by themselves."""

import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase
from appliance.calls.story import Paged
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import only_story, settle


def self_answering(world: SimulatedOffice, *accounts: str) -> list[FarEnd]:
    """These phones answer by themselves where they are asked to; all that are rung are listed."""
    rung: list[FarEnd] = []

    def ring(phone: FarEnd) -> None:
        rung.append(phone)
        if phone.account in accounts and phone.shown is not None and phone.shown.answers_itself:
            trio.lowlevel.spawn_system_task(_answer, phone)

    async def _answer(phone: FarEnd) -> None:
        phone.answer()

    world.switch.on_dialled = ring
    return rung


def prompts(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [said.name for leg, said in world.sound.heard if leg == end.leg.id and isinstance(said, Phrase)]


async def test_a_person_is_spoken_to_at_once() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        rung = self_answering(world, "202")
        anna = world.switch.call_in(world.office, "201", "*80202")
        await settle()
        (boris,) = rung
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        boris.hang_up()
        await settle()
        assert anna.ended_with is Cause.NORMAL


async def test_who_has_switched_it_off_or_talks_is_not_spoken_to() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        rung = self_answering(world, "202", "203")
        boris = world.switch.call_in(world.office, "202", "*55")
        await trio.sleep(3)
        assert not world.office.configuration.extensions["202"].intercom
        anna = world.switch.call_in(world.office, "201", "*80202")
        await trio.sleep(3)
        assert (rung, anna.ended_with) == ([], Cause.BUSY)
        world.switch.call_in(world.office, "203", "*43")
        await settle()
        anna = world.switch.call_in(world.office, "201", "*80203")
        await trio.sleep(3)
        assert (rung, anna.ended_with) == ([], Cause.BUSY)
        boris = world.switch.call_in(world.office, "202", "*54")
        await trio.sleep(3)
        assert boris.leg.is_gone and world.office.configuration.extensions["202"].intercom


async def test_a_phone_that_cannot_answer_by_itself_is_given_up_soon() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        rung = self_answering(world)
        anna = world.switch.call_in(world.office, "201", "*80202")
        await trio.sleep(5 + 2)
        await settle()
        assert [phone.ended_with for phone in rung] == [Cause.NO_ANSWER]
        assert prompts(world, anna) == ["intercom-refused"]


async def test_a_page_is_heard_by_the_group_and_nobody_answers_back() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        rung = self_answering(world, "202", "203")
        anna = world.switch.call_in(world.office, "201", "*80600")
        await trio.sleep(3)
        assert {phone.account for phone in rung} == {"202", "203"}, "who speaks is not rung"
        (voice,) = [attached for attached in world.sound.attached if attached.what == "tap"]
        assert voice.legs == (anna.leg.id,)
        assert set(voice.spoken_to) == {phone.leg.id for phone in rung}
        rung[0].hang_up()
        await settle()
        (voice,) = [attached for attached in world.sound.attached if attached.what == "tap"]
        assert voice.spoken_to == (rung[1].leg.id,)
        anna.hang_up()
        await settle()
        assert rung[1].ended_with is Cause.NORMAL
        assert not world.office.legs and not world.sound.attached


async def test_a_page_ends_with_its_last_listener_and_is_told() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        rung = self_answering(world, "202", "203")
        anna = world.switch.call_in(world.office, "201", "*80600")
        await trio.sleep(3)
        for phone in rung:
            phone.hang_up()
        await settle()
        assert anna.ended_with is Cause.NORMAL
        assert Paged(group="Sales", people=2) in only_story(world)


async def test_a_page_has_an_end() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        rung = self_answering(world, "202")
        anna = world.switch.call_in(world.office, "201", "*80600")
        await trio.sleep(65)
        assert anna.leg.is_gone and all(phone.leg.is_gone for phone in rung)


async def test_a_page_that_nobody_can_hear_says_so() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        world.switch.phones.clear()
        anna = world.switch.call_in(world.office, "201", "*80600")
        await trio.sleep(10)
        assert prompts(world, anna) == ["speak-after-tone", "nobody-can-hear"]
        assert Paged(group="Sales", people=0) in only_story(world)


async def test_a_number_that_is_nobody_s_is_told() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*8029999999")
        await trio.sleep(3)
        assert prompts(world, anna) == ["number-unknown"]
