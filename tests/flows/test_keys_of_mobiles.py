"""The mobile that took a forwarded call has the codes of an extension."""

import pytest
import trio

from appliance.calls.facts import DtmfTransport
from appliance.config.models import Configuration, OutboundRoute
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.talks import are_bridged, customer_talks_to_anna, hears, keyed, phrases
from tests.flows.test_everyday_calls import People, settle


def with_mobile(**rights: object) -> Configuration:
    """Dace does not answer; her calls go to Boris's mobile, which he must accept by 1."""
    office = small_office()
    office.extensions["202"] = person("Boris", "202", mobile=MOBILE, **rights)
    return office


async def anna_reaches_the_mobile(world: SimulatedOffice, people: People) -> tuple[FarEnd, FarEnd]:
    anna = world.switch.call_in(world.office, "201", "203")
    await trio.sleep(11)
    mobile = await people.phone(MOBILE)
    mobile.answer()
    await settle()
    mobile.press("1", DtmfTransport.INBAND)
    await settle()
    assert are_bridged(world, anna, mobile)
    return anna, mobile


async def test_a_mobile_that_took_a_forwarded_call_transfers_asks_and_parks_by_tones() -> None:
    async with open_simulated_office(with_mobile(), TUESDAY_NOON) as world:
        people = People(world)
        anna, mobile = await anna_reaches_the_mobile(world, people)
        mobile.press("*2202#", DtmfTransport.INBAND)
        boris = await people.phone("202")
        assert boris.shown is not None and boris.shown.number == MOBILE
        boris.answer()
        await settle()
        mobile.press("##", DtmfTransport.INBAND)
        await settle()
        assert are_bridged(world, anna, mobile)
        mobile.press("##70#", DtmfTransport.INBAND)
        await trio.sleep(6)
        assert world.office.places.parked.keys() == {"71"} and mobile.leg.is_gone
        anna.hang_up()


async def test_what_a_mobile_parked_comes_back_to_the_mobile_and_then_to_the_default_desk() -> None:
    office = with_mobile()
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "203")
        await trio.sleep(11)
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        mobile.press("1")
        await settle()
        await keyed(mobile, "##71#")
        await trio.sleep(95)
        again = await people.phone(MOBILE)
        assert again is not mobile
        again.reject()
        (await people.phone("201")).answer()
        await settle()
        assert hears(world, boris) == ["bridge"]
        boris.hang_up()


@pytest.mark.parametrize(
    ("rights", "is_dialled"), [({}, True), ({"may_call_outside": False}, False), ({"mobile": None}, False)]
)
async def test_a_mobile_brings_in_numbers_outside_only_for_one_who_may(
    rights: dict[str, object], is_dialled: bool
) -> None:
    lines = {name: small_office().lines["gsm1"] for name in ("gsm1", "gsm2")}
    routes = (OutboundRoute(name="All", lines=("gsm1", "gsm2")),)
    office = small_office(lines=lines, outbound_routes=routes)
    office.extensions["202"] = person("Boris", "202", **({"mobile": MOBILE} | rights))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        anna, mobile = await anna_reaches_the_mobile(world, people)
        await keyed(mobile, "##29999998#")
        assert world.lines["gsm2"].dialled == (["+37129999998"] if is_dialled else [])
        anna.hang_up()


@pytest.mark.parametrize("may", [True, False])
async def test_a_customer_is_connected_with_a_number_outside_only_by_one_who_may(may: bool) -> None:
    lines = {name: small_office().lines["gsm1"] for name in ("gsm1", "gsm2")}
    office = small_office(lines=lines, outbound_routes=(OutboundRoute(name="All", lines=("gsm1", "gsm2")),))
    office.extensions["201"] = person("Anna", "201", may_transfer_outside=may)
    for code in ("##", "*2", "*3"):
        async with open_simulated_office(office, TUESDAY_NOON) as world:
            people = People(world)
            customer, anna = await customer_talks_to_anna(world, people)
            await keyed(anna, f"{code}29999998#")
            await trio.sleep(3)
            assert world.lines["gsm2"].dialled == (["+37129999998"] if may else [])
            assert ("cannot-connect" in phrases(world, anna)) is not may
            customer.hang_up()
