"""Callers who matter especially are kept in the house after an overflow, wherever destinations lead from there."""

import pytest
import trio

from appliance.calls.story import KeptInside, LeftMessage
from appliance.config.models import Diversion, InboundRoute, RingGroup
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, person
from tests.flows.test_everyday_calls import People, settle
from tests.flows.test_queue import SUPPORT, VIP, calls_in, office_with, queue_of

OUTSIDE = f"outside:{MOBILE}"
NIGHT = RingGroup(name="Night", number="601", members=("202",), ring_seconds=10, then=OUTSIDE)


async def rung_after(world: SimulatedOffice, number: str, seconds: float) -> list[str]:
    """Whose phones rang for a caller who waits to the end."""
    people = People(world)
    caller = calls_in(world, 2, number)
    await trio.sleep(seconds)
    caller.hang_up()
    await settle()
    return [phone.account for phone in people.rung if phone.account != "201"]


@pytest.mark.parametrize(("number", "rung"), [(VIP, ["202"]), (CUSTOMER, ["202", MOBILE])])
async def test_a_group_behind_the_queue_does_not_lead_a_vip_outside(number: str, rung: list[str]) -> None:
    """Only the queue's own destination was looked at, not where that leads."""
    queue = queue_of(longest_seconds=12, then="ring_group:night")
    async with open_simulated_office(office_with(queue, ring_groups={"night": NIGHT}), TUESDAY_NOON) as world:
        assert await rung_after(world, number, 100) == rung
        (record,) = world.records.ended
        told = [told.fact for told in record.story]
        assert (KeptInside(OUTSIDE) in told) is (number == VIP)


@pytest.mark.parametrize(("number", "rung"), [(VIP, ["203"]), (CUSTOMER, [MOBILE, "203"])])
async def test_a_chain_behind_the_queue_leaves_the_outside_out_for_a_vip(number: str, rung: list[str]) -> None:
    routes = (InboundRoute(name="All", to=SUPPORT, then=(OUTSIDE, "extension:203")),)
    office = office_with(queue_of(longest_seconds=12), inbound_routes=routes)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        assert await rung_after(world, number, 120) == rung


async def test_a_vip_whom_only_the_outside_is_left_for_reaches_the_default_desk() -> None:
    routes = (InboundRoute(name="All", to=SUPPORT, then=(OUTSIDE,)),)
    office = office_with(queue_of(longest_seconds=12), inbound_routes=routes, default_desk="voicemail:203")
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        assert await rung_after(world, VIP, 60) == []
        (record,) = world.records.ended
        assert [told.fact.box for told in record.story if isinstance(told.fact, LeftMessage)] == ["203"]


async def test_a_person_who_diverts_to_her_mobile_still_gets_a_vip_there() -> None:
    routes = (InboundRoute(name="All", to=SUPPORT, then=("extension:203",)),)
    people = {number: person(number, number) for number in ("201", "202")}
    office = office_with(
        queue_of(longest_seconds=12),
        inbound_routes=routes,
        extensions={**people, "203": person("203", "203", divert=Diversion(always=OUTSIDE))},
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        assert await rung_after(world, VIP, 40) == [MOBILE]


async def test_who_is_no_vip_or_decides_by_a_key_goes_outside_as_before() -> None:
    queue = queue_of(keys={"9": OUTSIDE})
    async with open_simulated_office(office_with(queue), TUESDAY_NOON) as world:
        people = People(world)
        vip = calls_in(world, 2, VIP)
        await people.phone("201")
        vip.press("9")
        assert await people.phone(MOBILE)
        vip.hang_up()
