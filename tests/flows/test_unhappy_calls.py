"""Calls that do not go as hoped: every caller hears something, is told the truth, and is let go."""

import trio

from appliance.calls.names import Cause, PartyKind
from appliance.calls.ports import Phrase
from appliance.calls.story import Joined, LeftMessage, NotRung, StepBegan
from appliance.config.models import Diversion, GsmLine, OutboundRoute, RingGroup
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle


def phrases_heard(world: SimulatedOffice, far_end: FarEnd) -> list[str]:
    return [prompt.name for leg, prompt in world.sound.heard if leg == far_end.leg.id and isinstance(prompt, Phrase)]


async def answered_by_anna(world: SimulatedOffice, people: People) -> tuple[FarEnd, FarEnd]:
    """A customer who talks to Anna."""
    customer = customer_calls(world)
    anna = await people.phone("201")
    anna.answer()
    await settle()
    return customer, anna


# Before the answer.


async def test_a_mobile_caller_is_answered_to_hear_why_nobody_comes() -> None:
    office = small_office(default_desk=f"outside:{MOBILE}", inbound_routes=())
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        customer = customer_calls(world)
        await settle()
        assert customer.leg.is_answered, "GSM has no sound before the answer"
        assert phrases_heard(world, customer) == ["nobody-takes-your-call"]
        await trio.sleep(5)
        assert customer.leg.is_gone


async def test_a_phone_hears_an_announcement_without_being_answered() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "999")
        await settle()
        assert anna.hears_early_sound and not anna.leg.is_answered
        assert phrases_heard(world, anna) == ["number-unknown"]


async def test_a_person_who_dials_a_group_is_led_on_like_any_caller() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        People(world)
        anna = world.switch.call_in(world.office, "202", "600")
        await trio.sleep(40)
        anna.hang_up()
        await settle()
        assert any(isinstance(fact, LeftMessage) for fact in only_story(world))


async def test_a_group_does_not_ring_the_one_who_calls_it() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "600")
        await settle()
        assert sorted(phone.account for phone in people.rung) == ["201", "203"]
        boris.hang_up()


async def test_one_busy_member_does_not_make_the_group_busy() -> None:
    group = RingGroup(name="Sales", number="600", members=("201", "202"), then="hang_up")
    async with open_simulated_office(small_office(ring_groups={"sales": group}), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        (await people.phone("201")).reject(Cause.BUSY)
        await trio.sleep(30)
        assert customer.ended_with is Cause.NO_ANSWER


async def test_the_line_that_breaks_while_it_rings_is_told_as_it_is() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).reject(Cause.OUT_OF_ORDER)
        await settle()
        assert phrases_heard(world, anna) == ["no-line-free"]
        await trio.sleep(5)
        assert anna.ended_with is Cause.ABSENT


async def test_a_number_that_does_not_exist_outside_is_said_to_be_unknown() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).reject(Cause.UNALLOCATED)
        await settle()
        assert phrases_heard(world, anna) == ["number-unknown"]
        await trio.sleep(5)
        assert anna.ended_with is Cause.UNALLOCATED


async def test_who_is_asked_to_accept_may_finish_though_the_time_to_ring_is_over() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "203")
        await trio.sleep(10 + 28)
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await trio.sleep(4)
        mobile.press("1")
        await settle()
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(mobile.leg.id) == ["bridge"]
        anna.hang_up()


async def test_keys_pressed_while_it_rings_do_not_skip_the_greeting() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        People(world)
        customer = customer_calls(world)
        await trio.sleep(20)
        customer.press("#")
        await trio.sleep(5 + 1)
        assert world.sound.heard_by(customer.leg.id) == ["play"], "still the greeting"
        await trio.sleep(20)
        customer.hang_up()
        await settle()
        assert len(world.mailboxes.kept) == 1


async def test_keys_pressed_while_it_rings_are_not_heard_by_who_answers() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        await trio.sleep(5)
        customer.press("123" * 60)
        anna = await people.phone("201")
        anna.answer()
        await trio.sleep(3)
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]
        assert anna.digits_heard == ""
        customer.press("7")
        await trio.sleep(3)
        assert anna.digits_heard == "7"
        customer.hang_up()


async def test_a_code_pressed_while_it_rings_is_not_obeyed_in_the_talk() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        anna.press("##70")
        boris.answer()
        await trio.sleep(5)
        assert world.sound.heard_by(boris.leg.id) == ["bridge"], "still talks to Anna"
        anna.hang_up()


