"""Scripts: digits, web services that answer or do not, reading back, branches, marks."""

import pytest
import trio

from appliance.calls.ports import Enquired
from appliance.calls.story import (
    Branched,
    DigitsCollected,
    LeftMessage,
    LowMarkTold,
    NothingCollected,
    NotRated,
    Rated,
    ReadBack,
    ScriptBegan,
    ScriptLeft,
    ServiceAsked,
)
from appliance.config.models import (
    AnyStep,
    Ask,
    Branch,
    Collect,
    Configuration,
    Go,
    Language,
    Rate,
    RingGroup,
    Script,
)
from appliance.flows.script import MOST_STEPS
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.menus import ERP, ORDER, SURVEY, office_with_menus
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, small_office
from tests.flows.test_attendant import texts_heard
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle
from tests.flows.test_unhappy_calls import phrases_heard

EN = Language.EN


def office(*steps: AnyStep, **changes: object) -> Configuration:
    """The small office, whose callers go through a script."""
    return office_with_menus(
        {"keys": {"1": "script:order"}, "dial_extensions": False, "silence": "script:order", "tries": 1},
        scripts={"order": Script(name="Order", number="850", steps=steps or ORDER, then="extension:201")},
        surveys={"satisfaction": SURVEY},
        **changes,
    )


async def in_script(world: SimulatedOffice) -> tuple[FarEnd, People]:
    """A customer who has chosen the script."""
    people = People(world)
    customer = customer_calls(world)
    await settle()
    customer.press("1")
    await settle()
    return customer, people


def told(world: SimulatedOffice) -> list[object]:
    """What the only call's story tells of scripts and surveys."""
    kinds = (
        *(ScriptBegan, DigitsCollected, NothingCollected, ServiceAsked, ReadBack, Branched, ScriptLeft),
        *(Rated, NotRated, LowMarkTold),
    )
    return [fact for fact in only_story(world) if isinstance(fact, kinds)]


async def test_an_order_is_asked_read_back_looked_up_and_answered() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.web_services.answers[ERP] = Enquired({"state": "open", "due": "Friday"})
        world.web_services.seconds = 2.0
        customer, _ = await in_script(world)
        customer.press("4712")
        await settle()
        assert texts_heard(world, customer)[-1] == "4 7, 1 2. Right: 1, wrong: 2."
        customer.press("2")
        await settle()
        customer.press("4711")
        await settle()
        customer.press("1")
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["music"], "something is heard while the service thinks"
        await trio.sleep(3)
        assert texts_heard(world, customer)[-1] == "It is due on Friday."
        await trio.sleep(10)
        assert customer.leg.is_gone and phrases_heard(world, customer)[-1] == "goodbye"
        assert world.web_services.asked == [(f"{ERP}/4711?from=%2B37129999999", {})]
    assert told(world) == [
        ScriptBegan("Order"),
        DigitsCollected("order", "4712"),
        ReadBack(False),
        DigitsCollected("order", "4711"),
        ReadBack(True),
        ServiceAsked("erp.example", 2.0),
        Branched("state", "open", otherwise=("step:paid", "ring_group:sales")),
        ScriptLeft("Order", "hang_up"),
    ]


@pytest.mark.parametrize(("state", "rung"), [("paid", {"201"}), ("late", {"201", "202", "203"})])
async def test_the_answer_decides_where_the_caller_goes(state: str, rung: set[str]) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.web_services.answers[ERP] = Enquired({"state": state, "due": ""})
        customer, people = await in_script(world)
        customer.press("4711")
        await settle()
        customer.press("1")
        await trio.sleep(8)
        assert {phone.account for phone in people.rung} == rung
        customer.hang_up()


@pytest.mark.parametrize(
    ("answer", "seconds", "fault"),
    [
        (Enquired(fault="unreachable"), 0.0, "unreachable"),
        (Enquired({"state": "paid", "due": ""}), 60.0, "too slow"),
        (Enquired({"state": "paid"}), 1.0, "value missing"),
        (Enquired(fault="no JSON object"), 1.0, "no JSON object"),
    ],
)
async def test_a_service_that_fails_is_apologised_for_and_somebody_is_rung(
    answer: Enquired, seconds: float, fault: str
) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.web_services.answers[ERP], world.web_services.seconds = answer, seconds
        customer, people = await in_script(world)
        customer.press("4711")
        await settle()
        customer.press("1")
        dace = await people.phone("203")
        assert phrases_heard(world, customer)[-1] == "service-does-not-answer"
        assert dace.shown is not None and dace.shown.number == CUSTOMER
        customer.hang_up()
        await settle()
    assert ServiceAsked("erp.example", min(seconds, 5.0), fault) in told(world)


async def test_who_enters_nothing_or_too_little_is_led_on() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        customer, people = await in_script(world)
        customer.press("47#")
        await settle()
        assert phrases_heard(world, customer)[-1] == "not-enough-digits"
        await people.phone("202")
        customer.hang_up()
        await settle()
    assert told(world) == [ScriptBegan("Order"), NothingCollected("order"), ScriptLeft("Order", "extension:202")]


