"""A question by keys to somebody else, while the other party hears music."""

import pytest
import trio

from appliance.calls.names import Cause, Outcome
from appliance.calls.ports import Phrase, Said
from appliance.calls.story import (
    ConsultBegan,
    ConsultFailed,
    TookBack,
    TransferBegan,
    TransferFailed,
)
from appliance.config.models import Diversion, GsmLine, OutboundRoute
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, hears, keyed, phrases
from tests.flows.test_everyday_calls import People, only_story, settle


async def test_the_target_is_asked_while_the_customer_hears_music_and_then_gets_him() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        assert dace.shown is not None and dace.shown.number == "201", "it is Anna who calls her"
        assert hears(world, customer) == ["music"] and hears(world, anna) == ["play"]
        dace.answer()
        await settle()
        assert are_bridged(world, anna, dace) and hears(world, customer) == ["music"]
        await keyed(anna, "7")
        assert dace.digits_heard == "7" and customer.digits_heard == ""
        anna.hang_up()
        await settle()
        assert are_bridged(world, customer, dace)
        customer.hang_up()
        await settle()
        story = only_story(world)
        assert ConsultBegan(by="Anna", to="203") in story
        assert TransferBegan(by="Anna", to="Dace", attended=True) in story


async def test_the_code_again_connects_and_lets_the_asker_go() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        await keyed(anna, "*2")
        assert anna.leg.is_gone and are_bridged(world, customer, dace)
        customer.hang_up()


async def test_the_asker_goes_back_to_the_customer_and_leaves_the_target() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        await keyed(anna, "##")
        assert dace.leg.is_gone and are_bridged(world, customer, anna)
        customer.hang_up()
        await settle()
        assert TookBack(by="Anna") in only_story(world)


async def test_the_code_again_while_it_rings_connects_as_soon_as_it_answers() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        await keyed(anna, "*2")
        assert anna.ended_with is Cause.NORMAL and not dace.leg.is_gone
        dace.answer()
        await settle()
        assert are_bridged(world, customer, dace)
        customer.hang_up()


async def test_a_star_calls_the_ringing_off() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        await keyed(anna, "*")
        assert dace.leg.is_gone and are_bridged(world, customer, anna) and phrases(world, anna) == []
        customer.hang_up()


@pytest.mark.parametrize(
    ("deed", "said"), [("busy", "they-are-busy"), ("nothing", "nobody-answers"), ("unregistered", "cannot-be-reached")]
)
async def test_a_target_that_does_not_come_is_told_and_the_talk_goes_on(deed: str, said: str) -> None:
    office = small_office()
    office.extensions["203"] = person("Dace", "203")
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        if deed == "unregistered":
            world.switch.phones["203"] = 0
        await keyed(anna, "*2203#")
        if deed == "busy":
            (await people.phone("203")).reject()
        await trio.sleep(30)
        assert phrases(world, anna) == [said] and are_bridged(world, customer, anna)
        customer.hang_up()
        await settle()
        assert any(isinstance(fact, ConsultFailed) for fact in only_story(world))


async def test_a_target_that_hangs_up_is_told_and_the_talk_goes_on() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        dace.hang_up()
        await settle()
        assert phrases(world, anna) == ["they-hung-up"] and hears(world, customer) == ["music"]
        await trio.sleep(3)
        assert are_bridged(world, customer, anna)
        customer.hang_up()


async def test_hanging_up_while_it_rings_is_a_blind_transfer() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        anna.hang_up()
        await settle()
        assert not dace.leg.is_gone and hears(world, customer) == ["music"]
        dace.answer()
        await settle()
        assert are_bridged(world, customer, dace)
        customer.hang_up()


async def test_hanging_up_while_it_rings_in_vain_gives_the_customer_back_by_ringing() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        anna.hang_up()
        await settle()
        dace.reject()
        (await people.phone("201")).answer()
        await settle()
        assert hears(world, customer) == ["bridge"]
        customer.hang_up()
        await settle()
        assert TransferFailed(to="203", outcome=Outcome.BUSY) in only_story(world)


async def test_hanging_up_after_the_number_calls_it_for_the_customer() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        anna.press("*2203")
        await settle()
        anna.hang_up()
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert are_bridged(world, customer, dace)
        customer.hang_up()


