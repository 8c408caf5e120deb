"""Callbacks of queues: the customer hangs up and keeps his place; an agent is rung first, then he."""

from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
import trio
import trio.testing

from appliance.calls.agents import Agent, KeptAgents
from appliance.calls.names import Cause
from appliance.calls.ports import Phrase, SpelledDigits
from appliance.calls.promises import PromisedCall
from appliance.calls.story import (
    CallbackBegan,
    CallbackExpired,
    CallbackInVain,
    CallbackKept,
    CallbackPromised,
    CallbackRefused,
    LeftMessage,
)
from appliance.config.models import Callback, Configuration, Language, OpeningHours
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NOON
from tests.flows.test_everyday_calls import People, settle
from tests.flows.test_queue import calls_in, hears, office_with, queue_of, talks_with, waits

SECOND = "+37129999998"


def office(**settings: object) -> Configuration:
    return office_with(queue_of(callback=Callback(), **settings))


def all_facts(world: SimulatedOffice, *kinds: type) -> list[object]:
    """Facts of some kinds of all calls that are over, in the order the calls ended."""
    return [told.fact for record in world.records.ended for told in record.story if isinstance(told.fact, kinds)]


async def anna_is_busy(world: SimulatedOffice, people: People) -> FarEnd:
    """Anna talks to Boris; hanging up his end makes her free."""
    boris = world.switch.call_in(world.office, "202", "201")
    (await people.phone("201")).answer()
    await settle()
    return boris


async def asks_to_be_called(world: SimulatedOffice, line: int, number: str, keys: str = "11") -> FarEnd:
    """A customer comes into the queue, presses the key, confirms, and hangs up when told so."""
    customer = await waits(world, line, number)
    for key in keys:
        customer.press(key)
        await trio.sleep(1)
    await trio.sleep(3)
    return customer


async def test_the_agent_is_rung_first_hears_whom_it_is_for_and_then_the_customer_is_called() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        customer = await asks_to_be_called(world, 1, CUSTOMER)
        assert customer.leg.is_gone
        await trio.sleep(60)
        boris.hang_up()
        anna = await people.phone("201")
        assert anna.shown is not None and anna.shown.number == CUSTOMER
        assert not any(phone.account == CUSTOMER for phone in people.rung)
        anna.answer()
        await settle()
        assert [prompt for leg, prompt in world.sound.heard if leg == anna.leg.id] == [
            Phrase("queue-callback-for"),
            SpelledDigits(CUSTOMER),
            Phrase("queue-press-one-to-call"),
        ]
        anna.press("1")
        called = await people.phone(CUSTOMER)
        called.answer()
        await settle()
        assert talks_with(anna, called)
        assert not world.promises.kept and not world.office.queues.places
        called.hang_up()
        await settle()
        kinds = (CallbackPromised, CallbackBegan, CallbackKept)
        assert [type(fact) for fact in all_facts(world, *kinds)] == list(kinds)


async def test_the_place_is_kept_between_who_came_before_and_who_came_after() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        first = await waits(world, 1)
        await asks_to_be_called(world, 2, SECOND)
        third = await waits(world, 3)
        boris.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert talks_with(first, anna)
        first.hang_up()
        anna = await people.phone("201")
        assert anna.shown is not None and anna.shown.number == SECOND
        anna.answer()
        await settle()
        anna.press("1")
        second = await people.phone(SECOND)
        second.answer()
        await settle()
        assert talks_with(anna, second) and hears(world, third) == ["music"]
        second.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert talks_with(third, anna)
        third.hang_up()


async def test_a_withheld_caller_keys_his_number_in_and_a_number_that_may_not_be_called_is_refused() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        await anna_is_busy(world, people)
        customer = await waits(world, 1, "")
        customer.press("1")
        await trio.sleep(1)
        for wrong in ("112#", "90000000#", "004915112345678#"):
            customer.press(wrong)
            await trio.sleep(3)
        customer.press("29999998#")
        await trio.sleep(1)
        customer.press("1")
        await trio.sleep(1)
        (promised,) = world.promises.kept.values()
        assert promised.number == SECOND
        await trio.sleep(5)
        assert all_facts(world, CallbackRefused) == [
            CallbackRefused("112"),
            CallbackRefused("90000000"),
            CallbackRefused("004915112345678"),
        ]