async def test_a_caller_without_keys_reaches_somebody_through_all_of_it() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        People(world)
        customer = customer_calls(world)
        await trio.sleep(120)
        customer.hang_up()
        await settle()
    assert any(isinstance(fact, LeftMessage) for fact in only_story(world))


async def test_what_is_secret_is_not_told() -> None:
    pin = Collect(text={EN: "Your PIN."}, into="pin", most=4, secret=True)
    asked = Ask(url=ERP, send=("pin", "caller"), answers=())
    async with open_simulated_office(office(pin, asked), TUESDAY_NOON) as world:
        world.web_services.answers[ERP] = Enquired()
        customer, people = await in_script(world)
        customer.press("1234")
        await people.phone("201")
        assert world.web_services.asked == [(ERP, {"pin": "1234", "caller": CUSTOMER})]
        customer.hang_up()
        await settle()
    assert DigitsCollected("pin", "") in told(world) and "1234" not in str(only_story(world))


async def test_steps_that_lead_to_each_other_end_at_somebody() -> None:
    steps = (Branch(label="one", value="caller", cases={}, otherwise="step:two"), Go(label="two", to="step:one"))
    async with open_simulated_office(office(*steps), TUESDAY_NOON) as world:
        customer, people = await in_script(world)
        await people.phone("201")
        customer.hang_up()
        await settle()
    assert len([fact for fact in told(world) if isinstance(fact, Branched)]) == MOST_STEPS // 2


@pytest.mark.parametrize("keys", ["1", "2", "*#", "0123456789", "47112", "#"])
async def test_who_presses_everything_in_a_script_for_ever_ends_at_somebody(keys: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.web_services.answers[ERP] = Enquired({"state": "open", "due": "Friday"})
        customer, people = await in_script(world)
        with trio.move_on_after(3600):
            while not (customer.leg.is_gone or people.rung):
                customer.press(keys)
                await trio.sleep(0.9)
        assert people.rung or "goodbye" in phrases_heard(world, customer)
        customer.hang_up()


@pytest.mark.parametrize("moment", [0.0, 1.0, 2.0, 4.1, 6.0, 8.0, 11.0])
async def test_a_caller_may_hang_up_at_any_moment_of_a_script(moment: float) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.web_services.answers[ERP] = Enquired({"state": "paid", "due": ""})
        world.web_services.seconds = 3.0
        customer, _ = await in_script(world)
        customer.press("4711")
        await settle()
        customer.press("1")
        await trio.sleep(moment)
        customer.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.office.calls


# Surveys.


async def test_a_survey_before_the_talk_is_a_step() -> None:
    async with open_simulated_office(office(Rate(survey="satisfaction")), TUESDAY_NOON) as world:
        customer, people = await in_script(world)
        customer.press("7")
        customer.press("4")
        await people.phone("201")
        customer.hang_up()
        await settle()
        assert world.outbox.queued == []
    assert Rated("Satisfaction", 4) in told(world)


def rated_group() -> Configuration:
    """Callers ring sales, and are asked after the talk."""
    sales = RingGroup(name="Sales", number="600", members=("201", "202"), then="voicemail:201", rating="satisfaction")
    return small_office(ring_groups={"sales": sales}, surveys={"satisfaction": SURVEY})


async def talk_with_anna(world: SimulatedOffice) -> tuple[FarEnd, FarEnd]:
    people = People(world)
    customer = customer_calls(world)
    anna = await people.phone("201")
    anna.answer()
    await settle()
    return customer, anna


async def test_after_the_talk_the_caller_may_give_a_mark_and_a_low_one_is_told_by_sms() -> None:
    async with open_simulated_office(rated_group(), TUESDAY_NOON) as world:
        customer, anna = await talk_with_anna(world)
        await trio.sleep(20)
        anna.hang_up()
        await settle()
        assert texts_heard(world, customer)[-1] == "How was it, 1 to 5?"
        customer.press("1")
        await trio.sleep(10)
        assert customer.leg.is_gone and phrases_heard(world, customer)[-2:] == ["thanks-for-the-mark", "goodbye"]
        assert world.outbox.queued == [(MOBILE, f"Satisfaction: 1 — {CUSTOMER}, Anna")]
    (record,) = world.records.ended
    assert record.talk_seconds == 20
    assert told(world) == [Rated("Satisfaction", 1, "Anna"), LowMarkTold(MOBILE)]


async def test_a_caller_who_hangs_up_first_is_asked_nothing() -> None:
    async with open_simulated_office(rated_group(), TUESDAY_NOON) as world:
        customer, anna = await talk_with_anna(world)
        customer.hang_up()
        await settle()
        assert anna.leg.is_gone and not world.office.calls
    assert told(world) == []


@pytest.mark.parametrize("key", ["", "9"])
async def test_a_caller_who_stays_and_gives_no_mark_is_let_go(key: str) -> None:
    async with open_simulated_office(rated_group(), TUESDAY_NOON) as world:
        customer, anna = await talk_with_anna(world)
        anna.hang_up()
        await settle()
        customer.press(key)
        await trio.sleep(60)
        assert customer.leg.is_gone and not world.office.calls
    assert told(world) == [NotRated("Satisfaction")]
