"""Blind transfer and parking by keys during a talk."""

import pytest
import trio

from appliance.calls.names import Cause, Outcome
from appliance.calls.story import (
    Parked,
    TransferBegan,
    TransferFailed,
)
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, hears, keyed, phrases
from tests.flows.test_everyday_calls import People, only_story, settle


async def test_a_blind_transfer_by_keys_rings_the_target_for_the_customer() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        anna.press("##")
        await settle()
        assert hears(world, customer) == ["music"] and hears(world, anna) == ["play"]
        anna.press("203#")
        dace = await people.phone("203")
        assert dace.shown is not None and dace.shown.number == CUSTOMER
        dace.answer()
        await settle()
        assert anna.leg.is_gone and are_bridged(world, customer, dace)
        customer.hang_up()
        await settle()
        assert TransferBegan(by="Anna", to="203") in only_story(world)


async def test_a_pause_ends_the_number_and_a_star_or_nothing_goes_back_to_the_talk() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "##20*")
        assert are_bridged(world, customer, anna)
        await keyed(anna, "##")
        await trio.sleep(10)
        assert are_bridged(world, customer, anna)
        await keyed(anna, "##203")
        await trio.sleep(2)
        (await people.phone("203")).answer()
        await settle()
        assert anna.leg.is_gone
        customer.hang_up()


@pytest.mark.parametrize(
    ("number", "answer", "said", "outcome"),
    [
        ("203", Cause.BUSY, "they-are-busy", Outcome.BUSY),
        ("999", None, "number-unknown", Outcome.UNKNOWN),
        ("*43", None, None, None),
        ("201", None, "they-are-busy", Outcome.BUSY),
        ("29999998", None, "cannot-connect", Outcome.REFUSED),
    ],
)
async def test_who_cannot_be_transferred_is_given_back_with_the_reason(
    number: str, answer: Cause | None, said: str | None, outcome: Outcome | None
) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        anna.press(f"##{number}#")
        await settle()
        if answer is not None:
            (await people.phone(number)).reject(answer)
        await trio.sleep(5)
        assert phrases(world, anna) == ([] if said is None else [said])
        assert are_bridged(world, customer, anna)
        customer.hang_up()
        await settle()
        failed = [fact for fact in only_story(world) if isinstance(fact, TransferFailed)]
        assert failed == ([] if outcome is None else [TransferFailed(to=number, outcome=outcome)])


async def test_who_hangs_up_before_a_number_gets_the_customer_back() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "##")
        anna.hang_up()
        (await people.phone("201")).answer()
        await settle()
        assert hears(world, customer) == ["bridge"]
        customer.hang_up()


async def test_the_caller_himself_may_transfer_whom_he_called() -> None:
    """The principal of the call asks; its place goes to the one who stays."""
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        await keyed(anna, "##203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert anna.leg.is_gone and are_bridged(world, boris, dace)
        boris.hang_up()


async def test_a_customer_is_parked_by_keys_and_fetched_from_any_phone() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "##70#")
        assert phrases(world, anna) == ["parked-at"]
        await trio.sleep(4)
        assert anna.leg.is_gone and hears(world, customer) == ["music"]
        dace = world.switch.call_in(world.office, "203", "71")
        await settle()
        assert are_bridged(world, customer, dace)
        customer.hang_up()
        await settle()
        assert any(
            Parked(slot="71", by="201") in [told.fact for told in record.story] for record in world.records.ended
        )
