"""Listening to voicemail by phone, told as it happens."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
import trio
import trio.testing

from appliance.calls.ports import Counted, Moment, Phrase, Prompt, Recorded, Said, SpelledDigits, VoiceMessage
from appliance.calls.story import ListenedToMail
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, person, small_office

OLD = VoiceMessage(id="old", box="201", path="old.wav", caller="202", caller_name="Boris", heard=True)
FIRST = VoiceMessage(
    id="first", box="201", path="first.wav", caller=CUSTOMER, left_at=TUESDAY_NOON - timedelta(hours=1), seconds=9
)
SECOND = VoiceMessage(id="second", box="201", path="second.wav", caller="", seconds=3)
OFFICE = small_office(
    extensions={
        "201": person("Anna", "201", voicemail_pin="4711"),
        "202": person("Boris", "202"),
        "203": person("Dace", "203", voicemail=False),
    }
)


def fill(world: SimulatedOffice, *messages: VoiceMessage) -> None:
    for message in messages:
        world.mailboxes.keep_soon(message)


async def listens(world: SimulatedOffice, *messages: VoiceMessage) -> FarEnd:
    """Anna calls *97 and has just heard how many messages there are."""
    fill(world, *messages)
    anna = world.switch.call_in(world.office, "201", "*97")
    counts = 2.0 * (1 + any(message.heard for message in messages))
    await trio.sleep(counts + 0.1)
    return anna


def heard(world: SimulatedOffice) -> list[Prompt]:
    return [prompt for _, prompt in world.sound.heard]


def recordings(world: SimulatedOffice) -> Sequence[str]:
    return [prompt.path for prompt in heard(world) if isinstance(prompt, Recorded)]


async def test_new_messages_come_before_old_ones_with_who_called_and_when() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, OLD, FIRST, SECOND)
        await trio.sleep(120)
        assert anna.leg.is_gone
        assert recordings(world) == ["first.wav", "second.wav", "old.wav"]
        prompts = heard(world)
        assert prompts[:2] == [Counted("new-messages", 2), Counted("old-messages", 1)]
        digits = prompts.index(SpelledDigits(CUSTOMER.lstrip("+")))
        assert prompts[digits - 1] == Phrase("message-from")
        assert isinstance(moment := prompts[digits + 1], Moment) and moment.at == FIRST.left_at
        assert Phrase("message-from-withheld") in prompts and Said("Boris") in prompts
        assert prompts[-1] == Phrase("goodbye")
        assert all(message.heard for message in world.mailboxes.kept.values())


async def test_an_empty_box_says_so() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        await listens(world)
        await trio.sleep(10)
        assert heard(world) == [Counted("new-messages", 0), Phrase("mailbox-end-menu"), Phrase("goodbye")]


async def test_one_repeats_and_two_goes_on() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST, SECOND)
        anna.press("1")
        await trio.sleep(1)
        anna.press("9")
        anna.press("2")
        await trio.sleep(1)
        anna.press("#")
        await trio.sleep(5)
        assert recordings(world) == ["first.wav", "first.wav", "second.wav"]
        assert anna.leg.is_gone
        assert world.mailboxes.kept["first"].heard and not world.mailboxes.kept["second"].heard


async def test_seven_deletes_even_when_the_listener_hangs_up_at_once() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST, SECOND)
        anna.press("7")
        await trio.sleep(0.1)
        assert "first" in world.mailboxes.kept
        anna.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert [message.id for message in await world.mailboxes.messages("201")] == ["second"]
        assert world.mailboxes.kept["first"].deleted, "it can be restored"
        (record,) = world.records.ended
        assert ListenedToMail(box="201", messages=1) in [told.fact for told in record.story]


async def test_seven_again_restores() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        anna.press("7")
        await trio.sleep(1)
        anna.press("7")
        await trio.sleep(1)
        anna.press("*")
        await trio.sleep(5)
        assert anna.leg.is_gone and set(world.mailboxes.kept) == {"first"}
        phrases = [prompt.name for prompt in heard(world) if isinstance(prompt, Phrase)]
        assert phrases[-3:] == ["message-deleted", "message-restored", "goodbye"]


async def test_hanging_up_in_the_middle_leaves_the_message_new() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        anna.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert not world.mailboxes.kept["first"].heard
        assert not world.sound.attached


async def test_somebody_else_needs_the_pin() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        fill(world, FIRST)
        boris = world.switch.call_in(world.office, "202", "*98201")
        await trio.sleep(1)
        boris.press("1234#")
        await trio.sleep(1)
        boris.press("4711#")
        await trio.sleep(20)
        assert recordings(world) == ["first.wav"]
        boris.hang_up()


async def test_three_wrong_pins_end_the_call() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        fill(world, FIRST)
        boris = world.switch.call_in(world.office, "202", "*98201")
        for _ in range(3):
            await trio.sleep(1)
            boris.press("0000#")
        await trio.sleep(10)
        assert boris.leg.is_gone and recordings(world) == []
        assert heard(world)[-1] == Phrase("pin-wrong")


async def test_a_box_without_a_pin_is_only_for_its_owner() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*98202")
        await trio.sleep(10)
        assert anna.leg.is_gone and heard(world) == [Phrase("pin-wrong")]


async def test_who_has_no_box_hears_so() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        dace = world.switch.call_in(world.office, "203", "*97")
        await trio.sleep(10)
        assert dace.leg.is_gone and heard(world) == [Phrase("number-unknown")]


# Forwarding, calling back, the bin, and greetings.


async def test_a_message_is_forwarded_to_another_box() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        anna.press("3")
        await trio.sleep(0.1)
        anna.press("202##")
        await trio.sleep(1)
        (copy,) = await world.mailboxes.messages("202")
        assert (copy.path, copy.heard, copy.forwarded_by) == ("first.wav", False, "201")
        assert Phrase("message-forwarded") in heard(world)
        anna.hang_up()


async def test_a_comment_is_spoken_before_a_forwarded_message() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        anna.press("3")
        await trio.sleep(0.1)
        anna.press("202#1")
        await trio.sleep(2.5)
        assert world.sound.heard_by(anna.leg.id) == ["record"]
        await trio.sleep(4)
        assert await world.mailboxes.messages("202") == []
        anna.press("#")
        await trio.sleep(1)
        assert len(await world.mailboxes.messages("202")) == 1 and len(world.mailboxes.comments) == 1
        assert world.office.ports.scratch.kept == set(world.mailboxes.comments)  # type: ignore[attr-defined]
        anna.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert not world.office.ports.scratch.kept  # type: ignore[attr-defined]


@pytest.mark.parametrize(("keys", "seconds"), [("202#1", 0.5), ("", 60)])
async def test_who_says_nothing_or_waits_forwards_without_a_comment(keys: str, seconds: float) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        anna.press("3")
        await trio.sleep(0.1)
        anna.press(keys or "202#")
        await trio.sleep(2.4 + seconds)
        anna.press("#")
        await trio.sleep(1)
        assert len(await world.mailboxes.messages("202")) == 1 and world.mailboxes.comments == []
        anna.hang_up()


@pytest.mark.parametrize("keys", ["", "2", "202#", "202#1"])
async def test_who_hangs_up_while_forwarding_has_forwarded_nothing(keys: str) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        anna.press("3" + keys)
        await trio.sleep(2.6)
        anna.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert await world.mailboxes.messages("202") == [] and "first" in world.mailboxes.kept
        assert not world.sound.attached and not world.office.ports.scratch.kept  # type: ignore[attr-defined]


async def test_a_box_that_is_removed_while_somebody_listens_to_it_ends_nobodys_call() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST, SECOND)
        without = {**OFFICE.extensions, "201": person("Anna", "201", voicemail=False)}
        await world.office.follow(small_office(extensions=without))
        anna.press("3")
        await trio.sleep(0.1)
        anna.press("202##")
        await trio.sleep(1)
        anna.press("2")
        await trio.sleep(1)
        anna.press("7")
        await trio.sleep(60)
        assert anna.leg.is_gone and recordings(world)[:2] == ["first.wav", "second.wav"]
        (record,) = world.records.ended
        assert not any(type(told.fact).__name__ == "Broke" for told in record.story)


async def test_a_message_is_not_forwarded_to_nobody_and_not_to_its_own_box() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, FIRST)
        for number in ("299#", "203#", "201#", "#"):
            anna.press("3")
            await trio.sleep(0.1)
            anna.press(number)
            await trio.sleep(1)
        assert heard(world).count(Phrase("number-unknown")) == 4
        assert set(world.mailboxes.kept) == {"first"}
        anna.hang_up()


async def test_five_calls_the_caller_back() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, SECOND, FIRST)
        anna.press("5")
        await trio.sleep(1)
        assert Phrase("cannot-call-back") in heard(world), "a withheld number cannot be called"
        anna.press("2")
        await trio.sleep(1)
        anna.press("5")
        await trio.sleep(1)
        assert world.lines["gsm1"].dialled == [CUSTOMER]


async def test_a_deleted_message_is_brought_back_by_phone() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        fill(world, FIRST)
        world.mailboxes.delete_soon("first")
        anna = await listens(world)
        await trio.sleep(0.1)
        anna.press("2")
        await trio.sleep(0.1)
        anna.press("7")
        await trio.sleep(3)
        assert [message.id for message in await world.mailboxes.messages("201")] == ["first"]
        anna.hang_up()


async def greets(world: SimulatedOffice, *, seconds: float = 5) -> FarEnd:
    """Anna has chosen the greeting for when she is busy, and spoken it."""
    anna = await listens(world)
    anna.press("1")
    await trio.sleep(0.1)
    anna.press("2")
    await trio.sleep(2.5 + seconds)
    anna.press("#")
    await trio.sleep(0.1)
    return anna


async def test_a_greeting_is_recorded_and_kept() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await greets(world)
        await trio.sleep(2)
        anna.press("1")
        await trio.sleep(1)
        assert await world.mailboxes.greeting("201", "busy") is not None
        assert await world.mailboxes.greeting("201", "no_answer") is None
        anna.hang_up()


async def test_who_hangs_up_before_keeping_it_leaves_the_old_greeting() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        world.mailboxes.greetings["201", "busy"] = "old.wav"
        anna = await greets(world)
        await trio.sleep(2)
        anna.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert await world.mailboxes.greeting("201", "busy") == "old.wav"


async def test_the_standard_greeting_comes_back() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        world.mailboxes.greetings["201", "busy"] = "old.wav"
        anna = await greets(world)
        await trio.sleep(2)
        anna.press("3")
        await trio.sleep(1)
        assert await world.mailboxes.greeting("201", "busy") is None
        anna.hang_up()


async def test_any_box_is_asked_for_by_its_number() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        boris = world.switch.call_in(world.office, "202", "*98")
        await trio.testing.wait_all_tasks_blocked()
        boris.press("201#")
        await trio.testing.wait_all_tasks_blocked()
        boris.press("4711#")
        await trio.sleep(3)
        assert heard(world)[:3] == [Phrase("mailbox-number"), Phrase("enter-pin"), Counted("new-messages", 0)]
        boris.hang_up()


async def test_whoever_presses_everything_comes_to_an_end() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        anna = await listens(world, OLD, FIRST, SECOND)
        for _ in range(200):
            anna.press("0123456789")
            await trio.sleep(0.3)
        anna.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        assert not world.office.legs and not world.sound.attached
