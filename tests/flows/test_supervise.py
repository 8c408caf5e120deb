"""A supervisor listens to a talk, whispers, barges and takes over, and nothing is left when either is over."""

import msgspec
import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import BEEP, Phrase
from appliance.calls.story import HungUp, Joined, Supervised, WentOver
from appliance.config.models import Configuration, Diversion, Supervision
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, hears, keyed, phrases
from tests.flows.test_everyday_calls import People, settle


def office(tell: bool = False) -> Configuration:
    """Dace may supervise everybody."""
    changed = msgspec.structs.replace(small_office(), supervision=Supervision(tell=tell))
    changed.extensions["203"] = person("Dace", "203", may_supervise=("*",))
    return changed


def taps(world: SimulatedOffice) -> list[tuple[str, set[str], set[str]]]:
    """(listener, whom it hears, who hears it) of every tap."""
    found = [attached for attached in world.sound.attached if attached.what == "tap"]
    return [(tap.legs[0], set(tap.legs[1:]), set(tap.spoken_to)) for tap in found]


def ids(*ends: FarEnd) -> set[str]:
    return {end.leg.id for end in ends}


async def test_a_supervisor_hears_both_sides_and_goes_from_one_to_another_by_keys() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        dace = world.switch.call_in(world.office, "203", "*555201")
        await settle()
        both = ids(customer, anna)
        assert taps(world) == [(dace.leg.id, both, set())]
        assert are_bridged(world, customer, anna) and hears(world, customer) == ["bridge", "tap"]
        for key, spoken_to in (("5", ids(anna)), ("6", both), ("1", both), ("4", set())):
            dace.press(key)
            await settle()
            assert taps(world) == [(dace.leg.id, both, spoken_to)]
        assert customer.digits_heard == anna.digits_heard == ""
        dace.hang_up()
        await settle()
        assert taps(world) == [] and are_bridged(world, customer, anna)
        customer.hang_up()
        await settle()
        stories = {record.caller.number: [told.fact for told in record.story] for record in world.records.ended}
        for story in stories.values():
            told = [fact.mode for fact in story if isinstance(fact, Supervised)]
            assert told == ["listen", "whisper", "barge", "listen"]


@pytest.mark.parametrize(("code", "speaks_to"), [("*556201", ["anna"]), ("*557201", ["customer", "anna"])])
async def test_each_way_has_a_code_of_its_own(code: str, speaks_to: list[str]) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        dace = world.switch.call_in(world.office, "203", code)
        await settle()
        ends = {"customer": customer, "anna": anna}
        assert taps(world) == [(dace.leg.id, ids(customer, anna), ids(*(ends[name] for name in speaks_to)))]
        customer.hang_up()


