"""Callers who are known, doubtful or not welcome, from the first ring to who answers."""

import msgspec
import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase, Recorded, Said, SpelledDigits
from appliance.calls.story import (
    AcceptAsked,
    CallerKnown,
    CustomerNumberAsked,
    Greeted,
    KeyAsked,
    NameAsked,
    NightCaller,
    ResponsibleFirst,
    Screened,
)
from appliance.config.models import Configuration, ContactManager, InboundRoute, KnownBy, Language
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.ports import MemoryScratch
from appliance.simulated.switch import FarEnd
from tests.flows.callers import (
    BERZINA,
    IVANOV,
    PEST,
    SPAMMER,
    office_with_contacts,
)
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person
from tests.flows.test_everyday_calls import People, only_story, settle
from tests.flows.test_unhappy_calls import phrases_heard


def calls(world: SimulatedOffice, number: str) -> FarEnd:
    """A number calls over the GSM line."""
    return world.lines["gsm1"].call_from_line(world.office, "gsm1", number)


def calls_early(world: SimulatedOffice, number: str) -> FarEnd:
    """A number calls over a line that lets callers hear us before the answer, as SIP does."""
    return world.switch.call_from_line(world.office, "gsm1", number)


# Who is known.


async def test_the_phones_show_the_callers_name_and_so_does_the_record() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, IVANOV)
        anna = await people.phone("201")
        assert anna.shown is not None and (anna.shown.number, anna.shown.name) == (IVANOV, "Ivan Ivanov")
        caller.hang_up()
        await settle()
    (record,) = world.records.ended
    assert record.caller.name == "Ivan Ivanov" and CallerKnown(name="Ivan Ivanov") in only_story(world)


async def test_a_name_from_the_network_is_shown_where_the_office_knows_none() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        for number, name in ((CUSTOMER, "BERZINS J"), (IVANOV, "Ivan Ivanov")):
            leg = world.office.line_calls(world.switch, line="gsm1", caller=number, caller_name="BERZINS J")
            anna = await people.phone("201")
            assert anna.shown is not None and anna.shown.name == name
            leg.was_ended(Cause.NORMAL)
            await settle()


async def test_doubt_about_a_caller_is_shown_before_answering() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, SPAMMER)
        anna = await people.phone("201")
        assert anna.shown is not None and anna.shown.name == f"Spam? {SPAMMER}"
        caller.hang_up()


async def test_a_known_caller_is_greeted_by_name_before_it_rings() -> None:
    office = office_with_contacts(manager=ContactManager(greet_by_name=True))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        caller = calls_early(world, IVANOV)
        await settle()
        assert caller.hears_early_sound and not caller.leg.is_answered and not caller.hears_ringing
        assert people.rung == []
        await trio.sleep(5)
        assert caller.hears_ringing and len(people.rung) == 3
        assert world.sound.heard == [
            (caller.leg.id, Phrase("good-day", "ru")),
            (caller.leg.id, Said("Ivan Ivanov", "ru")),
        ]
        caller.hang_up()
        await settle()
    assert Greeted(name="Ivan Ivanov") in only_story(world)


async def test_everybody_is_spoken_to_in_his_own_language() -> None:
    """A contact, an extension and who answers: each has a language; the office speaks English."""
    office = office_with_contacts(refusal="notice", blocked=("contact",))
    office = msgspec.structs.replace(
        office, extensions={**office.extensions, "201": person("Anna", "201", language=Language.LV)}
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        calls_early(world, IVANOV)
        world.switch.call_in(world.office, "201", "999")
        world.switch.call_in(world.office, "202", "999")
        await settle()
        assert {prompt for _, prompt in world.sound.heard} == {
            Phrase("call-not-taken", "ru"),
            Phrase("number-unknown", "lv"),
            Phrase("number-unknown", "en"),
        }


# The person responsible.


async def test_a_known_caller_rings_the_person_responsible_and_then_everybody() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, BERZINA)
        await settle()
        assert [phone.account for phone in people.rung] == ["202"]
        await trio.sleep(16)
        assert sorted(phone.account for phone in people.rung if not phone.leg.is_gone) == ["201", "202", "203"]
        (await people.phone("201")).answer()
        await settle()
        assert world.sound.heard_by(caller.leg.id) == ["bridge"]
        caller.hang_up()
        await settle()
    assert ResponsibleFirst(member="202", source="contacts") in only_story(world)


