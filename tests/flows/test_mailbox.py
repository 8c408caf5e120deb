"""Listening to voicemail by phone, told as it happens."""

from collections.abc import Sequence
from datetime import timedelta

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
        assert heard(world) == [Counted("new-messages", 0), Phrase("goodbye")]


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
        assert set(world.mailboxes.kept) == {"second"}
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
