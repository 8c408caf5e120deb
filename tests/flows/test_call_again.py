"""Calling back, redialling, and short numbers."""

import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase, SpelledDigits
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, settle


def prompts(world: SimulatedOffice, end: FarEnd) -> list[object]:
    return [said for leg, said in world.sound.heard if leg == end.leg.id]


async def missed_call(world: SimulatedOffice) -> People:
    people = People(world)
    customer = customer_calls(world)
    await people.phone("201")
    customer.hang_up()
    await settle()
    return people


async def test_the_last_caller_is_said_and_called_at_the_press_of_a_key() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = await missed_call(world)
        anna = world.switch.call_in(world.office, "201", "*69")
        await settle()
        anna.press("1")
        mobile = await people.phone(CUSTOMER)
        mobile.answer()
        await settle()
        assert SpelledDigits(CUSTOMER.removeprefix("+"), "en") in prompts(world, anna)
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]


async def test_who_only_listens_calls_nobody() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        await missed_call(world)
        anna = world.switch.call_in(world.office, "201", "*69")
        await trio.sleep(20)
        assert anna.ended_with is Cause.NORMAL
        assert world.lines["gsm1"].dialled == []


async def test_nobody_has_called_yet() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        for code in ("*69", "*66"):
            anna = world.switch.call_in(world.office, "201", code)
            await trio.sleep(3)
            assert Phrase("no-such-call-yet", "en") in prompts(world, anna)


async def test_what_was_dialled_last_is_dialled_again_codes_apart() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        people = People(world)
        for dialled in ("29999999", "*43"):
            anna = world.switch.call_in(world.office, "201", dialled)
            await settle()
            anna.hang_up()
            await settle()
        anna = world.switch.call_in(world.office, "201", "*66")
        await people.phone(CUSTOMER)
        assert world.lines["gsm1"].dialled == [CUSTOMER, CUSTOMER]


async def test_dialling_again_asks_for_the_right_again() -> None:
    office = small_office(extensions={"201": person("Anna", "201", may_call_outside=False), **_others()})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        await missed_call(world)
        anna = world.switch.call_in(world.office, "201", "*69")
        await settle()
        anna.press("1")
        await trio.sleep(3)
        assert anna.ended_with is Cause.NOT_ALLOWED
        assert world.lines["gsm1"].dialled == []


async def test_a_short_number_is_dialled_as_what_it_stands_for() -> None:
    office = small_office(speed_dials={"1": "29999999", "12": "202"})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        world.switch.call_in(world.office, "201", "*012")
        await people.phone("202")
        world.switch.call_in(world.office, "203", "*01")
        await people.phone(CUSTOMER)
        anna = world.switch.call_in(world.office, "201", "*099")
        await trio.sleep(3)
        assert Phrase("speed-dial-empty", "en") in prompts(world, anna)


def _others() -> dict[str, object]:
    return {number: person(name, number) for number, name in (("202", "Boris"), ("203", "Dace"))}
