"""Somebody rings at the door: who is rung, with what, for how long; and what opens."""

import msgspec
import pytest
import trio

from appliance.calls.facts import DtmfTransport
from appliance.calls.names import Cause
from appliance.calls.ports import RINGBACK
from appliance.calls.story import (
    AcceptAsked,
    Answered,
    CallBegan,
    DoorAsked,
    DoorRings,
    DoorTalkEnded,
    HoursLooked,
    HungUp,
    LegFailed,
    NoAnswer,
    NobodyCame,
    RangAgain,
    StepBegan,
    StepEnded,
    StreetKeyIgnored,
    Talked,
)
from appliance.config.models import Diversion, Door, Language
from appliance.services.explain import CannotExplain, explain, parse_answer
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.doors import office_with_door, phrases, visitor_rings
from tests.flows.offices import MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, only_story, settle


async def answered(world: SimulatedOffice, people: People, who: str = "201") -> tuple[FarEnd, FarEnd]:
    """The visitor, and who talks to him."""
    visitor = visitor_rings(world)
    phone = await people.phone(who)
    phone.answer()
    await settle()
    return visitor, phone


def told(world: SimulatedOffice) -> list[object]:
    """The story without its steps and what ringing tells."""
    return [fact for fact in only_story(world) if not isinstance(fact, StepBegan | StepEnded)]


# Who is rung.


async def test_phones_ring_in_their_own_way_and_the_visitor_hears_it_ring() -> None:
    async with open_simulated_office(office_with_door(number="90"), TUESDAY_NOON) as world:
        people = People(world)
        visitor = visitor_rings(world)
        anna = await people.phone("201")
        assert anna.shown is not None
        assert (anna.shown.name, anna.shown.number, anna.shown.ring_tone) == ("Front door", "90", "door")
        assert (visitor.leg.id, RINGBACK) in world.sound.heard
        assert world.sound.heard_by(visitor.leg.id) == ["play"]
        visitor.hang_up()


async def test_person_then_group_then_mobile_are_tried_in_turn() -> None:
    office = office_with_door(then=("ring_group:sales", f"outside:{MOBILE}"))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        visitor = visitor_rings(world)
        anna = await people.phone("201")
        await trio.sleep(26)
        assert anna.leg.is_gone
        assert {phone.account for phone in people.rung if not phone.leg.is_gone} == {"201", "202", "203"}
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        assert world.sound.heard_by(visitor.leg.id) == ["play"], "a mobile's mailbox would answer just as well"
        mobile.press("1")
        await settle()
        assert world.sound.heard_by(visitor.leg.id) == world.sound.heard_by(mobile.leg.id) == ["bridge"]
        mobile.press("5")
        await trio.sleep(1)
        assert world.door.asked == [("front", MOBILE)]
        mobile.hang_up()
        await settle()
        assert visitor.ended_with is Cause.NORMAL
        assert AcceptAsked(member=MOBILE, accepted=True) in told(world)


async def test_who_diverts_to_a_mailbox_takes_no_visitor_away_from_the_others() -> None:
    people = {
        "201": person("Anna", "201", divert=Diversion(always="voicemail:201")),
        "202": person("Boris", "202", divert=Diversion(no_answer="voicemail:202", after_seconds=5)),
        "203": person("Dace", "203"),
    }
    office = msgspec.structs.replace(office_with_door(then=("extension:202", "extension:203")), extensions=people)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        desks = People(world)
        visitor_rings(world)
        await desks.phone("203")
        assert [phone.account for phone in desks.rung] == ["202", "203"]


async def test_nobody_comes_and_the_visitor_hears_so_in_the_language_of_the_house() -> None:
    async with open_simulated_office(office_with_door(language=Language.LV), TUESDAY_NOON) as world:
        People(world)
        visitor = visitor_rings(world)
        await trio.sleep(40)
        assert phrases(world, visitor) == [("nobody-comes-to-the-door", "lv")]
        assert visitor.leg.is_gone
        assert told(world) == [
            DoorRings(door="front"),
            *told(world)[1:2],
            NoAnswer(group="Anna", seconds=20),
            NobodyCame(door="front"),
            *told(world)[-2:],
        ]