@pytest.mark.parametrize("keys", ["", "7"])
async def test_who_takes_over_talks_in_the_agents_place(keys: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        dace = world.switch.call_in(world.office, "203", "*555201" if keys else "*558201")
        await settle()
        dace.press(keys)
        await settle()
        assert anna.leg.is_gone and are_bridged(world, customer, dace) and taps(world) == []
        customer.hang_up()
        await settle()
        assert dace.leg.is_gone and len(world.records.ended) == 2
        assert any(
            isinstance(told.fact, Joined) and told.fact.member == "Dace"
            for record in world.records.ended
            for told in record.story
        )


async def test_the_story_does_not_say_that_who_takes_over_hangs_up() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, _ = await customer_talks_to_anna(world, people)
        world.switch.call_in(world.office, "203", "*558201")
        await settle()
        (own,) = world.records.ended
        (joined,) = world.office.calls.values()
        assert [told.fact for told in own.story[-2:]] == [
            WentOver("Dace", joined.id),
            HungUp(by="porter", cause=Cause.NORMAL),
        ]
        customer.hang_up()


async def test_the_caller_of_the_house_may_be_relieved_too() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        dace = world.switch.call_in(world.office, "203", "*558201")
        await settle()
        assert anna.leg.is_gone and are_bridged(world, boris, dace)
        dace.hang_up()


async def test_when_the_talk_is_over_the_supervisor_hears_so() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, _ = await customer_talks_to_anna(world, people)
        dace = world.switch.call_in(world.office, "203", "*557201")
        await settle()
        customer.hang_up()
        await settle()
        assert taps(world) == [] and phrases(world, dace) == ["talk-is-over"]
        await trio.sleep(5)
        assert dace.leg.is_gone and not world.office.calls


async def test_one_on_hold_is_not_listened_to() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        dace = world.switch.call_in(world.office, "203", "*557201")
        await settle()
        anna.hold()
        await settle()
        assert taps(world) == [(dace.leg.id, set(), set())]
        anna.resume()
        await settle()
        assert taps(world) == [(dace.leg.id, ids(customer, anna), ids(customer, anna))]
        customer.hang_up()


async def test_a_question_meanwhile_ends_the_listening_and_can_be_listened_to_itself() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        dace = world.switch.call_in(world.office, "203", "*555201")
        await keyed(anna, "*2202#")
        boris = await people.phone("202")
        boris.answer()
        await trio.sleep(3)
        assert dace.leg.is_gone
        again = world.switch.call_in(world.office, "203", "*555201")
        await settle()
        assert taps(world) == [(again.leg.id, ids(anna, boris), set())]
        again.press("7")
        await settle()
        assert phrases(world, again) == ["cannot-take-over"] and are_bridged(world, anna, boris)
        customer.hang_up()


async def test_three_who_talk_are_heard_and_the_agent_who_leaves_ends_it() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*3202#")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        dace = world.switch.call_in(world.office, "203", "*556201")
        await settle()
        assert taps(world) == [(dace.leg.id, ids(customer, anna, boris), ids(anna))]
        anna.hang_up()
        await settle()
        assert taps(world) == [] and are_bridged(world, customer, boris)
        customer.hang_up()


async def test_a_mobile_that_stands_for_an_extension_is_found_by_its_number() -> None:
    changed = office()
    changed.extensions["201"] = person("Anna", "201", mobile=MOBILE)
    changed.extensions["202"] = person("Boris", "202", divert=Diversion(always=f"outside:{MOBILE}"))
    async with open_simulated_office(changed, TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "203", "202")
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        mobile.press("1")
        await settle()
        assert are_bridged(world, anna, mobile)
        supervisor = world.switch.call_in(world.office, "203", "*555201")
        await settle()
        assert taps(world) == [(supervisor.leg.id, ids(anna, mobile), set())]
        anna.hang_up()


@pytest.mark.parametrize(
    ("who", "code", "said"),
    [
        ("202", "*555201", "may-not-supervise"),
        ("203", "*555203", "may-not-supervise"),
        ("203", "*555202", "nobody-talks-there"),
        ("203", "*558202", "nobody-talks-there"),
        ("203", "*557999", "nobody-talks-there"),
    ],
)
async def test_who_may_not_or_finds_nobody_hears_so(who: str, code: str, said: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        supervisor = world.switch.call_in(world.office, who, code)
        await settle()
        assert phrases(world, supervisor) == [said] and taps(world) == []
        await trio.sleep(5)
        assert supervisor.leg.is_gone and are_bridged(world, customer, anna)
        customer.hang_up()


async def test_the_one_who_is_supervised_hears_a_beep_where_the_office_wants_that() -> None:
    for tell in (False, True):
        async with open_simulated_office(office(tell), TUESDAY_NOON) as world:
            people = People(world)
            customer, anna = await customer_talks_to_anna(world, people)
            world.switch.call_in(world.office, "203", "*555201")
            await settle()
            assert ((anna.leg.id, BEEP) in world.sound.heard) is tell
            assert (customer.leg.id, BEEP) not in world.sound.heard
            customer.hang_up()


async def test_a_supervisor_who_dials_while_it_rings_finds_nobody_talking() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        world.switch.call_in(world.office, "201", "202")
        await people.phone("202")
        dace = world.switch.call_in(world.office, "203", "*555201")
        await settle()
        assert Phrase("nobody-talks-there", "en") in [said for leg, said in world.sound.heard if leg == dace.leg.id]
