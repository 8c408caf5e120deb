"""Talks as tests of their keys begin them, and what is heard in them."""

import trio

from appliance.calls.ports import Phrase
from appliance.simulated.office import SimulatedOffice
from appliance.simulated.switch import FarEnd
from tests.flows.test_everyday_calls import People, customer_calls, settle


async def customer_talks_to_anna(world: SimulatedOffice, people: People) -> tuple[FarEnd, FarEnd]:
    customer = customer_calls(world)
    anna = await people.phone("201")
    anna.answer()
    await settle()
    return customer, anna


async def keyed(end: FarEnd, keys: str) -> None:
    """Press keys, and wait until all of them are read."""
    end.press(keys)
    await trio.sleep(2)


def hears(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return world.sound.heard_by(end.leg.id)


def are_bridged(world: SimulatedOffice, *ends: FarEnd) -> bool:
    """Whether these and nobody else hear each other."""
    bridges = [set(attached.legs) for attached in world.sound.attached if attached.what == "bridge"]
    return {end.leg.id for end in ends} in bridges


def phrases(world: SimulatedOffice, end: FarEnd) -> list[str]:
    return [said.name for leg, said in world.sound.heard if leg == end.leg.id and isinstance(said, Phrase)]
