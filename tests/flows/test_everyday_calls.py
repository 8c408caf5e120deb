"""Everyday calls on the simulated switch, told as they happen."""

import trio
import trio.testing

from appliance.calls.names import Cause
from appliance.calls.story import (
    Answered,
    DoorAsked,
    HungUp,
    LeftMessage,
    NoAnswer,
    OffHold,
    OnHold,
    Parked,
    TransferFailed,
)
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, small_office


class People:
    """Collects the phones that ring, so that a scenario can say who does what."""

    def __init__(self, world: SimulatedOffice) -> None:
        self.world = world
        self.rung: list[FarEnd] = []
        world.switch.on_dialled = self._rings
        for line in world.lines.values():
            line.on_dialled = self._rings

    def _rings(self, phone: FarEnd) -> None:
        self.rung.append(phone)
        phone.alert()

    async def phone(self, account: str) -> FarEnd:
        """The phone of an account that rings now; waits until it does."""
        for _ in range(600):
            await trio.testing.wait_all_tasks_blocked()
            for phone in self.rung:
                if phone.account == account and not phone.leg.is_gone and not phone.leg.is_answered:
                    return phone
            await trio.sleep(1)
        raise AssertionError(f"the phone of {account} does not ring")


def customer_calls(world: SimulatedOffice) -> FarEnd:
    line = world.lines["gsm1"]
    return line.call_from_line(world.office, "gsm1", CUSTOMER)


def only_story(world: SimulatedOffice) -> list[object]:
    (record,) = world.records.ended
    return [told.fact for told in record.story]


async def settle() -> None:
    await trio.testing.wait_all_tasks_blocked()


async def test_first_answer_is_bridged_and_the_others_stop_ringing() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna, boris, dace = [await people.phone(number) for number in ("201", "202", "203")]
        assert customer.hears_ringing
        boris.answer()
        await settle()
        assert customer.leg.is_answered
        assert (anna.ended_with, dace.ended_with) == (Cause.ANSWERED_ELSEWHERE, Cause.ANSWERED_ELSEWHERE)
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        await trio.sleep(60)
        customer.hang_up()
        await settle()
        assert boris.ended_with is Cause.NORMAL
        assert not world.office.legs and not world.sound.attached
    (record,) = world.records.ended
    assert record.talk_seconds == 60
    assert Answered(member="202", after_seconds=0) in only_story(world)
    assert only_story(world)[-1] == HungUp(by=CUSTOMER, cause=Cause.NORMAL)


async def test_nobody_answers_so_the_caller_leaves_a_message() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        People(world)
        customer = customer_calls(world)
        await trio.sleep(25 + 20)
        customer.hang_up()
        await settle()
        story = only_story(world)
        assert NoAnswer(group="Sales", seconds=25) in story
        assert any(isinstance(fact, LeftMessage) and fact.box == "201" for fact in story)
        (message,) = world.mailboxes.kept.values()
        assert message.caller == CUSTOMER


async def test_a_group_without_phones_is_passed_over_at_once() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        world.switch.phones.clear()
        customer = customer_calls(world)
        await trio.sleep(20)
        customer.hang_up()
        await settle()
        assert not any(isinstance(fact, NoAnswer) for fact in only_story(world)), "nobody was asked"
        assert len(world.mailboxes.kept) == 1


async def test_after_hours_the_caller_reaches_voicemail_without_a_phone_ringing() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        people = People(world)
        customer = customer_calls(world)
        await trio.sleep(20)
        customer.hang_up()
        await settle()
        assert people.rung == []
        assert len(world.mailboxes.kept) == 1


async def test_the_holder_leaves_the_other_with_music_and_takes_him_back() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        boris.hold()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == ["music"] and world.sound.heard_by(boris.leg.id) == []
        boris.resume()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]
        anna.hang_up()
        await settle()
        assert {OnHold(member="Boris"), OffHold(member="Boris")} <= set(only_story(world))


async def test_blind_transfer_rings_the_target_for_the_customer() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("203")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert anna.transfer_reports == [180, 200]
        assert anna.leg.is_gone
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(dace.leg.id) == ["bridge"]
        dace.hang_up()
        await settle()
        assert customer.leg.is_gone and len(world.records.ended) == 1