async def test_her_mobile_rings_too_where_that_is_wished() -> None:
    office = office_with_contacts(manager=ContactManager(also_mobile=True))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        caller = world.lines["gsm2"].call_from_line(world.office, "gsm2", BERZINA)
        await settle()
        assert sorted(phone.account for phone in people.rung) == [MOBILE, "202"]
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        mobile.press("1")
        await settle()
        assert world.sound.heard_by(caller.leg.id) == ["bridge"]
        caller.hang_up()


@pytest.mark.parametrize(
    "manager", [ContactManager(never=("202",)), ContactManager(sources=())], ids=["excepted", "switched off"]
)
async def test_who_is_excepted_is_not_rung_first(manager: ContactManager) -> None:
    async with open_simulated_office(office_with_contacts(manager=manager), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, BERZINA)
        await settle()
        assert len(people.rung) == 3
        caller.hang_up()


async def test_a_route_for_the_caller_decides_alone() -> None:
    routes = (InboundRoute(name="Key", caller="list:key-accounts", to="extension:203"),)
    async with open_simulated_office(office_with_contacts(routes=routes), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, BERZINA)
        await settle()
        assert [phone.account for phone in people.rung] == ["203"]
        caller.hang_up()


async def test_whoever_talked_last_with_a_caller_is_rung_first() -> None:
    office = office_with_contacts(manager=ContactManager(sources=(KnownBy.LAST_TALK,)))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        dace = world.switch.call_in(world.office, "203", CUSTOMER)
        (await people.phone(CUSTOMER)).answer()
        await trio.sleep(30)
        dace.hang_up()
        await settle()
        people.rung.clear()
        caller = calls(world, CUSTOMER)
        await settle()
        assert [phone.account for phone in people.rung] == ["203"]
        caller.hang_up()
        await settle()
    story = [told.fact for told in world.records.ended[-1].story]
    assert ResponsibleFirst(member="203", source="last_talk") in story


async def test_nobody_is_rung_first_when_it_is_closed() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NIGHT) as world:
        people = People(world)
        caller = calls(world, IVANOV)
        await trio.sleep(20)
        caller.hang_up()
        await settle()
        assert people.rung == [] and len(world.mailboxes.kept) == 1


async def test_a_vip_rings_at_night() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NIGHT) as world:
        people = People(world)
        caller = calls(world, BERZINA)
        (await people.phone("202")).answer()
        await settle()
        assert world.sound.heard_by(caller.leg.id) == ["bridge"]
        caller.hang_up()
        await settle()
    assert NightCaller(caller=BERZINA) in only_story(world)


# Who does not get through.


async def test_a_blocked_caller_is_rejected_without_a_phone_ringing() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, PEST)
        await settle()
        assert caller.ended_with is Cause.REJECTED and not caller.hears_ringing and people.rung == []
    assert Screened(verdict="block", why="blocked") in only_story(world)


async def test_a_blocked_caller_may_hear_that_his_call_is_not_taken() -> None:
    office = office_with_contacts(refusal="notice")
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        caller = calls_early(world, PEST)
        await settle()
        assert not caller.leg.is_answered and phrases_heard(world, caller) == ["call-not-taken"]
        await trio.sleep(5)
        assert caller.leg.is_gone


