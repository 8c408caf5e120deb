"""Talks that are recorded: on demand by `*1`, always, never, and when there is no room."""

import msgspec
import pytest
import trio

from appliance.calls.ports import BEEP, Phrase, Prompt
from appliance.calls.story import RecordingBegan, RecordingEnded, RecordingRefused
from appliance.config.models import RecordingNotice, RecordTalks, TalkRecordings
from appliance.flows.recording import ENDED
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, person, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, hears, keyed
from tests.flows.test_everyday_calls import People, only_story, settle


def recorded(world: SimulatedOffice) -> list[set[str]]:
    """The legs of each recording that runs."""
    return [set(attached.legs) for attached in world.sound.attached if attached.what == "record"]


def said_to(world: SimulatedOffice, end: FarEnd) -> list[Prompt]:
    return [prompt for leg, prompt in world.sound.heard if leg == end.leg.id and not _is_ringing(prompt)]


def _is_ringing(prompt: Prompt) -> bool:
    return getattr(prompt, "cycles", 1) == 0


IS_RECORDED = Phrase("talk-is-recorded", "en")


async def test_the_keys_record_both_sides_and_end_it_again() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*1")
        assert recorded(world) == [{customer.leg.id, anna.leg.id}] and are_bridged(world, customer, anna)
        assert said_to(world, customer) == said_to(world, anna) == [IS_RECORDED]
        await trio.sleep(28)
        await keyed(anna, "*1")
        assert recorded(world) == [] and are_bridged(world, customer, anna)
        assert said_to(world, anna) == [IS_RECORDED, ENDED] and said_to(world, customer) == [IS_RECORDED]
        (kept,) = world.recordings.kept
        assert (kept.by, kept.parties, kept.seconds) == ("201", (CUSTOMER, "Anna"), 30.0)
        assert kept.began_at is not None and kept.id in kept.path
        customer.hang_up()
        await settle()
        told = [fact for fact in only_story(world) if isinstance(fact, RecordingBegan | RecordingEnded)]
        assert told == [RecordingBegan(by="Anna"), RecordingEnded(recording=kept.id, seconds=30.0)]
        assert [kept.call for kept in world.recordings.kept] == [record.id for record in world.records.ended]


async def test_whoever_hangs_up_the_recording_is_kept() -> None:
    for leaver in range(2):
        async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
            people = People(world)
            both = await customer_talks_to_anna(world, people)
            await keyed(both[1], "*1")
            await trio.sleep(8)
            both[leaver].hang_up()
            await settle()
            assert [kept.seconds for kept in world.recordings.kept] == [10.0] and not world.sound.attached


async def test_a_transfer_ends_the_recording_and_the_next_talk_is_another() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*1")
        await keyed(anna, "##202#")
        assert recorded(world) == [] and len(world.recordings.kept) == 1
        boris = await people.phone("202")
        boris.answer()
        await keyed(boris, "*1")
        assert recorded(world) == [{customer.leg.id, boris.leg.id}]
        customer.hang_up()
        await settle()
        assert [kept.by for kept in world.recordings.kept] == ["201", "202"]


async def test_one_on_hold_and_a_third_party_are_recorded_on() -> None:
    office = small_office()
    office.extensions["201"] = person("Anna", "201", record=RecordTalks.ALWAYS)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        anna.hold()
        await trio.sleep(5)
        anna.resume()
        await keyed(anna, "*3203#")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert recorded(world) == [{customer.leg.id, anna.leg.id, dace.leg.id}]
        customer.hang_up()
        await settle()
        assert len(recorded(world)) == 1 and are_bridged(world, anna, dace)
        await trio.sleep(5)
        anna.hang_up()
        await settle()
        assert [kept.by for kept in world.recordings.kept] == ["", ""]


async def test_a_talk_that_is_always_recorded_cannot_be_switched_off_by_keys() -> None:
    office = small_office()
    office.extensions["201"] = person("Anna", "201", record=RecordTalks.ALWAYS)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*1")
        assert recorded(world) == [{customer.leg.id, anna.leg.id}]
        assert said_to(world, anna) == [IS_RECORDED, IS_RECORDED]
        customer.hang_up()
        await settle()
        assert RecordingBegan(by="") in only_story(world)


async def test_calls_of_a_team_may_all_be_recorded_and_other_calls_of_its_members_not() -> None:
    sales = msgspec.structs.replace(small_office().ring_groups["sales"], record=RecordTalks.ALWAYS)
    async with open_simulated_office(small_office(ring_groups={"sales": sales}), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        assert recorded(world) == [{customer.leg.id, anna.leg.id}]
        customer.hang_up()
        await settle()
        boris = world.switch.call_in(world.office, "202", "201")
        (await people.phone("201")).answer()
        await settle()
        assert recorded(world) == []
        boris.hang_up()


async def test_a_talk_that_is_never_recorded_says_so() -> None:
    office = small_office()
    office.extensions["201"] = person("Anna", "201", record=RecordTalks.NEVER)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*1")
        assert recorded(world) == [] and said_to(world, anna) == [Phrase("cannot-record-talk", "en")]
        assert said_to(world, customer) == [] and customer.digits_heard == ""
        customer.hang_up()
        await settle()
        assert RecordingRefused(by="Anna", reason="never recorded") in only_story(world)


async def test_without_room_the_talk_goes_on_and_who_asked_hears_why_not() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        world.recordings.is_full = True
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*1")
        assert are_bridged(world, customer, anna) and recorded(world) == []
        assert said_to(world, anna) == [Phrase("cannot-record-talk", "en")]
        customer.hang_up()
        await settle()
        assert RecordingRefused(by="Anna", reason="There is no room for a recording.") in only_story(world)


@pytest.mark.parametrize(
    ("notice", "heard"),
    [(RecordingNotice.ANNOUNCE, [IS_RECORDED]), (RecordingNotice.BEEP, [BEEP]), (RecordingNotice.NONE, [])],
)
async def test_the_parties_learn_of_it_as_the_office_wants(notice: RecordingNotice, heard: list[Prompt]) -> None:
    office = msgspec.structs.replace(small_office(), recordings=TalkRecordings(notice=notice))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        await keyed(anna, "*1")
        assert said_to(world, customer) == said_to(world, anna) == heard
        customer.hang_up()


async def test_keys_pressed_twice_leave_no_recording_of_nothing() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await customer_talks_to_anna(world, people)
        anna.press("*1*1")
        await settle()
        assert world.recordings.kept == [] and len(world.recordings.discarded) == 1
        assert hears(world, customer) == ["bridge", "play"]
        customer.hang_up()
        await settle()
        assert not world.sound.attached
