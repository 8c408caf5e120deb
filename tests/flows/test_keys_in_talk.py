"""What people ask for by keys during a talk: transfers, a question meanwhile, a third party."""

import pytest
import trio

from appliance.calls.facts import DtmfTransport
from appliance.calls.names import Cause, Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import (
    ConsultBegan,
    ConsultFailed,
    Parked,
    PartyAdded,
    PartyLeft,
    TookBack,
    TransferBegan,
    TransferFailed,
)
from appliance.config.models import Configuration, Diversion, Door, FeatureCodes, OutboundRoute, TalkFeature
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle


async def customer_talks_to_anna(world: SimulatedOffice, people: People) -> tuple[FarEnd, FarEnd]:
    customer = customer_calls(world)
    anna = await people.phone("201")
    anna.answer()
    await settle()
    return customer, anna


async def keyed(end: FarEnd, keys: str) -> None:
    """Press keys, and wait until all of them are read."""
    end.press(keys)
    await trio.sleep(2)


def hears(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return world.sound.heard_by(end.leg.id)


def are_bridged(world: SimulatedOffice, *ends: FarEnd) -> bool:
    """Whether these and nobody else hear each other."""
    bridges = [set(attached.legs) for attached in world.sound.attached if attached.what == "bridge"]
    return {end.leg.id for end in ends} in bridges


def phrases(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [said.name for leg, said in world.sound.heard if leg == end.leg.id and isinstance(said, Phrase)]


# Keys that are no codes.


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


# Blind transfer.


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


# Attended transfer.


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


# Three at once.


async def test_three_talk_and_whoever_leaves_the_others_go_on() -> None:
    for leaves in range(3):
        async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
            people = People(world)
            customer, anna = await customer_talks_to_anna(world, people)
            await keyed(anna, "*3203#")
            dace = await people.phone("203")
            dace.answer()
            await settle()
            three = [customer, anna, dace]
            assert are_bridged(world, *three)
            anna.press("8")
            await settle()
            assert customer.digits_heard == dace.digits_heard == "8"
            three.pop(leaves).hang_up()
            await settle()
            assert are_bridged(world, *three)
            three.pop().hang_up()
            await settle()
            assert three[0].leg.is_gone and not world.office.calls
            story = only_story(world)
            assert PartyAdded(by="Anna", member="Dace") in story
            assert sum(isinstance(fact, PartyLeft) for fact in story) == 1


async def test_a_question_becomes_a_talk_of_three() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*2203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        await keyed(anna, "*3")
        assert are_bridged(world, customer, anna, dace)
        # Of two others none can be sent away.
        await keyed(anna, "##202#")
        anna.transfer("202")
        await settle()
        assert are_bridged(world, customer, anna, dace) and anna.transfer_reports == [Cause.REJECTED]
        dace.hold()
        await settle()
        assert are_bridged(world, customer, anna) and hears(world, dace) == []
        dace.resume()
        await settle()
        assert are_bridged(world, customer, anna, dace)
        dace.hang_up()
        await settle()
        await keyed(anna, "##202#")
        (await people.phone("202")).answer()
        await settle()
        assert anna.leg.is_gone, "of the one other party the codes work again"
        customer.hang_up()


async def test_an_attended_transfer_into_a_talk_of_three_is_refused() -> None:
    """A phone that transfers by Replaces leaves its other call, which the two others there would lose."""
    lines = {name: small_office().lines["gsm1"] for name in ("gsm1", "gsm2")}
    async with open_simulated_office(small_office(lines=lines), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*3203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        second = world.switch.call_in(world.office, "201", "202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        second.transfer_to(anna)
        await settle()
        assert second.transfer_reports == [Cause.REJECTED]
        assert are_bridged(world, customer, anna, dace) and are_bridged(world, second, boris)
        customer.hang_up()
        second.hang_up()


# The mobile as an extension.


def with_mobile(**rights: object) -> Configuration:
    """Dace does not answer; her calls go to Boris's mobile, which he must accept by 1."""
    office = small_office()
    office.extensions["202"] = person("Boris", "202", mobile=MOBILE, **rights)
    return office


async def anna_reaches_the_mobile(world: SimulatedOffice, people: People) -> tuple[FarEnd, FarEnd]:
    anna = world.switch.call_in(world.office, "201", "203")
    await trio.sleep(11)
    mobile = await people.phone(MOBILE)
    mobile.answer()
    await settle()
    mobile.press("1", DtmfTransport.INBAND)
    await settle()
    assert are_bridged(world, anna, mobile)
    return anna, mobile


async def test_a_mobile_that_took_a_forwarded_call_transfers_asks_and_parks_by_tones() -> None:
    async with open_simulated_office(with_mobile(), TUESDAY_NOON) as world:
        people = People(world)
        anna, mobile = await anna_reaches_the_mobile(world, people)
        mobile.press("*2202#", DtmfTransport.INBAND)
        boris = await people.phone("202")
        assert boris.shown is not None and boris.shown.number == MOBILE
        boris.answer()
        await settle()
        mobile.press("##", DtmfTransport.INBAND)
        await settle()
        assert are_bridged(world, anna, mobile)
        mobile.press("##70#", DtmfTransport.INBAND)
        await trio.sleep(6)
        assert world.office.places.parked.keys() == {"71"} and mobile.leg.is_gone
        anna.hang_up()


async def test_what_a_mobile_parked_comes_back_to_the_mobile_and_then_to_the_default_desk() -> None:
    office = with_mobile()
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "203")
        await trio.sleep(11)
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        mobile.press("1")
        await settle()
        await keyed(mobile, "##71#")
        await trio.sleep(95)
        again = await people.phone(MOBILE)
        assert again is not mobile
        again.reject()
        (await people.phone("201")).answer()
        await settle()
        assert hears(world, boris) == ["bridge"]
        boris.hang_up()


@pytest.mark.parametrize(
    ("rights", "is_dialled"), [({}, True), ({"may_call_outside": False}, False), ({"mobile": None}, False)]
)
async def test_a_mobile_brings_in_numbers_outside_only_for_one_who_may(
    rights: dict[str, object], is_dialled: bool
) -> None:
    lines = {name: small_office().lines["gsm1"] for name in ("gsm1", "gsm2")}
    routes = (OutboundRoute(name="All", lines=("gsm1", "gsm2")),)
    office = small_office(lines=lines, outbound_routes=routes)
    office.extensions["202"] = person("Boris", "202", **({"mobile": MOBILE} | rights))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        anna, mobile = await anna_reaches_the_mobile(world, people)
        await keyed(mobile, "##29999998#")
        assert world.lines["gsm2"].dialled == (["+37129999998"] if is_dialled else [])
        anna.hang_up()


@pytest.mark.parametrize("may", [True, False])
async def test_a_customer_is_connected_with_a_number_outside_only_by_one_who_may(may: bool) -> None:
    lines = {name: small_office().lines["gsm1"] for name in ("gsm1", "gsm2")}
    office = small_office(lines=lines, outbound_routes=(OutboundRoute(name="All", lines=("gsm1", "gsm2")),))
    office.extensions["201"] = person("Anna", "201", may_transfer_outside=may)
    for code in ("##", "*2", "*3"):
        async with open_simulated_office(office, TUESDAY_NOON) as world:
            people = People(world)
            customer, anna = await customer_talks_to_anna(world, people)
            await keyed(anna, f"{code}29999998#")
            await trio.sleep(3)
            assert world.lines["gsm2"].dialled == (["+37129999998"] if may else [])
            assert ("cannot-connect" in phrases(world, anna)) is not may
            customer.hang_up()


# Settings.


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
