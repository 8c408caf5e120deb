"""Calls while it is closed for another reason than the week, and after the hand on the switch has let go."""

from datetime import datetime

import msgspec
import pytest
import trio

from appliance.calls.story import HoursLooked, LeftMessage
from appliance.config.models import CalendarEvent, Configuration, Language, OpeningHours
from appliance.services.explain import explain
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import People, customer_calls, settle

INDEPENDENCE_DAY = datetime.fromisoformat("2026-11-18T12:00+02:00")
WEEK = OpeningHours(weekly={"tue": ("09:00-18:00",), "wed": ("09:00-18:00",)}, holidays="LV")
BY_HAND = {"override": "closed", "override_until": "2026-11-24T12:10"}


def office(**changes: object) -> Configuration:
    return small_office(opening_hours={"office": msgspec.structs.replace(WEEK, **changes)})


async def looked(world: SimulatedOffice) -> tuple[HoursLooked, bool]:
    """A customer calls and hangs up after some seconds: what was decided, and whether a phone rang."""
    people, customer = People(world), customer_calls(world)
    await trio.sleep(8)
    customer.hang_up()
    await settle()
    (fact,) = [told.fact for told in world.records.ended[-1].story if isinstance(told.fact, HoursLooked)]
    return fact, bool(people.rung)


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, INDEPENDENCE_DAY, {"why": "holiday", "name": "Latvijas Republikas Proklamēšanas diena"}),
        ({"closed_dates": ("11-20..11-30",)}, TUESDAY_NOON, {"why": "date"}),
        ({"special": {"2026-11-24": ("14:00-15:00",)}}, TUESDAY_NOON, {"why": "special"}),
        (
            {"calendars": {"team": (CalendarEvent(when="2026-11-24", name="Fair"),)}},
            TUESDAY_NOON,
            {"why": "calendar", "name": "Fair"},
        ),
        ({"override": "closed"}, TUESDAY_NOON, {"why": "hand"}),
        (BY_HAND, TUESDAY_NOON, {"why": "hand", "until": "2026-11-24 12:10"}),
        (BY_HAND, None, {"why": "hand", "until": "2026-11-24 12:10"}),
    ],
)
async def test_who_calls_while_it_is_closed_gets_the_mailbox(
    changes: dict[str, object], now: datetime | None, expected: dict[str, str]
) -> None:
    async with open_simulated_office(office(**changes), now) as world:
        assert await looked(world) == (HoursLooked("office", False, **expected), False)


async def test_a_hand_that_has_let_go_rings_the_phones_again() -> None:
    async with open_simulated_office(office(**BY_HAND), TUESDAY_NOON) as world:
        _closed, rang = await looked(world)
        assert not rang
        await trio.sleep(600)
        assert await looked(world) == (HoursLooked("office", True), True)


async def test_without_a_clock_phones_ring_on_any_day() -> None:
    async with open_simulated_office(office(closed_dates=("11-24",)), None) as world:
        assert await looked(world) == (HoursLooked("office", True, why="no_clock"), True)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.EN, "for a public holiday: Latvijas Republikas Proklamēšanas diena."),
        (Language.LV, "ir slēgts svētku dienas dēļ: Latvijas Republikas Proklamēšanas diena."),
        (Language.UK, "зачинено через свято: Latvijas Republikas Proklamēšanas diena."),
        (Language.RU, "закрыто из-за праздника: Latvijas Republikas Proklamēšanas diena."),
    ],
)
def test_the_story_names_the_holiday(language: Language, said: str) -> None:
    told = explain(office(), caller=CUSTOMER, line="gsm1", at=INDEPENDENCE_DAY, language=language)
    assert told.sentences[1].endswith(said)
    assert any(isinstance(each.fact, LeftMessage) for each in told.facts)
