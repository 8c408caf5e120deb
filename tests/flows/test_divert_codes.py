"""People who divert their calls by telephone, and what they hear."""

from datetime import datetime

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Counted, Prompt, Said, SpelledDigits, TimeOfDay
from appliance.calls.story import DiversionRefused, DiversionSet, DoNotDisturbSet
from appliance.config.models import Configuration, Diversion
from appliance.errors import PorterError
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, settle
from tests.flows.test_unhappy_calls import phrases_heard

NATIONAL = MOBILE.removeprefix("+371")


def office() -> Configuration:
    people = small_office().extensions
    return small_office(extensions={**people, "202": person("Boris", "202", mobile=MOBILE)})


async def dial(world: SimulatedOffice, dialled: str, account: str = "202") -> list[str]:
    """Somebody dials a code and listens to the end; the phrases heard."""
    caller = world.switch.call_in(world.office, account, dialled)
    await trio.sleep(30)
    assert caller.leg.is_gone, "the code ends the call by itself"
    return phrases_heard(world, caller)


def divert_of(world: SimulatedOffice, number: str = "202") -> Diversion:
    return world.office.configuration.extensions[number].divert


def spoken(world: SimulatedOffice) -> list[Prompt]:
    return [prompt for _, prompt in world.sound.heard]


def told(world: SimulatedOffice) -> list[object]:
    return [fact.fact for record in world.records.ended for fact in record.story]


@pytest.mark.parametrize(
    ("on", "off", "rule", "heard_on", "heard_off"),
    [
        (f"*72{NATIONAL}", "*73", "always", "calls-always-go-to", "calls-ring-here"),
        (f"*21*{NATIONAL}#", "#21#", "always", "calls-always-go-to", "calls-ring-here"),
        (f"**21*{MOBILE}#", "##21#", "always", "calls-always-go-to", "calls-ring-here"),
        (f"*90{NATIONAL}", "*91", "busy", "calls-go-when-busy", "not-diverted-when-busy"),
        (f"*67*{NATIONAL}#", "#67#", "busy", "calls-go-when-busy", "not-diverted-when-busy"),
        (f"*52{NATIONAL}", "*53", "no_answer", "calls-go-unanswered", "not-diverted-unanswered"),
        (f"*61*{NATIONAL}#", "#61#", "no_answer", "calls-go-unanswered", "not-diverted-unanswered"),
        (f"*62*{NATIONAL}#", "#62#", "unreachable", "calls-go-when-unreachable", "not-diverted-when-unreachable"),
        (f"*52{NATIONAL}", "##002#", "no_answer", "calls-go-unanswered", "calls-not-diverted"),
    ],
)
async def test_a_code_diverts_and_its_counterpart_undoes_it(
    on: str, off: str, rule: str, heard_on: str, heard_off: str
) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        before = world.office.configuration
        assert await dial(world, on) == [heard_on]
        assert getattr(divert_of(world), rule) == f"outside:{MOBILE}"
        assert SpelledDigits(MOBILE.removeprefix("+"), "en") in spoken(world)
        assert await dial(world, off) == [heard_off]
        assert world.office.configuration == before
    set_by = "all" if off == "##002#" else rule
    assert [fact for fact in told(world) if isinstance(fact, DiversionSet)] == [
        DiversionSet("202", rule, f"outside:{MOBILE}"),
        DiversionSet("202", set_by),
    ]


async def test_a_code_without_its_number_asks_for_it() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        boris = world.switch.call_in(world.office, "202", "*72")
        await settle()
        for key in f"{NATIONAL}#":
            boris.press(key)
        await trio.sleep(30)
        assert boris.leg.is_gone
        assert phrases_heard(world, boris) == ["divert-where-to", "calls-always-go-to"]
        assert divert_of(world).always == f"outside:{MOBILE}"