async def test_a_withheld_caller_presses_the_key_he_is_told_and_gets_through() -> None:
    async with open_simulated_office(office_with_contacts(withheld="challenge"), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, "")
        await settle()
        assert caller.leg.is_answered and people.rung == []
        assert world.sound.heard == [
            (caller.leg.id, Phrase("press-to-be-connected", "en")),
            (caller.leg.id, SpelledDigits("5", "en")),
        ]
        await trio.sleep(1)
        caller.press("5")
        await settle()
        assert len(people.rung) == 3
        caller.hang_up()
        await settle()
    assert KeyAsked(passed=True) in only_story(world)


@pytest.mark.parametrize("keys", ["", "1", "0123456789*#"], ids=["no key", "a wrong key", "every key"])
async def test_who_does_not_press_the_key_is_turned_away(keys: str) -> None:
    async with open_simulated_office(office_with_contacts(withheld="challenge"), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, "")
        for _ in range(30):
            await trio.sleep(1)
            caller.press(keys)
        assert caller.leg.is_gone and people.rung == []
    assert KeyAsked(passed=False) in only_story(world)


async def test_help_that_calls_back_reaches_who_called_for_it() -> None:
    """At night, without a number, in an office that takes no such calls; after an hour it is as ever again."""
    async with open_simulated_office(office_with_contacts(withheld="reject"), TUESDAY_NIGHT) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "112")
        (await people.phone("112")).answer()
        await trio.sleep(60)
        boris.hang_up()
        await settle()
        people.rung.clear()
        helper = calls(world, "")
        await settle()
        assert [phone.account for phone in people.rung] == ["202"]
        helper.hang_up()
        await trio.sleep(3600)
        late = calls(world, "")
        await settle()
        assert late.ended_with is Cause.REJECTED
    story = [told.fact for told in world.records.ended[1].story]
    assert Screened(verdict="pass", why="help") in story and ResponsibleFirst(member="202", source="help") in story


async def test_help_that_calls_back_gets_through_where_a_route_hangs_up() -> None:
    routes = (InboundRoute(name="No numbers", caller="withheld", to="hang_up"),)
    async with open_simulated_office(office_with_contacts(routes=routes), TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "112")
        (await people.phone("112")).answer()
        await settle()
        boris.hang_up()
        await settle()
        helper = calls(world, "")
        (await people.phone("202")).answer()
        await settle()
        assert world.sound.heard_by(helper.leg.id) == ["bridge"]
        helper.hang_up()


async def test_a_route_that_hangs_up_does_so_without_ringing() -> None:
    routes = (InboundRoute(name="No numbers", caller="withheld", to="hang_up"),)
    async with open_simulated_office(office_with_contacts(routes=routes), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, "")
        await settle()
        assert caller.leg.is_gone and not caller.hears_ringing and people.rung == []


# Who is asked who he is.


async def test_an_unknown_caller_says_his_name_to_who_answers() -> None:
    async with open_simulated_office(office_with_contacts(ask_unknown="name"), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, CUSTOMER)
        await trio.sleep(5)
        caller.press("#")
        await settle()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert world.sound.heard_by(caller.leg.id) == ["play"], "still ringing for the caller"
        heard = [prompt for leg, prompt in world.sound.heard if leg == anna.leg.id]
        assert heard == [Phrase("call-from", "en"), Recorded("memory:scratch/1"), Phrase("take-or-refuse", "en")]
        anna.press("1")
        await settle()
        assert world.sound.heard_by(caller.leg.id) == world.sound.heard_by(anna.leg.id) == ["bridge"]
        scratch = world.office.ports.scratch
        assert isinstance(scratch, MemoryScratch) and scratch.kept == {"memory:scratch/1"}
        caller.hang_up()
        await settle()
        assert scratch.kept == set(), "the name is forgotten with the call"
    assert {NameAsked(given=True), AcceptAsked(member="201", accepted=True)} <= set(only_story(world))


