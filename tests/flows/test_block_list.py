"""Blocking callers by telephone."""

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import SpelledDigits
from appliance.calls.story import BlockListChanged
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.callers import BERZINA, OWN, PEST, office_with_contacts
from tests.flows.offices import CUSTOMER, TUESDAY_NOON
from tests.flows.test_callers import calls
from tests.flows.test_everyday_calls import People, settle
from tests.flows.test_unhappy_calls import phrases_heard


async def dial(world: SimulatedOffice, dialled: str) -> list[str]:
    """Anna dials a code and listens to the end; the phrases she hears."""
    anna = world.switch.call_in(world.office, "201", dialled)
    await trio.sleep(10)
    assert anna.leg.is_gone, "the code ends the call by itself"
    return phrases_heard(world, anna)


async def test_a_number_is_blocked_and_allowed_again() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        People(world)
        assert await dial(world, "*3029999999") == ["number-blocked"]
        assert SpelledDigits("37129999999", "en") in [prompt for _, prompt in world.sound.heard]
        assert world.office.configuration.screening.blocked == (CUSTOMER,)
        caller = calls(world, CUSTOMER)
        await settle()
        assert caller.ended_with is Cause.REJECTED
        assert await dial(world, "*3129999999") == ["number-allowed"]
        caller = calls(world, CUSTOMER)
        await settle()
        assert caller.hears_ringing
        caller.hang_up()
    assert BlockListChanged(number=CUSTOMER, blocked=True) in [told.fact for told in world.records.ended[0].story]


@pytest.mark.parametrize("code", ["*30", "*32"])
async def test_who_called_this_phone_last_is_blocked(code: str) -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        for number in (CUSTOMER, ""):
            caller = calls(world, number)
            await people.phone("201")
            caller.hang_up()
            await settle()
        assert await dial(world, code) == ["number-blocked"]
        assert world.office.configuration.screening.blocked == (CUSTOMER,), "the withheld one cannot be meant"


async def test_a_contact_that_is_blocked_is_allowed_again_by_its_number() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        assert await dial(world, f"*31{PEST.removeprefix('+371')}") == ["number-allowed"]
        assert not world.office.configuration.contacts["pest"].blocked


@pytest.mark.parametrize(
    ("dialled", "heard"),
    [
        ("*30112", "number-cannot-be-blocked"),
        (f"*30{OWN.removeprefix('+371')}", "number-cannot-be-blocked"),
        ("*305", "number-cannot-be-blocked"),
        ("*30", "no-last-caller"),
        ("*31", "no-last-caller"),
        ("*315", "number-not-blocked"),
        (f"*31{BERZINA.removeprefix('+371')}", "number-not-blocked"),
    ],
)
async def test_what_cannot_be_done_is_said(dialled: str, heard: str) -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        before = world.office.configuration
        assert await dial(world, dialled) == [heard]
        assert world.office.configuration == before
