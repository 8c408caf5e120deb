"""Nobody comes to the door: somebody far away lets the visitor in by the answer to an SMS."""

from datetime import timedelta

import pytest
import trio

from appliance.calls.ports import ReceivedSms
from appliance.calls.story import AskedToLetIn, DoorAsked
from appliance.services.door_sms import code_in, let_in_by_sms
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.doors import office_with_door, phrases, visitor_rings
from tests.flows.offices import MOBILE, TUESDAY_NIGHT, TUESDAY_NOON
from tests.flows.test_everyday_calls import People, only_story, settle

OTHER = "+37120000008"


async def answer(world: SimulatedOffice, text: str, sender: str = MOBILE, age_seconds: float = 2) -> bool:
    now = world.office.ports.clock.wall()
    assert now is not None
    sent_at = now - timedelta(seconds=age_seconds)
    sms = ReceivedSms(line="gsm1", sender=sender, text=text, sent_at=sent_at, key=text)
    return await let_in_by_sms(world.office, sms, now)


async def test_who_is_asked_answers_with_the_code_and_the_door_opens() -> None:
    async with open_simulated_office(office_with_door(sms=(MOBILE, OTHER)), TUESDAY_NOON) as world:
        People(world)
        visitor = visitor_rings(world)
        await trio.sleep(21)
        (ring,) = world.office.calls
        assert world.door.issued == [("front", ring, MOBILE), ("front", ring, OTHER)]
        assert world.outbox.queued == [
            (MOBILE, "Front door 12:00: OPEN 4821 (60 s)"),
            (OTHER, "Front door 12:00: OPEN 4822 (60 s)"),
        ]
        assert phrases(world, visitor) == [("somebody-is-asked", "en")]
        assert world.switch.ring_door(world.office, "front") is None, "another ring would end the codes"
        world.door.code = "4821"
        assert await answer(world, "Open 4821")
        assert world.door.asked == [("front", MOBILE)] and world.door.channels == ["sms"]
        assert world.outbox.queued[-1] == (MOBILE, "Front door: UNLOCKED.")
        await trio.sleep(65)
        assert visitor.leg.is_gone and phrases(world, visitor)[-1] == ("nobody-comes-to-the-door", "en")
        story = only_story(world)
        assert AskedToLetIn(door="front", to=MOBILE) in story
        assert DoorAsked(door="front", by=MOBILE, granted=True) in story
        assert "4821" not in repr(story), "codes stand in no story"


async def test_a_wrong_code_and_a_stranger_open_nothing() -> None:
    async with open_simulated_office(office_with_door(sms=(MOBILE,)), TUESDAY_NOON) as world:
        People(world)
        visitor_rings(world)
        await trio.sleep(21)
        world.door.code = "4821"
        assert not await answer(world, "OPEN 4821", sender="+37129999998"), "it is no answer, but a message for people"
        assert not await answer(world, "OPEN"), "this switches the opening hours"
        assert not await answer(world, "1234 open")
        assert world.door.asked == []
        assert await answer(world, "OPEN 0000")
        assert world.outbox.queued[-1] == (MOBILE, "Front door: locked.")
        assert await answer(world, "OPEN 4821", age_seconds=600)
        assert world.door.asked == [("front", MOBILE)], "one that waited in the network was not asked for"


async def test_who_was_never_asked_cannot_answer() -> None:
    async with open_simulated_office(office_with_door(sms=(MOBILE,)), TUESDAY_NOON) as world:
        assert not await answer(world, "OPEN 4821") and world.door.asked == []


async def test_without_a_code_or_a_message_the_visitor_hears_that_nobody_comes() -> None:
    async with open_simulated_office(office_with_door(hours="office", sms=(MOBILE,)), TUESDAY_NIGHT) as world:
        world.door.gives_codes = False
        visitor = visitor_rings(world)
        await trio.sleep(5)
        assert phrases(world, visitor) == [("nobody-is-there-now", "en")] and visitor.leg.is_gone
        assert world.outbox.queued == []


async def test_a_visitor_who_goes_away_while_somebody_is_asked_leaves_nothing() -> None:
    async with open_simulated_office(office_with_door(sms=(MOBILE,)), TUESDAY_NOON) as world:
        People(world)
        visitor = visitor_rings(world)
        await trio.sleep(30)
        visitor.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached
        assert await answer(world, "OPEN 4821"), "whether it still opens is the door's to say"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("OPEN 4821", "4821"),
        (" open  482100 ", "482100"),
        ("Відчинити 4821", "4821"),
        ("ОТКРЫТЬ 4821", "4821"),
        ("atvērt 4821", "4821"),
        ("OPEN", None),
        ("OPEN 12", None),
        ("OPEN 48x1", None),
        ("4821 OPEN", None),
        ("status 4821", None),
        ("", None),
    ],
)
def test_what_is_an_answer(text: str, code: str | None) -> None:
    assert code_in(text) == code
