"""The controller's port to the door, against the real door process."""

from __future__ import annotations

import signal
from datetime import datetime, time

import msgspec
import pytest
import trio

from appliance.calls.ports import DoorPort, OpenAnswer
from appliance.config.models import Configuration, Door
from appliance.control.door_messages import ApplyDoors, DoorLocked, DoorStatus, SimulatePress
from appliance.control.door_people import Hours
from appliance.control.faults import RequestFailed
from appliance.door.port import DoorProcessPort, settings_of
from appliance.door.rules import is_within
from appliance.office_layout import OfficeLayout
from tests.door.conftest import RELAY, DoorProcess, front

pytestmark = pytest.mark.real

DEMO = Configuration(
    name="Demo",
    default_desk="extension:201",
    doors={"front": Door(name="Front door", rings="extension:201", open_digit="9", pulse_seconds=1.0)},
)


class Ears:
    """What the port tells; `next` waits for the next of a type."""

    def __init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[object](1000)
        self.presses, self._pressed = trio.open_memory_channel[str](10)

    def pressed(self, door: str) -> None:
        self.presses.send_nowait(door)

    def told(self, what: object) -> None:
        self._send.send_nowait(what)

    async def press(self) -> str:
        with trio.fail_after(5):
            return await self._pressed.receive()

    async def until(self, met: object) -> object:
        with trio.fail_after(5):
            async for what in self._receive:
                if met(what):  # type: ignore[operator]
                    return what
        raise AssertionError


async def ask(port: DoorPort, **other: str) -> OpenAnswer:
    wish = {"channel": "dtmf", "person": "201", "call_id": "c1", "leg_side": "answerer"} | other
    return await port.request_open("front", code=None, **wish)


def test_the_configuration_becomes_the_doors_settings() -> None:
    assert settings_of(DEMO) == ApplyDoors((front(),), time_zone="Europe/Riga")


def test_the_hours_of_the_key_become_spans_of_days() -> None:
    weekly = {"mon": ("09:00-13:00", "14:00-18:00"), "fri": ("22:00-02:00",), "sun": ("00:00-24:00",)}
    door = msgspec.structs.replace(DEMO.doors["front"], key_hours=weekly)
    (settings,) = settings_of(msgspec.structs.replace(DEMO, doors={"front": door})).doors
    assert settings.hours == (
        Hours((1,), time(9), time(13)),
        Hours((1,), time(14), time(18)),
        Hours((5,), time(22), time(2)),
        Hours((7,), time(0), time(0)),
    )
    saturday, sunday = datetime(2026, 11, 28, 1, 59), datetime(2026, 11, 29, 23, 59)
    assert is_within(settings.hours, saturday) and is_within(settings.hours, sunday)
    assert not is_within(settings.hours, saturday.replace(hour=3))
    assert not is_within(settings.hours, datetime(2026, 11, 30, 0, 0))


def test_press_answer_key_open(door: DoorProcess) -> None:
    door.start()

    async def main() -> None:
        ears = Ears()
        port = DoorProcessPort(OfficeLayout(door.folder).door_socket, ears.pressed, ears.told)
        async with trio.open_nursery() as nursery:
            await nursery.start(port.run)
            await port.apply(DEMO)
            await trio.to_thread.run_sync(door.client.ask, SimulatePress("front", 0.1))
            assert await ears.press() == "front"
            refused = await ask(port, leg_side="street")
            assert not refused.granted
            assert "own side" in refused.reason
            assert await ask(port) == OpenAnswer(True)
            assert door.chip().level(RELAY) == 1
            await ears.until(lambda what: isinstance(what, DoorLocked))
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_door_process_that_is_away_refuses_and_gets_the_configuration_when_it_is_back(door: DoorProcess) -> None:
    async def main() -> None:
        ears = Ears()
        port = DoorProcessPort(OfficeLayout(door.folder).door_socket, ears.pressed, ears.told)
        async with trio.open_nursery() as nursery:
            await nursery.start(port.run)
            await port.apply(DEMO)
            with trio.move_on_after(10) as patience:
                answer = await ask(port)
            assert not patience.cancelled_caught
            assert not answer.granted
            assert "The door is not running." in answer.reason
            for _ in range(2):
                await trio.to_thread.run_sync(door.start)
                await ears.until(lambda what: isinstance(what, DoorStatus) and what.doors)
                assert await ask(port) == OpenAnswer(True)
                await trio.to_thread.run_sync(door.kill, signal.SIGKILL)
                await ears.until(lambda what: isinstance(what, DoorStatus) and not what.doors)
                assert port.status is None
                assert port.fault is not None
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_configuration_the_door_does_not_take_is_an_error_with_its_path(door: DoorProcess) -> None:
    door.start()
    twice = Door(name="Back", rings="extension:201", button_pin=17, relay_pin=5)

    async def main() -> None:
        port = DoorProcessPort(OfficeLayout(door.folder).door_socket, lambda _: None)
        async with trio.open_nursery() as nursery:
            await nursery.start(port.run)
            await port.apply(DEMO)
            with pytest.raises(RequestFailed) as raised:
                await port.apply(msgspec.structs.replace(DEMO, doors=dict(DEMO.doors) | {"back": twice}))
            assert raised.value.fault.details[0].path == "doors[1].button_pin"
            assert (await ask(port)).granted
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_code_for_one_ring_opens_once_for_whom_it_was_made(door: DoorProcess) -> None:
    door.start()

    async def main() -> None:
        port = DoorProcessPort(OfficeLayout(door.folder).door_socket, lambda _: None)

        async def let_in(person: str, code: str) -> OpenAnswer:
            return await port.request_open(
                "front", channel="sms", person=person, code=code, call_id=None, leg_side="answerer"
            )

        async with trio.open_nursery() as nursery:
            await nursery.start(port.run)
            await port.apply(DEMO)
            assert await port.one_time_code("cellar", ring="c1", person="+37120000001", seconds=60) is None
            code = await port.one_time_code("front", ring="c1", person="+37120000001", seconds=60)
            assert code is not None and len(code) == 4
            assert not (await let_in("+37120000002", code)).granted
            assert (await let_in("+37120000001", code)).granted
            await trio.sleep(1.1)
            again = await let_in("+37120000001", code)
            assert (again.granted, again.why) == (False, "used_up")
            nursery.cancel_scope.cancel()

    trio.run(main)
