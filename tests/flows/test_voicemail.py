"""Leaving a voicemail, told as it happens."""

import msgspec
import pytest
import trio
import trio.testing

from appliance.calls.ports import BEEP, Counted, Phrase, Recorded, VoiceMessage
from appliance.calls.story import LeftMessage, NoMessage
from appliance.config.models import Configuration, InboundRoute, Mailbox, MailboxRules, MailServer
from appliance.errors import PorterError
from appliance.flows.voicemail import LONGEST_SECONDS
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, settle

GREETING_AND_BEEP = 4.4
"""Seconds: two simulated prompts, that it is closed and what to do, and one beep."""


async def caller_hears_the_beep(world: SimulatedOffice) -> FarEnd:
    """A customer after hours, at the moment the recording begins."""
    customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
    await trio.sleep(GREETING_AND_BEEP)
    await trio.testing.wait_all_tasks_blocked()
    assert customer.leg.is_answered
    assert world.sound.heard_by(customer.leg.id) == ["record"]
    return customer


def story(world: SimulatedOffice) -> list[object]:
    (record,) = world.records.ended
    return [told.fact for told in record.story]


async def test_a_message_is_kept_when_the_caller_hangs_up() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = await caller_hears_the_beep(world)
        await trio.sleep(7)
        customer.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        (message,) = world.mailboxes.kept.values()
    assert (message.box, message.caller, message.seconds) == ("201", CUSTOMER, 7)
    assert message.left_at is not None and message.id and message.path
    assert LeftMessage(box="201", seconds=7) in story(world)
    assert world.mailboxes.discarded == []


async def test_the_hash_key_ends_a_message_and_the_caller_hears_that_it_is_kept() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = await caller_hears_the_beep(world)
        await trio.sleep(5)
        customer.press("1#")
        await trio.sleep(10)
        assert customer.leg.is_gone
        assert [prompt for _, prompt in world.sound.heard] == [
            Phrase("greeting-closed"),
            Phrase("voicemail-greeting"),
            BEEP,
            Phrase("message-kept"),
        ]
        assert len(world.mailboxes.kept) == 1


async def test_a_key_during_the_greeting_goes_to_the_beep() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(0.5)
        customer.press("#")
        await trio.sleep(0.5)
        assert world.sound.heard_by(customer.leg.id) == ["record"]
        customer.hang_up()


@pytest.mark.parametrize("seconds", [0.0, 1.9])
async def test_what_is_too_short_is_no_message(seconds: float) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = await caller_hears_the_beep(world)
        await trio.sleep(seconds)
        customer.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert not world.mailboxes.kept
        assert len(world.mailboxes.discarded) == 1
    assert NoMessage(box="201") in story(world)


async def test_who_hangs_up_in_the_greeting_is_told_to_have_reached_the_box() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(0.5)
        customer.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert not world.mailboxes.discarded
    assert NoMessage(box="201") in story(world)


async def test_hanging_up_in_the_beep_leaves_nothing_behind() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(4.2)
        customer.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert len(world.mailboxes.discarded) == 1 and not world.mailboxes.kept
        assert not world.sound.attached


async def test_a_message_without_end_is_ended() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = await caller_hears_the_beep(world)
        await trio.sleep(LONGEST_SECONDS + 5)
        assert customer.leg.is_gone
        (message,) = world.mailboxes.kept.values()
        assert message.seconds == LONGEST_SECONDS


async def test_the_owners_own_greeting_is_played_and_a_message_of_a_colleague_bears_his_name() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        world.mailboxes.greetings["203", "always"] = "memory:anna-greets"
        world.switch.phones["203"] = 0
        office = small_office(extensions={**small_office().extensions, "203": person("Dace", "203")})
        await world.office.follow(office)
        boris = world.switch.call_in(world.office, "202", "203")
        await trio.sleep(12)
        boris.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        (message,) = world.mailboxes.kept.values()
        assert (message.box, message.caller, message.caller_name) == ("203", "202", "Boris")
        assert any(getattr(prompt, "path", "") == "memory:anna-greets" for _, prompt in world.sound.heard)


async def test_a_full_disk_is_told_to_the_caller() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:

        async def no_room(box: str) -> str:
            raise PorterError("The disk is full.", "Delete old messages.")

        world.mailboxes.new_recording = no_room  # type: ignore[method-assign]
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(10)
        assert customer.leg.is_gone
        assert world.sound.heard[-1][1] == Phrase("cannot-record")
    assert NoMessage(box="201") in story(world)


# Greetings by reason, the operator, and boxes that are full.


def office_with_boxes(**changes: object) -> Configuration:
    """Anna and Boris share a box; Dace's own one is small and sends callers to Boris."""
    people = small_office().extensions
    dace = person("Dace", "203", mailbox=MailboxRules(most_messages=1, operator="extension:202"))
    team = Mailbox(name="Team", number="699", members=("201", "202"), pin="8391")
    return small_office(extensions={**people, "203": dace}, mailboxes={"team": team}, **changes)