async def test_a_caller_who_is_refused_by_name_goes_on_ringing_elsewhere() -> None:
    async with open_simulated_office(office_with_contacts(ask_unknown="name"), TUESDAY_NOON) as world:
        people = People(world)
        world.switch.phones["201"] = 2
        caller = calls(world, CUSTOMER)
        await trio.sleep(5)
        caller.press("#")
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.press("2")
        await settle()
        assert anna.leg.is_gone and not caller.leg.is_gone
        assert not [phone for phone in people.rung if phone.account == "201" and not phone.leg.is_gone]
        boris = await people.phone("202")
        boris.answer()
        await settle()
        boris.press("1")
        await settle()
        assert world.sound.heard_by(boris.leg.id) == ["bridge"]
        caller.hang_up()


async def test_a_caller_who_says_nothing_is_put_through_all_the_same() -> None:
    async with open_simulated_office(office_with_contacts(ask_unknown="name"), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, CUSTOMER)
        await trio.sleep(4 - 1.6 + 0.1)
        caller.press("#")
        await settle()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert world.sound.heard_by(caller.leg.id) == ["bridge"]
        caller.hang_up()
        await settle()
    assert NameAsked(given=False) in only_story(world)


async def test_an_unknown_caller_keys_in_his_customer_number_and_is_known() -> None:
    office = office_with_contacts(ask_unknown="customer_number")
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, CUSTOMER)
        await settle()
        caller.press("4711#")
        await settle()
        (boris,) = people.rung
        assert boris.account == "202" and boris.shown is not None and boris.shown.name == "Anna Berzina"
        caller.hang_up()
        await settle()
    (record,) = world.records.ended
    assert record.caller.name == "Anna Berzina" and record.caller.number == CUSTOMER
    assert {leg.party.name for leg in record.legs if leg.incoming} == {"Anna Berzina"}
    assert CustomerNumberAsked(number="4711", name="Anna Berzina") in only_story(world)


async def test_nobody_is_asked_who_he_is_before_a_mailbox() -> None:
    routes = (InboundRoute(name="Fax", to="voicemail:201"),)
    async with open_simulated_office(office_with_contacts(routes=routes, ask_unknown="name"), TUESDAY_NOON) as world:
        caller = calls(world, CUSTOMER)
        await settle()
        assert phrases_heard(world, caller) == ["voicemail-greeting"]
        caller.hang_up()


async def test_a_transferred_caller_is_not_introduced_again() -> None:
    async with open_simulated_office(office_with_contacts(ask_unknown="name"), TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, CUSTOMER)
        await trio.sleep(5)
        caller.press("#")
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.press("1")
        await settle()
        anna.transfer("202")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        assert world.sound.heard_by(boris.leg.id) == ["bridge"]
        caller.hang_up()


async def test_a_wrong_customer_number_is_asked_again_and_then_goes_on() -> None:
    office = office_with_contacts(ask_unknown="customer_number")
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        caller = calls(world, CUSTOMER)
        await settle()
        caller.press("99#")
        await settle()
        assert phrases_heard(world, caller) == ["enter-customer-number", "customer-number-unknown"]
        caller.press("99999999999999999")
        await settle()
        assert len(people.rung) == 3
        caller.hang_up()


@pytest.mark.parametrize("seconds", [0, 1, 3, 4.5, 5, 6, 11, 17])
@pytest.mark.parametrize(
    "office",
    [
        office_with_contacts(withheld="challenge"),
        office_with_contacts(ask_unknown="name"),
        office_with_contacts(ask_unknown="customer_number"),
    ],
    ids=["challenge", "name", "customer number"],
)
async def test_hanging_up_at_any_moment_leaves_nothing(office: Configuration, seconds: float) -> None:
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        People(world)
        caller = calls(world, "")
        await trio.sleep(seconds)
        caller.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.office.media
        scratch = world.office.ports.scratch
        assert isinstance(scratch, MemoryScratch) and scratch.kept == set()
