"""One door on simulated pins, with a ledger that takes as long as the test wants."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import trio

from appliance.control.door_messages import DoorLocked, DoorRefused, Granted, LedgerEntry, Reason, Refused
from appliance.door.clock import DoorClock
from appliance.door.ledger import LedgerUnavailable
from appliance.door.memory import Instant, Kept, Memory
from appliance.door.rules import Grant, KnownCodes
from appliance.door.running_door import RunningDoor
from hardware.gpio.drivers import open_pins
from hardware.simulators.pins import SimulatedChip
from tests.door.conftest import RELAY, by_digit, front


class SlowLedger:
    """What surrounds a door; each write waits for `may_write`."""

    boot = "b1"

    def __init__(self) -> None:
        self.may_write = trio.Event()
        self.may_write.set()
        self.writing = trio.Event()
        self.entries: list[LedgerEntry] = []
        self.notices: list[msgspec.Struct] = []
        self.told = trio.Event()
        self.ahead = 0.0

    def now(self) -> Instant:
        now = DoorClock().now()
        return Instant(now.monotonic + self.ahead, None)

    def codes(self, door: str) -> KnownCodes:
        return KnownCodes()

    def claim(self, door: str, grant: Grant) -> bool:
        return True

    async def write(self, entry: LedgerEntry, kept: Kept | None, code_used: str | None) -> int:
        self.writing.set()
        await self.may_write.wait()
        self.entries.append(entry)
        return len(self.entries)

    def tell(self, notice: msgspec.Struct) -> None:
        self.notices.append(notice)
        self.told.set()
        self.told = trio.Event()

    def changed(self) -> None:
        """Nobody looks."""

    async def until(self, kind: type[msgspec.Struct]) -> None:
        with trio.fail_after(5):
            while not any(isinstance(notice, kind) for notice in self.notices):
                await self.told.wait()


async def opened(nursery: trio.Nursery, folder: Path, around: SlowLedger) -> RunningDoor:
    door = RunningDoor(front(), open_pins("simulated", folder), Memory(), around)
    nursery.start_soon(door.watch)
    return door


def test_a_try_recorded_while_the_door_locks_does_not_make_it_look_unlocked(tmp_path: Path) -> None:
    async def main() -> None:
        around = SlowLedger()
        async with trio.open_nursery() as nursery:
            door = await opened(nursery, tmp_path, around)
            assert isinstance(await door.ask(by_digit()), Granted)
            around.may_write = trio.Event()
            around.writing = trio.Event()
            nursery.start_soon(door.ask, by_digit(code="0000"))
            await around.writing.wait()
            await around.until(DoorLocked)
            around.may_write.set()
            await around.until(DoorRefused)
            around.ahead = 3600.0
            assert isinstance(await door.ask(by_digit()), Granted)
            door.close()
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_door_whose_record_took_too_long_stays_locked_and_says_so_in_the_ledger(tmp_path: Path) -> None:
    async def main() -> None:
        around = SlowLedger()
        async with trio.open_nursery() as nursery:
            door = await opened(nursery, tmp_path, around)
            around.may_write = trio.Event()
            answers: list[Granted | Refused] = []

            async def ask() -> None:
                answers.append(await door.ask(by_digit()))

            async with trio.open_nursery() as asking:
                asking.start_soon(ask)
                await around.writing.wait()
                around.ahead = 3.5
                around.may_write.set()
            answer = answers[0]
            assert isinstance(answer, Refused)
            assert answer.reason is Reason.LEDGER_UNAVAILABLE
            assert [entry.result for entry in around.entries] == ["granted", "not_unlocked"]
            assert SimulatedChip(tmp_path).level(RELAY) == 0
            door.close()
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_thirty_seconds_in_one_go_are_the_end_however_slow_the_ledger_is(tmp_path: Path) -> None:
    async def main() -> None:
        around = SlowLedger()
        async with trio.open_nursery() as nursery:
            door = RunningDoor(front(pulse_seconds=10.0), open_pins("simulated", tmp_path), Memory(), around)
            nursery.start_soon(door.watch)
            for ahead in (0.0, 9.0, 18.0):
                around.ahead = ahead
                assert isinstance(await door.ask(by_digit()), Granted)
            around.ahead = 26.0
            around.may_write = trio.Event()
            around.writing = trio.Event()
            answers: list[Granted | Refused] = []

            async def ask() -> None:
                answers.append(await door.ask(by_digit()))

            async with trio.open_nursery() as asking:
                asking.start_soon(ask)
                await around.writing.wait()
                around.ahead = 28.0
                around.may_write.set()
            answer = answers[0]
            assert isinstance(answer, Granted)
            assert answer.seconds == pytest.approx(2.0, abs=0.2)
            door.close()
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_relay_that_fails_is_refused_told_and_recorded(tmp_path: Path) -> None:
    async def main() -> None:
        around = SlowLedger()
        async with trio.open_nursery() as nursery:
            door = await opened(nursery, tmp_path, around)
            door.close()
            answer = await door.ask(by_digit())
            assert isinstance(answer, Refused)
            assert answer.reason is Reason.RELAY_FAILED
            assert [entry.result for entry in around.entries] == ["granted", "not_unlocked"]
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_ledger_that_fails_is_an_error_of_its_own() -> None:
    assert LedgerUnavailable("Full.", "Make room.").next_step == "Make room."