async def test_a_visitor_may_leave_a_message_at_the_end_and_has_no_keys_for_the_mailbox() -> None:
    async with open_simulated_office(office_with_door(then=("voicemail:202",)), TUESDAY_NOON) as world:
        People(world)
        visitor = visitor_rings(world)
        await trio.sleep(25)
        visitor.press("*0#")
        await trio.sleep(4)
        assert [name for name, _ in phrases(world, visitor)] == ["greeting-no-answer", "leave-message-at-the-door"]
        await trio.sleep(8)
        visitor.hang_up()
        await settle()
        (message,) = world.mailboxes.kept.values()
        assert (message.box, message.caller, message.caller_name) == ("202", "front", "Front door")


async def test_at_night_the_door_rings_a_mobile_and_nobody_else() -> None:
    async with open_simulated_office(
        office_with_door(hours="office", closed=(f"outside:{MOBILE}",)), TUESDAY_NIGHT
    ) as world:
        people = People(world)
        visitor_rings(world)
        await people.phone(MOBILE)
        assert [phone.account for phone in people.rung] == [MOBILE]


async def test_at_night_a_door_that_rings_nobody_says_so_at_once() -> None:
    async with open_simulated_office(office_with_door(hours="office"), TUESDAY_NIGHT) as world:
        people = People(world)
        visitor = visitor_rings(world)
        await trio.sleep(3)
        assert not people.rung and phrases(world, visitor) == [("nobody-is-there-now", "en")]
        assert visitor.leg.is_gone
        assert told(world)[:3] == [
            DoorRings(door="front"),
            HoursLooked(hours="office", is_open=False),
            NobodyCame(door="front", is_closed=True),
        ]


async def test_without_phones_the_visitor_hears_that_nobody_comes() -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        world.switch.phones.clear()
        visitor = visitor_rings(world)
        await trio.sleep(3)
        assert phrases(world, visitor) == [("nobody-comes-to-the-door", "en")]
        assert visitor.leg.is_gone and not world.office.calls


async def test_the_button_pressed_again_rings_nobody_twice() -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        people = People(world)
        visitor = visitor_rings(world)
        await people.phone("201")
        assert world.switch.ring_door(world.office, "front") is None
        assert len(people.rung) == 1
        visitor.hang_up()
        await settle()
        assert RangAgain(door="front") in told(world)
        assert world.switch.ring_door(world.office, "front") is not None, "the next visitor rings"


async def test_two_doors_ring_at_the_same_time() -> None:
    doors = {
        "front": Door(name="Front door", rings="extension:201", open_digit="5"),
        "yard": Door(name="Yard", rings="extension:201", open_digit="7", button_pin=5, relay_pin=6),
    }
    async with open_simulated_office(small_office(doors=doors), TUESDAY_NOON) as world:
        people = People(world)
        visitor_rings(world, "front")
        visitor_rings(world, "yard")
        front, yard = [await _shown(people, name) for name in ("Front door", "Yard")]
        yard.answer()
        await settle()
        yard.press("5")
        yard.press("7")
        await settle()
        assert world.door.asked == [("yard", "201")]
        assert not front.leg.is_gone


async def _shown(people: People, name: str) -> FarEnd:
    await people.phone("201")
    return next(phone for phone in people.rung if phone.shown is not None and phone.shown.name == name)