@pytest.mark.parametrize("answered", [False, True])
async def test_a_customer_who_gives_up_leaves_the_other_two_to_each_other(answered: bool) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        if answered:
            dace.answer()
            await settle()
        customer.hang_up()
        await settle()
        assert not anna.leg.is_gone and not dace.leg.is_gone
        dace.answer()
        await settle()
        assert are_bridged(world, anna, dace)
        dace.hang_up()
        await settle()
        assert anna.leg.is_gone and len(world.records.ended) == 1


async def test_nobody_is_left_waiting_when_customer_and_target_give_up() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        customer.hang_up()
        await settle()
        dace.reject()
        await trio.sleep(10)
        assert anna.leg.is_gone and "they-hung-up" in phrases(world, anna)
        assert not world.office.calls


async def test_the_phone_of_the_asker_may_hold_the_target_too() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        anna.hold()
        await settle()
        assert hears(world, dace) == ["music"]
        anna.resume()
        await settle()
        assert are_bridged(world, anna, dace)
        customer.hang_up()
        anna.hang_up()


async def test_asking_a_slot_parks_the_customer_there() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*275#")
        await trio.sleep(5)
        assert world.office.places.parked.keys() == {"75"} and anna.leg.is_gone
        customer.hang_up()


@pytest.mark.parametrize("code", ["*2", "*3"])
async def test_a_target_may_be_picked_up_at_another_desk(code: str) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, f"{code}203#")
        dace = await people.phone("203")
        boris = world.switch.call_in(world.office, "202", "**203")
        await settle()
        assert dace.leg.is_gone
        assert are_bridged(world, anna, boris) if code == "*2" else are_bridged(world, customer, anna, boris)
        anna.hang_up()
        await settle()
        assert are_bridged(world, customer, boris)
        customer.hang_up()


async def test_one_who_sends_all_calls_on_is_asked_where_they_go() -> None:
    office = small_office()
    office.extensions["202"] = person("Boris", "202", divert=Diversion(always="extension:203"))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2202#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert are_bridged(world, anna, dace)
        customer.hang_up()


@pytest.mark.parametrize(
    ("always", "said"),
    [("voicemail:202", "cannot-be-reached"), ("extension:201", "they-are-busy"), ("ring_group:sales", None)],
)
async def test_one_who_sends_all_calls_to_a_mailbox_or_back_cannot_be_asked(always: str, said: str | None) -> None:
    office = small_office()
    office.extensions["202"] = person("Boris", "202", divert=Diversion(always=always))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2202#")
        if said is None:
            assert not (await people.phone("203")).leg.is_gone, "the group is rung without who asks"
        else:
            await trio.sleep(3)
            assert phrases(world, anna) == [said] and are_bridged(world, customer, anna)
        customer.hang_up()


async def test_who_calls_for_help_during_a_talk_gets_the_line_of_the_one_who_waits() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2112#")
        help_ = await people.phone("112")
        assert customer.leg.is_gone
        help_.answer()
        await settle()
        assert are_bridged(world, anna, help_)
        anna.hang_up()


@pytest.mark.parametrize("announces", [True, False])
async def test_who_is_asked_at_a_mobile_to_which_she_diverts_hears_who_asks_before_she_accepts(announces: bool) -> None:
    """She heard only that there is a call, as if her diversion were nobody's."""
    dace = person("Dace", "203", divert=Diversion(always=f"outside:{MOBILE}", announce=announces))
    lines = {"gsm1": GsmLine(simulated=True), "gsm2": GsmLine(simulated=True)}
    office = small_office(
        extensions={**small_office().extensions, "203": dace},
        lines=lines,
        outbound_routes=(OutboundRoute(name="All", lines=("gsm2",)),),
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        heard = [prompt for leg, prompt in world.sound.heard if leg == mobile.leg.id]
        assert (Said("Anna") in heard) is announces
        assert (Phrase("call-from") in heard) is announces
        await trio.sleep(1)
        mobile.press("1")
        await settle()
        assert are_bridged(world, anna, mobile)
        customer.hang_up()
        anna.hang_up()
