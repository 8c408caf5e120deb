"""Which keys of a talk are codes, for whom, and where the others go."""

import pytest

from appliance.calls.facts import DtmfTransport
from appliance.config.models import Door, FeatureCodes, TalkFeature
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, keyed
from tests.flows.test_everyday_calls import People, settle


async def test_keys_reach_the_other_party_and_codes_do_not() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        bank = await people.phone(CUSTOMER)
        bank.answer()
        await settle()
        anna.press("123")
        await settle()
        assert bank.digits_heard == "123", "a key that begins no code is passed on at once"
        await keyed(anna, "4#")
        assert bank.digits_heard == "1234#"
        bank.press("*2#")
        await settle()
        assert anna.digits_heard == "*2#", "a bank has no codes"
        await keyed(anna, "##")
        assert bank.digits_heard == "1234#"
        anna.hang_up()


@pytest.mark.parametrize("transport", [DtmfTransport.INBAND, DtmfTransport.LINE])
async def test_keys_heard_as_tones_are_not_pressed_a_second_time(transport: DtmfTransport) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        customer.press("5", transport)
        await settle()
        assert anna.digits_heard == ""
        customer.press("6", DtmfTransport.INFO)
        await settle()
        assert anna.digits_heard == "6"
        customer.hang_up()


async def test_a_customer_has_no_codes_and_neither_has_one_whom_we_called() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(customer, "##202#")
        await keyed(customer, "*2")
        assert are_bridged(world, customer, anna) and anna.digits_heard == "##202#*2"
        customer.hang_up()
        await settle()
        boris = world.switch.call_in(world.office, "202", "29999999")
        called = await people.phone(CUSTOMER)
        called.answer()
        await settle()
        await keyed(called, "##203#")
        assert are_bridged(world, boris, called)
        boris.hang_up()


async def test_the_street_side_of_a_door_has_no_codes_and_its_keys_go_nowhere() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        visitor = world.switch.ring_door(world.office, "front")
        assert visitor is not None
        anna = await people.phone("201")
        anna.answer()
        await settle()
        await keyed(visitor, "##202#5")
        assert are_bridged(world, visitor, anna) and anna.digits_heard == "" and world.door.asked == []
        anna.press("1")
        await settle()
        assert visitor.digits_heard == ""
        await keyed(anna, "##202#")
        (await people.phone("202")).answer()
        await settle()
        assert anna.leg.is_gone, "the one inside may hand the visitor on"
        visitor.hang_up()


async def test_a_doors_key_opens_at_once_though_a_code_begins_with_it() -> None:
    door = Door(name="Front door", rings="ring_group:sales", open_digit="#")
    async with open_simulated_office(small_office(doors={"front": door}), TUESDAY_NOON) as world:
        people = People(world)
        visitor = world.switch.ring_door(world.office, "front")
        assert visitor is not None
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.press("#")
        await settle()
        assert world.door.asked == [("front", "201")]
        anna.hang_up()


async def test_an_office_may_have_other_codes_or_none() -> None:
    codes = FeatureCodes(in_talk={TalkFeature.BLIND_TRANSFER: ("*03",), TalkFeature.ATTENDED_TRANSFER: ()})
    async with open_simulated_office(small_office(codes=codes), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "##*2")
        assert customer.digits_heard == "##*2" and are_bridged(world, customer, anna)
        await keyed(anna, "*03203#")
        (await people.phone("203")).answer()
        await settle()
        assert anna.leg.is_gone
        customer.hang_up()
