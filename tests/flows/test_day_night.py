"""Day and night by hand at a telephone."""

from datetime import datetime

import pytest

from appliance.calls.ports import Moment, Said
from appliance.calls.story import HoursSwitched
from appliance.config.models import OpeningHours
from appliance.errors import PorterError
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NIGHT, TUESDAY_NOON, small_office
from tests.flows.test_divert_codes import dial, spoken, told
from tests.flows.test_everyday_calls import People, customer_calls, settle

TWO = {
    "office": OpeningHours(weekly={"tue": ("09:00-18:00",)}),
    "shop": OpeningHours(weekly={"tue": ("20:00-23:00",)}),
}


@pytest.mark.parametrize(
    ("now", "is_open", "word"),
    [(TUESDAY_NOON, False, "it-is-closed-now"), (TUESDAY_NIGHT, True, "it-is-open-now")],
)
async def test_a_code_turns_day_to_night_and_back(now: datetime, is_open: bool, word: str) -> None:
    async with open_simulated_office(small_office(), now) as world:
        before = world.office.configuration
        assert (await dial(world, "*28"))[0] == word
        people = People(world)
        customer = customer_calls(world)
        await settle()
        assert bool(people.rung) is is_open
        customer.hang_up()
        await settle()
        await dial(world, "*28")
        assert world.office.configuration == before, "the week says the same, so no hand is needed"
    assert HoursSwitched("", is_open, "202") in told(world)


async def test_it_is_said_when_the_week_takes_over_again() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        assert await dial(world, "*28") == ["it-is-closed-now", "it-changes-by-itself"]
        assert any(isinstance(prompt, Moment) and prompt.at > TUESDAY_NOON for prompt in spoken(world))


async def test_one_of_several_hours_is_switched_by_its_position() -> None:
    async with open_simulated_office(small_office(opening_hours=TWO), TUESDAY_NOON) as world:
        assert (await dial(world, "*282"))[0] == "it-is-open-now"
        assert Said("shop", "en") in spoken(world)
        assert world.office.configuration.opening_hours["shop"].override == "open"
        assert world.office.configuration.opening_hours["office"].override is None


@pytest.mark.parametrize("dialled", ["*280", "*283", "*2899999999"])
async def test_hours_that_are_not_there_change_nothing(dialled: str) -> None:
    async with open_simulated_office(small_office(opening_hours=TWO), TUESDAY_NOON) as world:
        before = world.office.configuration
        assert await dial(world, dialled) == ["no-such-hours"]
        assert world.office.configuration == before


async def test_an_office_without_hours_says_so() -> None:
    async with open_simulated_office(small_office(opening_hours={}, inbound_routes=()), TUESDAY_NOON) as world:
        assert await dial(world, "*28") == ["no-such-hours"]


async def test_without_a_clock_the_hand_stays_until_it_is_taken_back() -> None:
    async with open_simulated_office(small_office(), None) as world:
        assert await dial(world, "*28") == ["it-is-closed-now"]
        assert world.office.configuration.opening_hours["office"].override_until is None
        assert await dial(world, "*28") == ["it-is-open-now"]


async def test_what_cannot_be_kept_is_said() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:

        async def refuse(*_: object, **__: object) -> None:
            raise PorterError("The disk is full.")

        world.office.take_settings = refuse
        assert await dial(world, "*28") == ["not-changed"]