async def test_failed_transfer_gives_the_customer_back_to_the_transferor() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("203")
        (await people.phone("203")).reject()
        await settle()
        assert anna.transfer_reports[-1] == Cause.BUSY
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(anna.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert any(isinstance(fact, TransferFailed) for fact in only_story(world))


async def test_failed_transfer_rings_the_transferor_again_who_had_hung_up() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("203")
        dace = await people.phone("203")
        anna.hang_up()
        dace.reject()
        again = await people.phone("201")
        again.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_attended_transfer_connects_both_without_a_new_call() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.hold()
        second = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        dialled_before = len(people.rung)
        anna.transfer_to(second)
        await settle()
        assert anna.transfer_reports == [200]
        assert anna.leg.is_gone and second.leg.is_gone
        assert len(people.rung) == dialled_before
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert boris.leg.is_gone and len(world.records.ended) == 2


async def test_parked_caller_is_fetched_by_dialling_the_slot() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("70")
        await trio.sleep(10)
        assert world.sound.heard_by(customer.leg.id) == ["music"]
        assert world.office.places.parked.keys() == {"71"}
        boris = world.switch.call_in(world.office, "202", "71")
        await settle()
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        assert not world.office.places.parked
        boris.hang_up()
        await settle()
        assert any(isinstance(told.fact, Parked) for record in world.records.ended for told in record.story)


async def test_parked_caller_returns_to_who_parked_him() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("75")
        await trio.sleep(95)
        again = await people.phone("201")
        again.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_a_ringing_call_is_picked_up_at_another_desk() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        anna = await people.phone("201")
        boris = world.switch.call_in(world.office, "202", "**201")
        await settle()
        assert boris.leg.is_answered and anna.leg.is_gone
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        customer.hang_up()


async def test_a_mobile_must_press_1_before_it_gets_the_caller() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "203")
        await trio.sleep(11)
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        assert not anna.leg.is_answered
        mobile.press("1")
        await settle()
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(mobile.leg.id) == ["bridge"]
        mobile.hang_up()


async def test_a_mobiles_own_mailbox_does_not_take_the_caller() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "203")
        await trio.sleep(11)
        (await people.phone(MOBILE)).answer()
        await trio.sleep(45)
        anna.hang_up()
        await settle()
        assert [message.box for message in world.mailboxes.kept.values()] in ([], ["203"])
        assert not any(attachment.what == "bridge" for attachment in world.sound.attached)


async def test_the_answerer_opens_the_door_with_its_key_and_the_street_cannot() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        visitor = world.switch.ring_door(world.office, "front")
        assert visitor is not None and world.switch.ring_door(world.office, "front") is None
        anna = await people.phone("201")
        assert anna.shown is not None and (anna.shown.name, anna.shown.ring_tone) == ("Front door", "door")
        anna.answer()
        await settle()
        visitor.press("5")
        anna.press("4")
        await settle()
        assert world.door.asked == []
        anna.press("5")
        await settle()
        assert world.door.asked == [("front", "201")]
        anna.hang_up()
        await settle()
        assert DoorAsked(door="front", by="201", granted=True) in only_story(world)


async def test_a_call_that_matches_nothing_rings_the_default_desk() -> None:
    async with open_simulated_office(small_office(inbound_routes=()), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        (await people.phone("201")).answer()
        await settle()
        assert customer.leg.is_answered
        customer.hang_up()


async def test_an_outside_call_takes_the_line_and_a_second_one_hears_that_none_is_free() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        far = await people.phone(CUSTOMER)
        far.answer()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]
        boris = world.switch.call_in(world.office, "202", "28888888")
        await trio.sleep(5)
        assert boris.ended_with is not None
        anna.hang_up()


async def test_a_fault_in_a_step_ends_only_its_own_call() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        (await people.phone("201")).answer()
        await settle()
        broken = world.switch.call_in(world.office, "202", "203")
        (call,) = [call for call in world.office.calls.values() if call.principal is broken.leg]
        call.redirect(_broken_step)
        await settle()
        assert broken.ended_with is Cause.TEMPORARY_FAILURE
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def _broken_step(call: object) -> None:
    raise RuntimeError("a bug of ours")
