"""The button of a door starts one call at a time, whose sound ends with it."""

import trio.testing

from appliance.calls.names import PartyKind
from appliance.calls.ports import AudioFrames
from appliance.calls.story import Announced
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.stations.buttons import DoorStations
from tests.flows.offices import TUESDAY_NOON, small_office


class Cables:
    """Which legs have the door's frames plugged in."""

    def __init__(self, world: SimulatedOffice) -> None:
        self.plugged: list[str] = []
        world.sound.attach = self.attach  # type: ignore[method-assign]
        world.sound.detach = self.plugged.remove  # type: ignore[method-assign]

    def attach(self, leg: str, frames: AudioFrames) -> None:
        assert len(frames.pull()) == 320
        self.plugged.append(leg)


async def test_the_button_rings_the_house_and_a_second_press_does_nothing() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        cables = Cables(world)
        stations = DoorStations(world.sound)
        stations.open(world.office)
        stations.button_pressed("front")
        stations.button_pressed("front")
        await trio.testing.wait_all_tasks_blocked()
        (call,) = world.office.calls.values()
        assert call.caller.kind is PartyKind.DOOR
        assert {end.account for end in world.switch.far_ends.values()} == {"201", "202", "203"}
        assert cables.plugged == [call.principal.id]
        call.end()
        await trio.testing.wait_all_tasks_blocked()
        assert cables.plugged == [] and not world.office.legs
        stations.button_pressed("front")
        assert len(world.office.calls) == 1


async def test_nobody_comes_and_the_visitor_is_told() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        cables = Cables(world)
        stations = DoorStations(world.sound)
        stations.open(world.office)
        stations.button_pressed("front")
        await trio.sleep(40)
        (record,) = world.records.ended
        assert Announced(phrase="nobody-comes-to-the-door") in [told.fact for told in record.story]
        assert cables.plugged == []