@pytest.mark.parametrize("keys", ["1", "1*", "12", "12#", "1299999999999"])
async def test_who_does_not_confirm_goes_on_waiting_in_his_place(keys: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        customer = await waits(world, 1)
        for key in keys:
            customer.press(key)
            await trio.sleep(0.5)
        await trio.sleep(60)
        assert hears(world, customer) == ["music"] and not world.promises.kept
        boris.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert talks_with(customer, anna)
        customer.hang_up()


async def test_an_agent_who_answers_while_the_caller_is_asked_gets_him_and_nobody_is_called_back() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = await waits(world, 1)
        anna = await people.phone("201")
        customer.press("1")
        await trio.sleep(1)
        anna.answer()
        await settle()
        assert talks_with(customer, anna) and not world.promises.kept
        customer.hang_up()


async def test_who_confirms_while_an_agent_rings_is_called_back_by_her() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = await waits(world, 1)
        first = await people.phone("201")
        customer.press("1")
        await trio.sleep(1)
        customer.press("1")
        await settle()
        assert first.leg.is_gone and len(people.rung) == 1
        await trio.sleep(5)
        anna = await people.phone("201")
        assert customer.leg.is_gone and anna.shown is not None and anna.shown.number == CUSTOMER
        anna.hang_up()


async def test_a_busy_customer_is_tried_again_later_and_apologised_to_in_the_end() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        await asks_to_be_called(world, 1, CUSTOMER)
        boris.hang_up()
        calls = []
        for _ in range(3):
            anna = await people.phone("201")
            anna.answer()
            await settle()
            anna.press("1")
            called = await people.phone(CUSTOMER)
            calls.append(trio.current_time())
            called.reject(Cause.BUSY)
            await trio.sleep(5)
            assert anna.leg.is_gone
        assert all(later - earlier >= 120 for earlier, later in pairwise(calls))
        assert [fact.tries for fact in all_facts(world, CallbackInVain)] == [1, 2, 3]  # type: ignore[attr-defined]
        called = await people.phone(CUSTOMER)
        called.answer()
        await trio.sleep(3)
        called.press("1")
        await trio.sleep(15)
        called.hang_up()
        await settle()
        assert all_facts(world, CallbackExpired) and all_facts(world, LeftMessage)
        (message,) = world.mailboxes.kept.values()
        assert message.box == "201" and message.caller == CUSTOMER
        assert not world.promises.kept


async def test_when_the_time_is_over_the_system_calls_apologises_and_hangs_up_without_a_key() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        await anna_is_busy(world, people)
        await asks_to_be_called(world, 1, CUSTOMER)
        began = trio.current_time()
        await trio.sleep(300)
        called = await people.phone(CUSTOMER)
        assert 590 <= trio.current_time() - began <= 605
        called.answer()
        await trio.sleep(30)
        assert called.leg.is_gone and not world.promises.kept
        heard = [prompt for leg, prompt in world.sound.heard if leg == called.leg.id]
        assert heard == [
            Phrase("queue-callback-sorry"),
            Phrase("queue-press-one-for-voicemail"),
            Phrase("queue-goodbye"),
        ]


async def test_a_customer_who_cannot_be_told_either_is_given_up_after_three_calls() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        await anna_is_busy(world, people)
        await asks_to_be_called(world, 1, CUSTOMER)
        await trio.sleep(1500)
        assert len([phone for phone in people.rung if phone.account == CUSTOMER]) == 3
        assert not world.promises.kept


async def test_nobody_is_rung_for_a_callback_while_no_line_is_free() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        await asks_to_be_called(world, 1, CUSTOMER)
        world.lines["gsm1"].is_offline = True
        boris.hang_up()
        await trio.sleep(30)
        assert len(people.rung) == 1
        world.lines["gsm1"].is_offline = False
        anna = await people.phone("201")
        anna.hang_up()


async def test_an_agent_who_lets_go_while_the_customer_rings_leaves_the_promise_for_the_next_one() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        await asks_to_be_called(world, 1, CUSTOMER)
        boris.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.press("1")
        called = await people.phone(CUSTOMER)
        anna.hang_up()
        await settle()
        assert called.leg.is_gone and len(world.promises.kept) == 1
        anna = await people.phone("201")
        assert anna.shown is not None and anna.shown.number == CUSTOMER
        anna.hang_up()


async def test_an_agent_who_does_not_press_1_is_not_connected_and_the_next_one_is_rung() -> None:
    async with open_simulated_office(office_with(queue_of("201", "203", callback=Callback())), TUESDAY_NOON) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        dace_busy = world.switch.call_in(world.office, "203", "*43")
        await asks_to_be_called(world, 1, CUSTOMER)
        boris.hang_up()
        (await people.phone("201")).answer()
        await trio.sleep(1)
        dace_busy.hang_up()
        dace = await people.phone("203")
        assert dace.shown is not None and dace.shown.number == CUSTOMER
        dace.hang_up()


async def test_outside_of_its_hours_no_callback_is_offered_or_made() -> None:
    hours = {"day": OpeningHours(weekly={"tue": ("12:00-13:00",)})}
    queue = queue_of(callback=Callback(hours="day", seconds=7200))
    closing = TUESDAY_NOON + timedelta(minutes=59)
    async with open_simulated_office(office_with(queue, opening_hours=hours), closing) as world:
        people = People(world)
        boris = await anna_is_busy(world, people)
        await asks_to_be_called(world, 1, CUSTOMER)
        await trio.sleep(120)
        late = await waits(world, 2)
        late.press("1")
        await settle()
        assert hears(world, late) == ["music"]
        late.hang_up()
        boris.hang_up()
        await trio.sleep(3600)
        assert len(people.rung) == 1 and len(world.promises.kept) == 1


async def test_a_second_wish_for_the_same_number_keeps_the_better_place_only() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        await anna_is_busy(world, people)
        began = world.office.agents.now()
        await asks_to_be_called(world, 1, CUSTOMER)
        await trio.sleep(30)
        await asks_to_be_called(world, 2, CUSTOMER)
        (promised,) = world.promises.kept.values()
        assert promised.entered == began


async def test_a_colleague_is_called_back_at_his_extension() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        busy = await anna_is_busy(world, people)
        dace = world.switch.call_in(world.office, "203", "610")
        await settle()
        dace.press("1")
        await trio.sleep(1)
        dace.press("1")
        await trio.sleep(5)
        assert dace.leg.is_gone
        busy.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.press("1")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert talks_with(anna, dace)
        dace.hang_up()


PROMISED = PromisedCall(
    id="p1", queue="support", number=CUSTOMER, language=Language.LV, entered=90000.0, asked_at=90010.0, kept_at=90010.0
)


async def test_a_promise_survives_the_end_of_the_office_with_its_time() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON, promises=(PROMISED,)) as world:
        people = People(world)
        anna = await people.phone("201")
        assert anna.shown is not None and anna.shown.number == CUSTOMER
        assert world.office.agents.now() >= 90010
        anna.hang_up()