# Emergency calls.


async def test_an_emergency_call_takes_the_line_from_another_call() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, _ = await answered_by_anna(world, people)
        boris = world.switch.call_in(world.office, "202", "112")
        help_desk = await people.phone("112")
        assert customer.leg.is_gone
        help_desk.answer()
        await settle()
        assert world.sound.heard_by(boris.leg.id) == ["bridge"]
        boris.hang_up()


async def test_an_emergency_call_never_takes_the_line_from_another_emergency_call() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "112")
        (await people.phone("112")).answer()
        await settle()
        boris = world.switch.call_in(world.office, "202", "113")
        await trio.sleep(10)
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]
        assert phrases_heard(world, boris) == ["no-line-free"]
        anna.hang_up()


async def test_an_emergency_call_tries_every_line_whatever_the_first_one_says() -> None:
    two_lines = {name: GsmLine(at_port=name, audio_port=f"{name}a", simulated=True) for name in ("gsm1", "gsm2")}
    routes = (OutboundRoute(name="All", lines=("gsm1",)),)
    async with open_simulated_office(small_office(lines=two_lines, outbound_routes=routes), TUESDAY_NOON) as world:
        people = People(world)
        world.switch.call_in(world.office, "201", "112")
        (await people.phone("112")).reject(Cause.REJECTED)
        second = await people.phone("112")
        assert second.leg.party.line == "gsm2"
        second.answer()
        await settle()
        assert second.leg.is_answered
        second.hang_up()


async def test_an_emergency_call_is_tried_on_a_line_that_says_it_is_offline() -> None:
    """A modem without a network of its own may still call for help over any other (3GPP TS 22.101 §10)."""
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        world.lines["gsm1"].is_offline = True
        anna = world.switch.call_in(world.office, "201", "112")
        await settle()
        assert world.lines["gsm1"].dialled == ["112"]
        assert phrases_heard(world, anna) == ["no-line-free"]


# Transfers and parking.


async def test_a_customer_on_hold_whose_transfer_fails_hears_music_again() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        anna.hold()
        anna.transfer("202")
        (await people.phone("202")).reject()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["music"]
        anna.resume()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_parking_goes_on_when_the_one_who_parks_hangs_up_at_once() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        anna.transfer("70")
        await settle()
        anna.hang_up()
        await settle()
        assert world.office.places.parked.keys() == {"71"}
        await trio.sleep(95)
        (await people.phone("201")).answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_two_who_park_at_the_same_time_get_a_slot_each() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        _, anna = await answered_by_anna(world, people)
        boris = world.switch.call_in(world.office, "202", "203")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        anna.transfer("70")
        dace.transfer("70")
        await trio.sleep(10)
        assert world.office.places.parked.keys() == {"71", "72"}
        boris.hang_up()


async def test_a_parked_caller_whose_parker_is_away_reaches_the_default_desk() -> None:
    async with open_simulated_office(small_office(default_desk="extension:202"), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        anna.transfer("70")
        await trio.sleep(5)
        world.switch.phones["201"] = 0
        await trio.sleep(95)
        (await people.phone("202")).answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()


async def test_a_customer_nobody_wants_goes_to_the_mailbox_of_who_transferred_him() -> None:
    """Not to what would have followed had nobody answered in the first place."""
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        boris = await people.phone("202")
        boris.answer()
        await settle()
        boris.transfer("201")
        await people.phone("201")
        boris.hang_up()
        await trio.sleep(120)
        customer.hang_up()
        await settle()
        assert [message.box for message in world.mailboxes.kept.values()] == ["202"]


async def test_a_message_names_the_one_who_left_it_and_not_who_had_called_him() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        customer = await people.phone(CUSTOMER)
        customer.answer()
        await settle()
        anna.transfer("202")
        await settle()
        anna.hang_up()
        await trio.sleep(70)
        customer.hang_up()
        await settle()
        (message,) = world.mailboxes.kept.values()
        assert message.caller == CUSTOMER


async def test_a_transfer_to_somebody_who_forwards_everything_is_forwarded() -> None:
    office = small_office()
    office.extensions["202"] = person("Boris", "202", divert=Diversion(always="extension:203"))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        anna.transfer("202")
        (await people.phone("203")).answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        assert anna.leg.is_gone
        customer.hang_up()


async def test_who_may_not_call_outside_cannot_transfer_there_either() -> None:
    office = small_office()
    office.extensions["201"] = person("Anna", "201", may_call_outside=False)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "201")
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("29999999")
        await settle()
        assert anna.transfer_reports == [Cause.NOT_ALLOWED]
        assert world.lines["gsm1"].dialled == []
        assert world.sound.heard_by(boris.leg.id) == world.sound.heard_by(anna.leg.id) == ["bridge"]
        boris.hang_up()