async def test_another_desk_takes_the_door_by_its_number() -> None:
    async with open_simulated_office(office_with_door(number="90"), TUESDAY_NOON) as world:
        people = People(world)
        visitor = visitor_rings(world)
        anna = await people.phone("201")
        boris = world.switch.call_in(world.office, "202", "90")
        await settle()
        assert world.sound.heard_by(visitor.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        assert anna.leg.is_gone
        boris.press("5")
        await settle()
        assert world.door.asked == [("front", "202")]
        boris.hang_up()
        late = world.switch.call_in(world.office, "203", "90")
        await trio.sleep(1)
        assert phrases(world, late) == [("nobody-is-at-the-door", "en")]


# How long it lasts.


async def test_a_talk_with_a_door_ends_by_itself_after_a_beep() -> None:
    async with open_simulated_office(office_with_door(talk_seconds=60), TUESDAY_NOON) as world:
        visitor, anna = await answered(world, People(world))
        await trio.sleep(51)
        assert world.sound.heard_by(anna.leg.id) == ["bridge", "play"]
        await trio.sleep(8)
        assert not anna.leg.is_gone
        await trio.sleep(1.5)
        assert anna.leg.is_gone and phrases(world, visitor) == [("door-talk-ends", "en")]
        await trio.sleep(3)
        assert visitor.leg.is_gone
        assert DoorTalkEnded(door="front", seconds=60) in told(world)


async def test_hold_gives_a_visitor_no_more_time() -> None:
    async with open_simulated_office(office_with_door(talk_seconds=60), TUESDAY_NOON) as world:
        visitor, anna = await answered(world, People(world))
        await trio.sleep(30)
        anna.hold()
        await trio.sleep(31)
        assert anna.leg.is_gone
        await trio.sleep(3)
        assert visitor.leg.is_gone and not world.office.calls


async def test_a_door_forgotten_in_a_conference_rings_again_after_half_an_hour() -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        visitor, anna = await answered(world, People(world))
        world.switch.call_in(world.office, "202", "500")
        anna.transfer("500")
        await trio.sleep(1790)
        assert not visitor.leg.is_gone
        await trio.sleep(20)
        assert visitor.leg.is_gone
        assert world.switch.ring_door(world.office, "front") is not None


async def test_a_door_connected_to_a_long_talk_gets_its_own_time() -> None:
    async with open_simulated_office(office_with_door(talk_seconds=60), TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "201")
        anna = await people.phone("201")
        anna.answer()
        await trio.sleep(500)
        visitor = visitor_rings(world)
        again = await people.phone("201")
        again.answer()
        await settle()
        again.transfer_to(anna)
        await trio.sleep(30)
        assert world.sound.heard_by(visitor.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        await trio.sleep(35)
        assert visitor.leg.is_gone or phrases(world, visitor) == [("door-talk-ends", "en")]


# What opens.


@pytest.mark.parametrize("transport", list(DtmfTransport))
async def test_the_answering_side_opens_by_any_transport_once(transport: DtmfTransport) -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        visitor, anna = await answered(world, People(world))
        anna.press("5", transport)
        await trio.sleep(1)
        assert world.door.asked == [("front", "201")]
        visitor.hang_up()
        await settle()
        assert told(world)[-3:] == [
            DoorAsked(door="front", by="201", granted=True),
            Talked(member="Anna", seconds=1),
            HungUp(by="Front door", cause=Cause.NORMAL),
        ]


@pytest.mark.parametrize("transport", list(DtmfTransport))
async def test_nothing_that_is_keyed_in_or_whistled_in_the_street_opens(transport: DtmfTransport) -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        people = People(world)
        visitor = visitor_rings(world)
        visitor.press("5", transport)
        anna = await people.phone("201")
        anna.answer()
        await trio.sleep(1)
        visitor.press("5*3667#", transport)
        await trio.sleep(60)
        assert world.door.asked == []


@pytest.mark.parametrize("late", [-0.2, 0.0, 0.1, 0.7, 1.4])
async def test_a_tone_of_the_street_that_comes_back_from_a_mobile_opens_nothing(late: float) -> None:
    """The tone goes through the mobile's loudspeaker into its microphone, and is found in what the mobile says."""
    async with open_simulated_office(office_with_door(f"outside:{MOBILE}"), TUESDAY_NOON) as world:
        people = People(world)
        visitor, mobile = await answered(world, people, MOBILE)
        mobile.press("1")
        await settle()

        async def whistle() -> None:
            visitor.press("5", DtmfTransport.INBAND)

        async def come_back() -> None:
            mobile.press("5", DtmfTransport.LINE)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(_at, max(0.0, -late), whistle)
            nursery.start_soon(_at, max(0.0, late), come_back)
        await trio.sleep(2)
        assert world.door.asked == []
        await trio.sleep(5)
        mobile.press("5", DtmfTransport.LINE)
        await trio.sleep(1)
        assert world.door.asked == [("front", MOBILE)], "a key of its own counts"
        mobile.hang_up()
        await settle()
        assert StreetKeyIgnored(door="front", by=MOBILE) in told(world)


async def _at(seconds: float, deed: object) -> None:
    await trio.sleep(seconds)
    await deed()  # type: ignore[operator]


async def test_who_presses_the_key_and_hangs_up_at_once_has_opened() -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        world.door.seconds = 0.5
        _, anna = await answered(world, People(world))
        anna.press("5")
        await trio.sleep(0.1)
        anna.hang_up()
        await trio.sleep(1)
        assert world.door.answered == 1
        assert DoorAsked(door="front", by="201", granted=True) in told(world)


async def test_a_visitor_who_leaves_at_any_moment_leaves_nothing_behind() -> None:
    for after in (0.0, 0.5, 10.0, 25.0, 26.0, 30.0, 52.0, 54.0):
        office = office_with_door(then=(f"outside:{MOBILE}", "voicemail:202"))
        async with open_simulated_office(office, TUESDAY_NOON) as world:
            People(world)
            visitor = visitor_rings(world)
            await trio.sleep(after)
            visitor.hang_up()
            await settle()
            assert not world.office.legs and not world.office.calls and not world.sound.attached


async def test_a_caller_of_the_house_is_no_visitor() -> None:
    """Who merely calls the door's number while nobody rings opens nothing with its key."""
    async with open_simulated_office(office_with_door(number="90"), TUESDAY_NOON) as world:
        boris = world.switch.call_in(world.office, "202", "90")
        await settle()
        boris.press("5")
        await trio.sleep(5)
        assert world.door.asked == []
        assert told(world)[0] == CallBegan(caller="202", called="90")


async def test_all_phones_refuse_and_the_chain_goes_on_at_once() -> None:
    async with open_simulated_office(office_with_door(then=("extension:202",)), TUESDAY_NOON) as world:
        people = People(world)
        visitor = visitor_rings(world)
        (await people.phone("201")).reject()
        boris = await people.phone("202")
        boris.answer()
        await settle()
        visitor.hang_up()
        await settle()
        story = told(world)
        assert LegFailed(member="201", cause=Cause.BUSY) in story
        assert Answered(member="202", after_seconds=0) in story


async def test_a_door_that_was_removed_meanwhile_ends_its_call_kindly() -> None:
    async with open_simulated_office(office_with_door(), TUESDAY_NOON) as world:
        visitor, anna = await answered(world, People(world))
        await world.office.follow(msgspec.structs.replace(world.office.configuration, doors={}))
        anna.press("5")
        await trio.sleep(1)
        assert world.door.asked == []
        anna.hang_up()
        await settle()
        assert visitor.leg.is_gone


def test_explain_tells_who_would_be_rung_for_a_door() -> None:
    office = office_with_door(hours="office", closed=("voicemail:202",))
    by_day = explain(office, caller="", door="front", at=TUESDAY_NOON, language=Language.EN)
    assert by_day.sentences == (
        "Somebody rings at the door: Front door.",
        'It is open by the hours "office".',
        "Anna (201) is rung (1 phone).",
        "Nobody answers within 20 s: Anna.",
        "Nobody comes to the door: Front door.",
        "The caller hears: “Sorry, nobody can come to the door now.”",
        "The call is over: no answer.",
    )
    at_night = explain(office, caller="", door="front", at=TUESDAY_NIGHT, language=Language.EN)
    assert "voicemail" in at_night.sentences[2]
    with pytest.raises(CannotExplain):
        explain(office, caller="", door="back")


def test_explain_tells_that_who_answers_opens() -> None:
    explained = explain(
        office_with_door(),
        caller="",
        door="front",
        at=TUESDAY_NOON,
        answers=[parse_answer("201@5s")],
        their_keys="5",
        language=Language.UK,
    )
    assert "Хтось дзвонить у двері: Front door." in explained.sentences
    assert any("відчиняє двері" in said for said in explained.sentences), explained.sentences