async def test_after_hours_without_power_the_customer_is_apologised_to_in_his_language() -> None:
    kept = msgspec.structs.replace(PROMISED, kept_wall=TUESDAY_NOON - timedelta(hours=2))
    async with open_simulated_office(office(), TUESDAY_NOON, promises=(kept,)) as world:
        people = People(world)
        called = await people.phone(CUSTOMER)
        called.answer()
        await settle()
        assert (called.leg.id, Phrase("queue-callback-sorry", "lv")) in world.sound.heard
        called.hang_up()


async def test_a_promise_of_a_queue_that_was_removed_is_apologised_for() -> None:
    removed = msgspec.structs.replace(office(), call_queues={}, inbound_routes=())
    async with open_simulated_office(removed, TUESDAY_NOON, promises=(PROMISED,)) as world:
        called = await People(world).phone(CUSTOMER)
        called.answer()
        await trio.sleep(3)
        called.hang_up()
        await settle()
        assert not world.promises.kept


async def test_promises_wait_while_nobody_is_logged_in() -> None:
    away = KeptAgents(agents=(Agent(number="201", logged_out_at={"queue:support": 0.0}),))
    async with open_simulated_office(office(), TUESDAY_NOON, agents=away, promises=(PROMISED,)) as world:
        people = People(world)
        await trio.sleep(60)
        assert not people.rung
        world.office.agents.log_in("201", ["queue:support"])
        (await people.phone("201")).hang_up()
        assert calls_in(world, 2)
