"""Callers at a menu: those who choose, those who press everything, and those who press nothing."""

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Filled, Phrase, Said
from appliance.calls.story import (
    Announced,
    Answered,
    KeyChosen,
    LanguageChosen,
    LedOn,
    LeftMessage,
    MenuEntered,
    NameLookedUp,
    NothingKeyed,
    NumberKeyed,
    WordsUnderstood,
    WrongKeys,
)
from appliance.config.models import Configuration, Language, Menu, SpeechRecognition
from appliance.flows.attendant import MOST_CHOICES
from appliance.prompts.passages import passages
from appliance.services.explain import explain
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.ports import MemoryScratch
from appliance.simulated.switch import FarEnd
from tests.flows.menus import MAIN, MENUS, MORE, office_with_menus
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, person
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle
from tests.flows.test_unhappy_calls import phrases_heard

EN, LV = Language.EN, Language.LV


def texts_heard(world: SimulatedOffice, far_end: FarEnd) -> list[str]:
    """The office's own texts, values in them as they are read."""
    heard = [prompt for leg, prompt in world.sound.heard if leg == far_end.leg.id]
    return [as_text(prompt) for prompt in heard if isinstance(prompt, Said | Filled)]


def as_text(prompt: Said | Filled) -> str:
    return "".join(passage.text for passage in passages(prompt, EN))


async def caller_and_people(world: SimulatedOffice) -> tuple[FarEnd, People]:
    """A customer who hears the first menu."""
    people = People(world)
    customer = customer_calls(world)
    await settle()
    assert customer.leg.is_answered and texts_heard(world, customer) == [MAIN.greeting[EN]]
    return customer, people


def chose(world: SimulatedOffice) -> list[object]:
    """What the only call's story tells of menus."""
    kinds = (MenuEntered, KeyChosen, NumberKeyed, LanguageChosen, WrongKeys, NothingKeyed, LedOn, NameLookedUp)
    return [fact for fact in only_story(world) if isinstance(fact, kinds)]


# Those who choose.


async def test_a_key_during_the_greeting_cuts_it_short_and_rings_who_was_chosen() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        await trio.sleep(0.5)
        customer.press("2")
        # Extensions begin with 2, so it is not clear yet what is meant; but the greeting is over.
        await settle()
        assert world.sound.heard_by(customer.leg.id) == [] and not people.rung
        boris = await people.phone("202")
        assert [phone.account for phone in people.rung] == ["202"]
        boris.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(boris.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
    assert chose(world) == [MenuEntered("Main menu"), KeyChosen("Main menu", "2", "extension:202")]


@pytest.mark.parametrize(("number", "rung"), [("203", ["203"]), ("600", ["201", "202", "203"]), ("203#", ["203"])])
async def test_a_number_of_the_house_can_be_dialled(number: str, rung: list[str]) -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        for key in number:
            customer.press(key)
            await trio.sleep(1)
        await settle()
        assert sorted(phone.account for phone in people.rung) == rung
        customer.hang_up()
    assert NumberKeyed("Main menu", number.rstrip("#")) in only_story(world)


async def test_the_language_chosen_is_spoken_from_then_on_also_by_the_mailbox() -> None:
    office = office_with_menus({"silence": "voicemail:201"})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        customer, _ = await caller_and_people(world)
        customer.press("8")
        await trio.sleep(2.5)  # 800 begins with it
        assert texts_heard(world, customer)[-1] == MAIN.greeting[LV]
        await trio.sleep(40)
        heard = [prompt for leg, prompt in world.sound.heard if leg == customer.leg.id and isinstance(prompt, Phrase)]
        assert [phrase.name for phrase in heard] == [
            *("menu-no-key", "menu-no-key", "menu-led-on"),
            "voicemail-greeting",
        ]
        assert {phrase.language for phrase in heard} == {LV}
        customer.hang_up()


async def test_menus_lead_into_each_other_and_back() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        for key in ("3", "*", "*", "3", "1"):
            customer.press(key)
            await trio.sleep(3)
        dace = await people.phone("203")
        assert [phone.account for phone in people.rung] == ["203"]
        dace.answer()
        await settle()
        customer.hang_up()
        await settle()
    main, more = MenuEntered("Main menu"), MenuEntered("More")
    into = KeyChosen("Main menu", "3", "menu:more")
    assert chose(world) == [main, into, more, main, main, into, more, KeyChosen("More", "1", "extension:203")]


async def test_keys_pressed_ahead_are_taken_by_the_menus_that_follow() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        customer.press("31")
        await people.phone("203")
        customer.hang_up()


async def test_who_is_chosen_and_does_not_answer_takes_a_message_herself() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, _ = await caller_and_people(world)
        customer.press("2")
        await trio.sleep(40)
        customer.hang_up()
        await settle()
    assert any(isinstance(fact, LeftMessage) and fact.box == "202" for fact in only_story(world))


async def test_a_phone_of_the_house_dials_a_menu_and_is_transferred_to_one() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "800")
        await settle()
        assert texts_heard(world, anna) == [MAIN.greeting[EN]]
        anna.hang_up()
        customer = customer_calls(world)
        await settle()
        customer.press("2")
        boris = await people.phone("202")
        boris.answer()
        await settle()
        boris.transfer("800")
        await settle()
        assert texts_heard(world, customer) == [MAIN.greeting[EN]] * 2
        assert boris.leg.is_gone and boris.transfer_reports[-1] == 200
        customer.press("203")
        await people.phone("203")
        customer.hang_up()


