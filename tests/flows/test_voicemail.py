"""Leaving a voicemail, told as it happens."""

import pytest
import trio
import trio.testing

from appliance.calls.ports import BEEP, Phrase
from appliance.calls.story import LeftMessage, NoMessage
from appliance.errors import PorterError
from appliance.flows.voicemail import LONGEST_SECONDS
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NIGHT, person, small_office

GREETING_AND_BEEP = 2.4
"""Seconds: one simulated prompt, one beep."""


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


async def test_hanging_up_in_the_beep_leaves_nothing_behind() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NIGHT) as world:
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(2.2)
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
        world.mailboxes.greetings["203"] = "memory:anna-greets"
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