@pytest.mark.parametrize("keys", ["", "#", "*", "5*"])
async def test_who_is_asked_and_names_no_number_changes_nothing(keys: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        before = world.office.configuration
        boris = world.switch.call_in(world.office, "202", "*72")
        await settle()
        for key in keys:
            boris.press(key)
        await trio.sleep(40)
        assert boris.leg.is_gone
        assert phrases_heard(world, boris)[-1] == "divert-no-number"
        assert world.office.configuration == before


@pytest.mark.parametrize("seconds", [0, 1, 5])
async def test_who_hangs_up_while_asked_changes_nothing(seconds: float) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        before = world.office.configuration
        boris = world.switch.call_in(world.office, "202", "*72")
        await trio.sleep(seconds)
        boris.press("2")
        boris.hang_up()
        await settle()
        assert not world.office.calls and not world.sound.attached
        assert world.office.configuration == before


@pytest.mark.parametrize(
    ("dialled", "heard", "reason"),
    [
        ("*7229999999", "divert-not-allowed", "divert-not-allowed"),
        ("*72112", "divert-no-number", "no-number"),
        ("*725", "divert-no-number", "no-number"),
        ("*72202", "divert-circle", "circle"),
    ],
)
async def test_what_is_refused_is_said_with_the_reason(dialled: str, heard: str, reason: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        before = world.office.configuration
        assert await dial(world, dialled) == [heard]
        assert world.office.configuration == before
    assert DiversionRefused("202", dialled.removeprefix("*72"), reason) in told(world)


async def test_two_who_divert_to_each_other_are_told_of_the_circle() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        assert await dial(world, "*72201") == ["calls-always-go-to"]
        assert await dial(world, "*72202", "201") == ["divert-circle"]
        assert divert_of(world, "201").always is None


async def test_settings_that_cannot_be_kept_are_said_to_be_as_before() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:

        async def refuse(*_: object, **__: object) -> None:
            raise PorterError("The disk is full.")

        world.office.take_settings = refuse
        for dialled in (f"*72{NATIONAL}", "*73", "##002#", "*78"):
            assert await dial(world, dialled) == ["not-changed"]


async def test_what_is_set_is_told_by_voice() -> None:
    divert = Diversion(busy="extension:201", no_answer="voicemail:202", unreachable="ring_group:sales")
    people = {**office().extensions, "202": person("Boris", "202", divert=divert)}
    async with open_simulated_office(small_office(extensions=people), TUESDAY_NOON) as world:
        assert await dial(world, "*#21#") == [
            "calls-go-when-busy",
            "calls-go-unanswered",
            "the-mailbox-of",
            "calls-go-when-unreachable",
        ]
        assert {Said("Anna"), SpelledDigits("201"), SpelledDigits("202"), Said("Sales")} <= set(spoken(world))
        assert await dial(world, "##002#") == ["calls-not-diverted"]
        assert await dial(world, "*#61#") == ["calls-not-diverted"]


async def test_a_diverted_phone_stays_quiet_until_it_is_undone() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        await dial(world, "*72201")
        dace = world.switch.call_in(world.office, "203", "202")
        await settle()
        assert [phone.account for phone in people.rung] == ["201"]
        dace.hang_up()
        await settle()
        await dial(world, "*73")
        dace = world.switch.call_in(world.office, "203", "202")
        await settle()
        assert people.rung[-1].account == "202"
        dace.hang_up()


async def test_do_not_disturb_is_switched_on_off_and_over() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        for dialled, heard, quiet in (
            ("*78", "do-not-disturb-on", True),
            ("*78", "do-not-disturb-on", True),
            ("*79", "do-not-disturb-off", False),
            ("*76", "do-not-disturb-on", True),
            ("*76", "do-not-disturb-off", False),
        ):
            assert await dial(world, dialled) == [heard]
            assert world.office.configuration.extensions["202"].do_not_disturb is quiet
        await dial(world, "*78")
        anna = world.switch.call_in(world.office, "201", "202")
        await trio.sleep(1)
        assert anna.ended_with is None, "she is led to the mailbox"
        anna.hang_up()
        await settle()
    assert DoNotDisturbSet("202", True) in told(world)


@pytest.mark.parametrize(("now", "heard"), [(TUESDAY_NOON, "the-time-is"), (None, "the-time-is-unknown")])
async def test_the_time_is_said_when_it_is_known(now: datetime | None, heard: str) -> None:
    async with open_simulated_office(office(), now) as world:
        assert await dial(world, "*60") == [heard]
        assert any(isinstance(prompt, TimeOfDay) for prompt in spoken(world)) is (now is not None)


async def test_a_phone_says_its_own_number_and_where_the_page_is() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        assert await dial(world, "*65") == ["your-number-is", "the-page-is-at", "dot", "dot", "dot"]
        assert [prompt for prompt in spoken(world) if isinstance(prompt, SpelledDigits)] == [
            SpelledDigits(digits, "en") for digits in ("202", "192", "0", "2", "10")
        ]
    (record,) = world.records.ended
    assert record.cause is Cause.NORMAL


async def test_without_a_network_a_phone_says_its_number_alone() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.office.ports.network.own = ""  # type: ignore[attr-defined]  # the simulated one
        assert await dial(world, "*65") == ["your-number-is"]


@pytest.mark.parametrize(
    ("code", "seconds"),
    [(f"*61*{NATIONAL}**25#", 25.0), (f"**61*{MOBILE}*11*5#", 5.0), (f"**61*{NATIONAL}*11#", 20.0)],
)
async def test_a_gsm_code_says_how_long_it_rings_before_and_is_told_back(code: str, seconds: float) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        assert await dial(world, code) == ["calls-go-unanswered"]
        assert (divert_of(world).no_answer, divert_of(world).after_seconds) == (f"outside:{MOBILE}", seconds)
        assert Counted("divert-after-seconds", int(seconds)) in spoken(world)
        assert "calls-go-unanswered" in await dial(world, "*#61#")
        assert spoken(world).count(Counted("divert-after-seconds", int(seconds))) == 2
        await dial(world, "##61#")
        assert divert_of(world).no_answer is None
    said = DiversionSet("202", "no_answer", f"outside:{MOBILE}", None if code.endswith("*11#") else seconds)
    assert said in told(world)


@pytest.mark.parametrize("time", ["0", "4", "61", "999"])
async def test_a_time_no_phone_should_ring_is_refused_with_what_may_be(time: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        assert await dial(world, f"*61*{NATIONAL}**{time}#") == ["divert-seconds"]
        assert divert_of(world) == Diversion()


async def test_a_time_means_nothing_for_a_rule_that_does_not_wait() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        await dial(world, f"**21*{NATIONAL}*11*30#")
        assert (divert_of(world).always, divert_of(world).after_seconds) == (f"outside:{MOBILE}", 20.0)
