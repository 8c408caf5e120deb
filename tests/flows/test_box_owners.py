"""Mailboxes that are full, PINs somebody guesses at, and what their owners learn of it."""

import msgspec
import pytest
import trio

from appliance.calls.ports import Phrase, VoiceMessage
from appliance.calls.story import LeftMessage, MailboxFull, WentRound
from appliance.calls.wrong_pins import FREE_TRIES, KeptTries
from appliance.config.models import Configuration, Language, MailboxRules
from appliance.routing.boxes import box_of
from appliance.routing.owner_notices import OwnerNotice, owner_text
from appliance.services.mailbox_alarms import mailbox_alarms
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.ports import MemoryWrongPins
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import settle

LONG = VoiceMessage(id="long", box="201", path="long.wav", caller=CUSTOMER, seconds=30)


def office(rules: MailboxRules | None = None) -> Configuration:
    """Anna's box has a PIN and rules; she has a mobile."""
    anna = person("Anna", "201", mobile=MOBILE, voicemail_pin="4711", mailbox=rules or MailboxRules())
    return small_office(extensions={**small_office().extensions, "201": anna})


def phrases(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [prompt.name for leg, prompt in world.sound.heard if leg == end.leg.id and isinstance(prompt, Phrase)]


async def customer_at_night(world: SimulatedOffice, seconds: float) -> FarEnd:
    customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
    await trio.sleep(seconds)
    return customer


async def test_a_message_lasts_as_long_as_the_box_has_room_and_the_caller_hears_why() -> None:
    async with open_simulated_office(office(MailboxRules(most_minutes=1)), TUESDAY_NIGHT) as world:
        world.mailboxes.keep_soon(LONG)
        customer = await customer_at_night(world, 60)
        assert phrases(world, customer)[-1] == "message-cut" and customer.leg.is_gone
        (record,) = world.records.ended
        assert LeftMessage(box="201", seconds=30.0) in [told.fact for told in record.story]
        assert world.outbox.queued == []


@pytest.mark.parametrize(
    "rules",
    [MailboxRules(most_messages=1), MailboxRules(most_minutes=1), MailboxRules(most_megabytes=1)],
    ids=["messages", "minutes", "bytes"],
)
async def test_a_full_box_is_told_to_the_caller_and_once_a_day_to_the_owner(rules: MailboxRules) -> None:
    async with open_simulated_office(office(rules), TUESDAY_NIGHT) as world:
        world.mailboxes.keep_soon(VoiceMessage(id="x", box="201", path="x.wav", caller="", seconds=58))
        for _ in range(2):
            customer = await customer_at_night(world, 20)
            assert "mailbox-full" in phrases(world, customer)
            customer.hang_up()
            await settle()
        box = box_of(world.office.configuration, "201")
        assert box is not None
        assert world.outbox.queued == [(MOBILE, owner_text(OwnerNotice.FULL, box))]
        assert [told.fact for told in world.records.ended[0].story if isinstance(told.fact, MailboxFull)]
        await trio.sleep(24 * 3600)
        customer = await customer_at_night(world, 20)
        assert len(world.outbox.queued) == 2
        customer.hang_up()


async def test_a_full_box_is_a_trouble_on_the_page_until_something_is_deleted() -> None:
    async with open_simulated_office(office(MailboxRules(most_messages=1)), TUESDAY_NIGHT) as world:
        world.mailboxes.keep_soon(LONG)
        await customer_at_night(world, 20)
        (trouble,) = mailbox_alarms(world.office, {"201": (1, 0)})
        assert (trouble.where, "full" in trouble.cause) == ("mailbox Anna", True)
        assert list(mailbox_alarms(world.office, {"201": (0, 0)})) == []


async def test_a_caller_who_hangs_up_at_once_does_not_keep_the_notice_from_the_owner() -> None:
    async with open_simulated_office(office(MailboxRules(most_messages=1)), TUESDAY_NIGHT) as world:
        world.mailboxes.keep_soon(LONG)
        slow = world.outbox.send_sms

        async def slowly(to: str, text: str, *, line: str | None = None) -> None:
            await trio.sleep(1)
            await slow(to, text, line=line)

        world.outbox.send_sms = slowly  # type: ignore[method-assign]
        customer = await customer_at_night(world, 2.5)
        customer.hang_up()
        await trio.sleep(5)
        assert len(world.outbox.queued) == 1 and not world.office.calls


async def test_the_owner_of_a_full_box_hears_so_before_the_messages() -> None:
    async with open_simulated_office(office(MailboxRules(most_minutes=1)), TUESDAY_NOON) as world:
        world.mailboxes.keep_soon(VoiceMessage(id="x", box="201", path="x.wav", caller="", seconds=52))
        anna = world.switch.call_in(world.office, "201", "*97")
        await trio.sleep(10)
        assert phrases(world, anna)[0] == "mailbox-is-full"
        anna.hang_up()


async def test_nothing_is_forwarded_to_a_box_without_room() -> None:
    async with open_simulated_office(office(MailboxRules(most_minutes=1)), TUESDAY_NOON) as world:
        world.mailboxes.keep_soon(VoiceMessage(id="full", box="201", path="x.wav", caller="", seconds=45))
        world.mailboxes.keep_soon(VoiceMessage(id="b", box="202", path="b.wav", caller="", seconds=20))
        boris = world.switch.call_in(world.office, "202", "*97")
        await trio.sleep(2.1)
        boris.press("3")
        await trio.sleep(0.1)
        boris.press("201##")
        await trio.sleep(1)
        assert "mailbox-full" in phrases(world, boris)
        assert len(await world.mailboxes.messages("201")) == 1
        boris.hang_up()


async def guess(world: SimulatedOffice, times: int) -> FarEnd:
    """Somebody at Boris's phone keys in wrong PINs of Anna's box."""
    boris = world.switch.call_in(world.office, "202", "*98201")
    for _ in range(times):
        await trio.sleep(1)
        boris.press("0000#")
    await settle()
    return boris


async def test_too_many_wrong_pins_are_told_to_the_owner_and_are_a_trouble_on_the_page() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        await guess(world, 3)
        await trio.sleep(10)
        assert world.outbox.queued == []
        boris = await guess(world, FREE_TRIES - 3)
        boris.hang_up()
        await settle()
        box = box_of(world.office.configuration, "201")
        assert box is not None
        assert world.outbox.queued == [(MOBILE, owner_text(OwnerNotice.PIN_GUESSED, box))]
        (trouble,) = mailbox_alarms(world.office, {})
        assert "wrong PINs" in trouble.cause
        locked = world.switch.call_in(world.office, "202", "*98201")
        await trio.sleep(10)
        assert phrases(world, locked) == ["pin-wrong"], "the right PIN is not even asked for"
        await trio.sleep(120)
        assert list(mailbox_alarms(world.office, {})) == []


async def test_a_restart_lets_nobody_begin_anew_with_guessing() -> None:
    known = MemoryWrongPins({"voicemail:201": KeptTries(FREE_TRIES - 1, None)})
    async with open_simulated_office(office(), TUESDAY_NOON, wrong_pins=known) as world:
        boris = await guess(world, 1)
        assert world.office.places.wrong_pins.is_locked("voicemail:201")
        boris.hang_up()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("notice", list(OwnerNotice))
def test_every_notice_has_words_that_fit_few_messages(notice: OwnerNotice, language: Language) -> None:
    box = box_of(small_office(language=language), "201")
    assert box is not None
    assert "Anna" in owner_text(notice, box) and len(owner_text(notice, box)) <= 140


async def test_a_full_box_whose_operator_is_its_own_person_does_not_keep_the_caller_going_round() -> None:
    """The box counted as a talk, so that nobody saw the circle: he was rung for, and turned away, again and again."""
    desk = small_office().inbound_routes[0]
    route = msgspec.structs.replace(desk, to="extension:201", hours=None, closed=None)
    full = msgspec.structs.replace(office(MailboxRules(most_messages=1)), inbound_routes=(route,))
    async with open_simulated_office(full, TUESDAY_NOON) as world:
        world.mailboxes.keep_soon(LONG)
        customer = await customer_at_night(world, 600)
        assert customer.leg.is_gone
        (record,) = world.records.ended
        told = [told.fact for told in record.story]
        assert sum(isinstance(fact, MailboxFull) for fact in told) <= 5, "it ends within ten hops"
        assert any(isinstance(fact, WentRound) for fact in told)