async def test_who_chooses_to_end_hears_goodbye() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, _ = await caller_and_people(world)
        customer.press("0")
        await settle()
        assert phrases_heard(world, customer) == ["goodbye"]
        await trio.sleep(5)
        assert customer.ended_with is Cause.NORMAL


# By name.


async def test_a_name_is_spelled_and_its_owner_rung() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        customer.press("9")
        await settle()
        assert phrases_heard(world, customer) == ["spell-the-name"]
        customer.press("3223#")
        await settle()
        assert texts_heard(world, customer)[-1] == "Dace"
        customer.press("1")
        await people.phone("203")
        customer.hang_up()
    assert NameLookedUp("3223", ("203",)) in only_story(world)


async def test_of_several_people_one_is_chosen_from_those_read_out() -> None:
    namesakes = {"201": person("Anna", "201"), "202": person("Boris", "202"), "203": person("Ann Ozola", "203")}
    async with open_simulated_office(office_with_menus(extensions=namesakes), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        customer.press("9266#")
        await settle()
        assert texts_heard(world, customer)[1:] == ["Ann Ozola", "Anna"]
        customer.press("2")
        await people.phone("201")
        customer.hang_up()


async def test_who_finds_nobody_comes_back_to_the_menu_and_from_there_to_somebody() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        customer.press("9999999#")
        await settle()
        assert phrases_heard(world, customer)[-2:] == ["no-such-name", "spell-the-name"]
        anna = await people.phone("201")
        assert anna.shown is not None and anna.shown.number == CUSTOMER
        customer.hang_up()
    assert MenuEntered("Main menu") in only_story(world)[5:]


# Those who do not.


async def test_who_presses_nothing_reaches_somebody() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        await trio.sleep(25)
        assert texts_heard(world, customer) == [MAIN.greeting[EN]] * 3
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
    nothing = NothingKeyed("Main menu")
    assert chose(world) == [MenuEntered("Main menu"), *[nothing] * 3, LedOn("Main menu", "extension:201", "silence")]


async def test_who_presses_wrong_keys_is_told_so_and_ends_at_a_mailbox() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, _ = await caller_and_people(world)
        for _ in range(3):
            customer.press("7")
            await trio.sleep(3)
        await trio.sleep(30)
        customer.hang_up()
        await settle()
        assert phrases_heard(world, customer)[:4] == [
            *("menu-wrong-key", "menu-wrong-key", "menu-led-on"),
            "voicemail-greeting",
        ]
    assert any(isinstance(fact, LeftMessage) for fact in only_story(world))


@pytest.mark.parametrize("keys", ["7", "*", "0123456789*#", "8", "2", "#", "99"])
async def test_who_presses_everything_for_ever_ends_at_somebody(keys: str) -> None:
    """A machine, a child, or a handset in a pocket: it hears something all the time, and is not there for ever."""
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        with trio.move_on_after(60 * 60):
            while not (customer.leg.is_gone or people.rung or "record" in world.sound.heard_by(customer.leg.id)):
                customer.press(keys)
                await trio.sleep(1.1)
        assert people.rung or customer.ended_with is not None or "record" in world.sound.heard_by(customer.leg.id)
        customer.hang_up()


async def test_who_walks_through_menus_for_ever_ends_at_a_mailbox() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, _ = await caller_and_people(world)
        for _ in range(MOST_CHOICES // 2):
            customer.press("3")
            await trio.sleep(3)
            customer.press("*")
            await trio.sleep(3)
        await trio.sleep(10)
        assert phrases_heard(world, customer)[-1] == "voicemail-greeting"
        customer.hang_up()
        await settle()
    assert LedOn("Main menu", "menu:main", "round") in only_story(world)


async def test_a_person_may_walk_through_many_menus() -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        for _ in range(MOST_CHOICES // 2 - 1):
            customer.press("3")
            await trio.sleep(3)
            customer.press("*")
            await trio.sleep(3)
        customer.press("203")
        await people.phone("203")
        customer.hang_up()


# Offices that were not thought through.


@pytest.mark.parametrize(
    "office",
    [
        office_with_menus(menus={}),
        office_with_menus({"silence": "menu:more"}, menus=MENUS | {"more": Menu(name="More", greeting={EN: "Wait."})}),
        office_with_menus({"greeting": {}}),
        office_with_menus({"silence": "menu:main"}),
        office_with_menus({"silence": "outside:+37120000009"}, outbound_routes=()),
        office_with_menus({"silence": "ring_group:gone"}),
        office_with_menus(default_desk="menu:more", main={"silence": None}),
    ],
)
async def test_every_silent_caller_reaches_somebody_or_a_mailbox(office: Configuration) -> None:
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        for _ in range(600):
            await trio.sleep(1)
            if people.rung or "record" in world.sound.heard_by(customer.leg.id):
                break
        told = phrases_heard(world, customer)
        assert people.rung or "record" in world.sound.heard_by(customer.leg.id) or told[-1] == "nobody-takes-your-call"
        customer.hang_up()


@pytest.mark.parametrize("moment", [0.0, 0.5, 1.9, 2.0, 3.0, 7.0, 21.0, 23.0])
@pytest.mark.parametrize("keys", ["", "2", "9", "8", "7", "3"])
async def test_a_caller_may_hang_up_at_any_moment(keys: str, moment: float) -> None:
    async with open_simulated_office(office_with_menus(), TUESDAY_NOON) as world:
        People(world)
        customer = customer_calls(world)
        await settle()
        customer.press(keys)
        await trio.sleep(moment)
        customer.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.office.calls


def test_explaining_walks_through_the_menu() -> None:
    explained = explain(office_with_menus(), caller=CUSTOMER, at=TUESDAY_NOON, keys="31")
    assert explained.sentences[2:8] == (
        'The caller hears the menu "Main menu".',
        "Keys lead from here to: 1 → Sales, 2 → Boris (202), 3 → More, 0 → hang up.",
        "Key 3 leads to: More.",
        'The caller hears the menu "More".',
        "Keys lead from here to: 1 → Dace (203).",
        "Key 1 leads to: Dace (203).",
    )


def test_explaining_tells_where_a_silent_caller_ends() -> None:
    explained = explain(office_with_menus(), caller=CUSTOMER, at=TUESDAY_NOON)
    assert "Without a choice the caller is led to: Anna (201)." in explained.sentences
    assert any(isinstance(told.fact, LeftMessage) for told in explained.facts)
    assert not any(isinstance(told.fact, Answered) for told in explained.facts)
    assert Announced("menu-led-on") in [told.fact for told in explained.facts]


def test_the_second_menu_offers_no_numbers() -> None:
    assert not MORE.dial_extensions


# Those who speak.


def office_that_listens(**main: object) -> Configuration:
    words = {EN: {"1": ("sales",), "2": ("boris", "support please")}}
    return office_with_menus({"words": words, **main}, speech=SpeechRecognition(engine="pocketsphinx"))


async def test_words_choose_as_keys_do() -> None:
    async with open_simulated_office(office_that_listens(), TUESDAY_NOON) as world:
        world.recogniser.said = "support please"
        customer, people = await caller_and_people(world)
        await trio.sleep(2 + 1)
        assert world.sound.heard_by(customer.leg.id) == ["record"]
        await people.phone("202")
        assert [phone.account for phone in people.rung] == ["202"]
        customer.hang_up()
        await settle()
        assert isinstance(world.office.ports.scratch, MemoryScratch) and not world.office.ports.scratch.kept
    assert WordsUnderstood("support please", "2") in only_story(world)


@pytest.mark.parametrize("after", [1.0, 3.0, 7.2])
async def test_keys_work_beside_words(after: float) -> None:
    async with open_simulated_office(office_that_listens(), TUESDAY_NOON) as world:
        world.recogniser.said = "sales"
        customer, people = await caller_and_people(world)
        await trio.sleep(after)  # during the greeting, while it listens, while it is being understood
        customer.press("203")
        await people.phone("203")
        assert [phone.account for phone in people.rung] == ["203"]
        customer.hang_up()


@pytest.mark.parametrize(
    "office",
    [
        office_that_listens(),
        office_that_listens(words={LV: {"1": ("pārdošana",)}}),
        office_with_menus({"words": {EN: {"1": ("sales",)}}}),
    ],
)
async def test_who_is_not_understood_is_led_on_as_who_is_silent(office: Configuration) -> None:
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        customer, people = await caller_and_people(world)
        await people.phone("201")
        customer.hang_up()


@pytest.mark.parametrize("moment", [1.0, 3.0, 7.2, 7.6])
async def test_a_caller_may_hang_up_while_he_is_listened_to(moment: float) -> None:
    async with open_simulated_office(office_that_listens(), TUESDAY_NOON) as world:
        customer, _ = await caller_and_people(world)
        await trio.sleep(moment)
        customer.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached
        assert isinstance(world.office.ports.scratch, MemoryScratch) and not world.office.ports.scratch.kept