def said_to(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [said.name for leg, said in world.sound.heard if leg == end.leg.id and isinstance(said, Phrase)]


@pytest.mark.parametrize(
    ("happens", "greeting"),
    [("busy", "greeting-busy"), ("no_answer", "greeting-no-answer"), ("unreachable", "greeting-unreachable")],
)
async def test_the_greeting_says_why(happens: str, greeting: str) -> None:
    async with open_simulated_office(office_with_boxes(), TUESDAY_NOON) as world:
        if happens == "busy":
            world.switch.on_dialled = lambda phone: trio.lowlevel.spawn_system_task(rejects, phone)  # type: ignore[assignment]
        if happens == "unreachable":
            world.switch.phones.clear()
        boris = world.switch.call_in(world.office, "202", "203")
        await trio.sleep(30)
        assert said_to(world, boris)[:2] == [greeting, "voicemail-greeting"]
        boris.hang_up()


async def rejects(phone: FarEnd) -> None:
    phone.reject()


async def test_own_greetings_of_a_reason_come_before_the_general_one() -> None:
    async with open_simulated_office(office_with_boxes(), TUESDAY_NOON) as world:
        world.mailboxes.greetings |= {("203", "always"): "always", ("203", "unreachable"): "unreachable"}
        world.switch.phones.clear()
        boris = world.switch.call_in(world.office, "202", "203")
        await trio.sleep(1)
        assert [said.path for _, said in world.sound.heard if isinstance(said, Recorded)] == ["unreachable"]
        boris.hang_up()


async def test_nought_reaches_the_operator_and_what_was_said_is_kept() -> None:
    async with open_simulated_office(office_with_boxes(), TUESDAY_NOON) as world:
        world.switch.phones["203"] = 0
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "203")
        await trio.sleep(GREETING_AND_BEEP + 4)
        anna.press("0")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        (message,) = world.mailboxes.kept.values()
        assert message.box == "203" and message.seconds == pytest.approx(4, abs=0.1)


async def test_a_full_box_says_so_and_leads_to_the_operator() -> None:
    async with open_simulated_office(office_with_boxes(), TUESDAY_NOON) as world:
        world.switch.phones["203"] = 0
        world.mailboxes.keep_soon(VoiceMessage(id="one", box="203", path="one.wav", caller="201"))
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "203")
        await people.phone("202")
        assert said_to(world, anna) == ["mailbox-full"]
        assert len(world.mailboxes.kept) == 1


async def test_the_owner_listens_from_outside_by_star_and_pin() -> None:
    routes = (InboundRoute(name="Main", line="gsm1", to="voicemail:team"),)
    async with open_simulated_office(office_with_boxes(inbound_routes=routes), TUESDAY_NOON) as world:
        world.mailboxes.keep_soon(VoiceMessage(id="one", box="team", path="one.wav", caller=""))
        mobile = customer_calls(world)
        await trio.sleep(1)
        mobile.press("*")
        await settle()
        mobile.press("8391#")
        await trio.sleep(20)
        assert any(isinstance(said, Recorded) and said.path == "one.wav" for _, said in world.sound.heard)
        mobile.hang_up()


async def test_who_guesses_at_a_pin_has_to_wait_whatever_line_he_takes() -> None:
    routes = (InboundRoute(name="Main", line="gsm1", to="voicemail:team"),)
    async with open_simulated_office(office_with_boxes(inbound_routes=routes), TUESDAY_NOON) as world:
        for call in range(3):
            mobile = customer_calls(world)
            await trio.sleep(1)
            mobile.press("*")
            for _ in range(3):
                await settle()
                mobile.press("8391#" if call == 2 else "0000#")
            await trio.sleep(10)
            assert mobile.leg.is_gone
        assert not any(isinstance(said, Counted) for _, said in world.sound.heard), "nobody got in"


async def test_a_message_of_a_team_lights_every_member_s_lamp_and_counts_as_heard_for_all() -> None:
    async with open_simulated_office(office_with_boxes(), TUESDAY_NOON) as world:
        world.mailboxes.keep_soon(VoiceMessage(id="one", box="team", path="one.wav", caller=""))
        anna = world.switch.call_in(world.office, "201", "*97")
        await trio.sleep(60)
        assert anna.leg.is_gone
        assert [said.path for _, said in world.sound.heard if isinstance(said, Recorded)] == ["one.wav"]
        assert world.mailboxes.kept["one"].heard


async def test_mail_is_asked_for_only_where_the_office_sends_some() -> None:
    office = office_with_boxes(mail=MailServer(server="smtp.example.com", sender="office@example.com"))
    people = {**office.extensions, "203": person("Dace", "203", email="dace@example.com")}
    for configuration, receiver in (
        (small_office(extensions=people), ""),
        (msgspec.structs.replace(office, extensions=people), "dace@example.com"),
    ):
        async with open_simulated_office(configuration, TUESDAY_NOON) as world:
            world.switch.phones.clear()
            anna = world.switch.call_in(world.office, "201", "203")
            await trio.sleep(GREETING_AND_BEEP + 4)
            anna.hang_up()
            await settle()
            assert [message.mail_to for message in world.mailboxes.kept.values()] == [receiver]