# The door.


async def test_a_caller_from_outside_who_was_transferred_to_the_door_cannot_open_it() -> None:
    """Only a party we rang, or a phone of the house, may: a caller's number proves nothing (CHECKLIST A13, A17)."""
    office = small_office(ring_groups={"sales": RingGroup(name="Sales", number="600", members=("201", "202"))})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        visitor = world.switch.ring_door(world.office, "front")
        assert visitor is not None
        again = await people.phone("201")
        again.answer()
        await settle()
        anna.transfer_to(again)
        await settle()
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(visitor.leg.id) == ["bridge"]
        customer.press("5")
        await settle()
        assert world.door.asked == []
        customer.hang_up()


async def test_a_visitor_whom_nobody_answers_hears_so() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        People(world)
        visitor = world.switch.ring_door(world.office, "front")
        assert visitor is not None
        await trio.sleep(40)
        assert phrases_heard(world, visitor) == ["nobody-comes-to-the-door"]
        assert visitor.leg.is_gone and visitor.leg.party.kind is PartyKind.DOOR


# Causes and stories.


async def test_a_caller_who_left_a_message_was_served() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        People(world)
        customer = customer_calls(world)
        await trio.sleep(40)
        customer.press("#")
        await trio.sleep(5)
        assert customer.ended_with is Cause.NORMAL
    (record,) = world.records.ended
    assert record.cause is Cause.NORMAL


async def test_a_pickup_that_comes_too_late_is_told_to_its_own_party_only() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        await people.phone("201")
        boris = world.switch.call_in(world.office, "202", "**201")
        customer.hang_up()
        await settle()
        assert phrases_heard(world, boris) == ["nothing-to-pick-up"]
        (first, *_) = world.records.ended
        assert not any(isinstance(told.fact, Joined) for told in first.story)
        boris.hang_up()


async def test_an_office_that_closes_lets_everybody_go_and_takes_nobody() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        world.office.close()
        late = world.switch.call_in(world.office, "202", "203")
        await settle()
        assert late.leg.is_gone
        assert customer.leg.is_gone and anna.leg.is_gone and not world.office.calls


async def test_an_extension_without_phones_is_told_and_its_caller_reaches_the_mailbox() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        world.switch.phones["202"] = 0
        anna = world.switch.call_in(world.office, "201", "202")
        await settle()
        assert StepBegan(flow="leave_message") in next(iter(world.office.calls.values())).story
        anna.hang_up()


async def test_do_not_disturb_lets_nothing_ring() -> None:
    office = small_office()
    office.extensions["202"] = person("Boris", "202", do_not_disturb=True)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "202")
        await settle()
        assert people.rung == []
        anna.hang_up()
        await settle()
        assert NotRung(member="202", reason="do not disturb") in only_story(world)


async def test_a_stranger_cannot_listen_to_a_mailbox_without_a_pin() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        stranger = world.switch.call_in(world.office, "not-an-extension", "*97")
        boris = world.switch.call_in(world.office, "202", "*98201")
        await settle()
        assert phrases_heard(world, stranger) == ["number-unknown"]
        assert phrases_heard(world, boris) == ["pin-wrong"]


async def test_calls_that_break_while_they_end_leave_the_others_alone() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, _ = await answered_by_anna(world, people)

        def break_down(leg: object, cause: object) -> None:
            raise RuntimeError("a bug of ours")

        other = world.switch.call_in(world.office, "202", "*43")
        await settle()
        good, world.switch.hang_up = world.switch.hang_up, break_down  # type: ignore[method-assign]
        (call,) = [call for call in world.office.calls.values() if call.principal is other.leg]
        call.end()
        await settle()
        world.switch.hang_up = good  # type: ignore[method-assign]
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        assert call.id not in world.office.calls and other.leg.is_gone
        customer.hang_up()


async def test_a_transfer_asked_for_outside_of_a_talk_is_refused_at_once() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*97")
        await settle()
        anna.transfer("202")
        assert anna.transfer_reports == [Cause.REJECTED]
        anna.hang_up()
