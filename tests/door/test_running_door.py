"""One door on simulated pins, with a ledger that takes as long as the test wants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
import trio.testing

from appliance.control.door_alarms import AlarmKind, DoorAlarm, DoorAlarmEnded
from appliance.control.door_messages import (
    Channel,
    DoorLocked,
    DoorRefused,
    DoorUnlocked,
    Granted,
    LedgerEntry,
    OpenRequest,
    Reason,
    Refused,
    WithoutLedger,
)
from appliance.control.door_people import CodeKind
from appliance.door.clock import DoorClock
from appliance.door.codes import PersonCode, hashed, tag_of
from appliance.door.keypad import WAITING
from appliance.door.ledger import LedgerUnavailable
from appliance.door.memory import Blocked, Instant, Kept, Memory
from appliance.door.rules import Grant, KnownCodes
from appliance.door.running_door import EXIT_PATIENCE_SECONDS, RunningDoor
from hardware.gpio.devices import LockRelay
from hardware.gpio.drivers import Pins, open_pins
from hardware.gpio.simulated import ChipFactory
from hardware.gpio.wiegand import Key
from hardware.simulators.pins import SimulatedChip
from tests.door.conftest import FIXTURES, RELAY, by_digit, front


class SlowLedger:
    """What surrounds a door; each write waits for `may_write`."""

    boot = "b1"

    def __init__(self) -> None:
        self.hashing = trio.CapacityLimiter(1)
        self.may_write = trio.Event()
        self.may_write.set()
        self.writing = trio.Event()
        self.entries: list[LedgerEntry] = []
        self.notices: list[msgspec.Struct] = []
        self.told = trio.Event()
        self.ahead = 0.0
        self.started = DoorClock().now().monotonic
        self.is_full = False
        self.people: tuple[PersonCode, ...] = ()
        self.kept: list[Kept] = []

    def now(self) -> Instant:
        now = DoorClock().now()
        return Instant(now.monotonic + self.ahead, None)

    def codes(self, door: str) -> KnownCodes:
        return KnownCodes(people=self.people)

    def claim(self, door: str, grant: Grant) -> bool:
        return True

    async def write(self, entry: LedgerEntry, kept: Kept | None, code_used: str | None) -> int:
        self.writing.set()
        await self.may_write.wait()
        if self.is_full:
            cause = "The disk is full."
            raise LedgerUnavailable(cause, "Make room.")
        if kept is not None:
            self.kept.append(kept)
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


def kept_code(person: str, code: str) -> PersonCode:
    return PersonCode(id=person, person=person, hash=hashed(code), tag=tag_of(code, ""))


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


def alarms_of(around: SlowLedger) -> list[tuple[str, str]]:
    told = (notice for notice in around.notices if isinstance(notice, DoorAlarm | DoorAlarmEnded))
    return [(type(notice).__name__, notice.kind) for notice in told]


def with_door(folder: Path, do: Callable[[RunningDoor, SlowLedger], Awaitable[None]], **settings: Any) -> None:
    """A door with everything wired to it, and its contact closed."""

    async def main() -> None:
        around = SlowLedger()
        chip = SimulatedChip(folder)
        chip.apply(FIXTURES["contact"].pin, 0)
        chip.apply(FIXTURES["tamper"].pin, 0)
        pins = open_pins("simulated", folder)
        async with trio.open_nursery() as nursery:
            door = RunningDoor(front(**(FIXTURES | settings)), pins, Memory(), around)
            nursery.start_soon(door.watch)
            with trio.fail_after(20):
                await do(door, around)
            door.close()
            nursery.cancel_scope.cancel()
        pins.close()
        chip.close()

    trio.run(main)


def test_without_a_ledger_refuse_all_keeps_the_keypad_shut_and_refuse_remote_does_not(tmp_path: Path) -> None:
    keyed = OpenRequest(door="front", channel=Channel.KEYPAD, code="4711")
    for policy, opens in ((WithoutLedger.REFUSE_ALL, False), (WithoutLedger.REFUSE_REMOTE, True)):

        async def main(door: RunningDoor, around: SlowLedger, opens: bool = opens) -> None:
            around.is_full = True
            around.people = (kept_code("anna", "4711"),)
            refused = await door.ask(by_digit())
            assert isinstance(refused, Refused) and refused.reason is Reason.LEDGER_UNAVAILABLE
            assert isinstance(await door.ask(keyed), Granted) is opens

        with_door(tmp_path, main, without_ledger=policy)


def test_a_disk_that_does_not_answer_keeps_nobody_inside(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        around.may_write = trio.Event()
        began = trio.current_time()
        SimulatedChip(tmp_path).apply(FIXTURES["exit_button"].pin, 0)
        await around.until(DoorUnlocked)
        assert trio.current_time() - began < EXIT_PATIENCE_SECONDS + 1
        assert SimulatedChip(tmp_path).level(RELAY) == 1
        assert around.entries == []
        around.may_write.set()
        await around.until(DoorLocked)
        assert [(entry.channel, entry.result) for entry in around.entries][:1] == [("exit", "granted")]

    with_door(tmp_path, main)


def test_more_than_ten_openings_a_minute_are_one_alarm_that_ends(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        for number in range(10):
            around.ahead = 2.0 * number
            assert isinstance(await door.ask(by_digit()), Granted)
        around.ahead = 20.0
        for _ in range(3):
            refused = await door.ask(by_digit())
            assert isinstance(refused, Refused) and refused.reason is Reason.TOO_OFTEN
        assert door.state().alarms == (AlarmKind.OPENED_TOO_OFTEN,)
        around.ahead = 61.0
        door.check()
        assert alarms_of(around)[:2] == [
            ("DoorAlarm", AlarmKind.OPENED_TOO_OFTEN),
            ("DoorAlarmEnded", AlarmKind.OPENED_TOO_OFTEN),
        ]

    with_door(tmp_path, main, contact=None)


def test_a_lock_out_is_one_alarm_and_ends_with_it(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        for _ in range(7):
            await door.ask(by_digit(code="0000"))
        door.check()
        around.ahead = 31.0
        door.check()
        assert alarms_of(around) == [
            ("DoorAlarm", AlarmKind.TOO_MANY_TRIES),
            ("DoorAlarmEnded", AlarmKind.TOO_MANY_TRIES),
        ]

    with_door(tmp_path, main)


def test_a_pin_that_somebody_else_keeps_driving_is_one_alarm_and_is_locked_each_time(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        chip = SimulatedChip(tmp_path)
        for _ in range(3):
            chip.drive(RELAY, 1)
            assert door.check()
            assert chip.level(RELAY) == 0
        door.check()
        assert alarms_of(around) == [("DoorAlarm", AlarmKind.RELAY), ("DoorAlarmEnded", AlarmKind.RELAY)]

    with_door(tmp_path, main)


def test_after_half_an_hour_a_door_that_was_tampered_with_opens_again_and_a_reboot_remembers(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        chip, tamper = SimulatedChip(tmp_path), FIXTURES["tamper"].pin
        chip.apply(tamper, 1)
        await around.until(DoorAlarm)
        chip.apply(tamper, 0)
        await around.until(DoorAlarmEnded)
        refused = await door.ask(by_digit())
        assert isinstance(refused, Refused) and refused.reason is Reason.BLOCKED
        around.ahead = 1801.0
        door.check()
        assert isinstance(await door.ask(by_digit()), Granted)
        await trio.testing.wait_all_tasks_blocked(0.05)
        begun, over, ended = [kept for kept in around.kept if isinstance(kept, Blocked)]
        assert 1790 < begun.blocked_until - around.started < 1810
        assert over.blocked_until >= begun.blocked_until
        assert ended.blocked_until == 0.0

    with_door(tmp_path, main)


def test_hammering_on_the_keypad_loses_codes_and_nothing_else(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        around.may_write = trio.Event()
        for _ in range(50):
            for key in "0000#":
                door._keypad.take(Key(key))
        around.may_write.set()
        await around.until(DoorRefused)
        await trio.sleep(0.3)
        refusals = [notice for notice in around.notices if isinstance(notice, DoorRefused)]
        assert 0 < len(refusals) <= WAITING + 1
        around.people = (kept_code("anna", "4711"),)
        assert isinstance(await door.ask(by_digit()), Granted)

    with_door(tmp_path, main)


def test_who_is_forced_to_open_is_told_of_even_when_the_door_may_not_open(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        around.is_full = True
        around.people = (msgspec.structs.replace(kept_code("anna", "4711"), kind=CodeKind.DURESS),)
        refused = await door.ask(by_digit(code="4711"))
        assert isinstance(refused, Refused) and refused.reason is Reason.LEDGER_UNAVAILABLE
        (alarm,) = [notice for notice in around.notices if isinstance(notice, DoorAlarm)]
        assert alarm.kind is AlarmKind.DURESS and alarm.person == "anna"

    with_door(tmp_path, main)


def test_tampering_while_an_opening_is_recorded_still_stops_it(tmp_path: Path) -> None:
    async def main(door: RunningDoor, around: SlowLedger) -> None:
        around.may_write = trio.Event()
        around.writing = trio.Event()
        answers: list[Granted | Refused] = []

        async def ask() -> None:
            answers.append(await door.ask(by_digit()))

        async with trio.open_nursery() as asking:
            asking.start_soon(ask)
            await around.writing.wait()
            SimulatedChip(tmp_path).apply(FIXTURES["tamper"].pin, 1)
            await around.until(DoorAlarm)
            around.may_write.set()
        (answer,) = answers
        assert isinstance(answer, Refused) and answer.reason is Reason.BLOCKED
        assert SimulatedChip(tmp_path).level(RELAY) == 0
        results = [entry.result for entry in around.entries if entry.channel == "dtmf"]
        assert results == ["granted", "not_unlocked"]

    with_door(tmp_path, main)


def test_a_way_out_that_could_not_be_recorded_in_time_is_left_to_whoever_ends_the_process(tmp_path: Path) -> None:
    async def main() -> None:
        around = SlowLedger()
        around.may_write = trio.Event()
        async with trio.open_nursery() as nursery:
            door = RunningDoor(front(**FIXTURES), open_pins("simulated", tmp_path), Memory(), around)
            nursery.start_soon(door.watch)
            SimulatedChip(tmp_path).apply(FIXTURES["exit_button"].pin, 0)
            await around.until(DoorUnlocked)
            door.close()
            nursery.cancel_scope.cancel()
        assert ("exit", "granted") in [(entry.channel, entry.result) for entry, _ in door.unwritten]

    trio.run(main)


class DyingRelay(LockRelay):
    """A relay whose chip goes away."""

    is_dead = False

    @property
    def is_as_wished(self) -> bool:
        if self.is_dead:
            raise OSError(121, "Remote I/O error")
        return super().is_as_wished


class DyingPins(Pins):
    """Pins whose relay can die."""

    def __init__(self, factory: ChipFactory) -> None:
        super().__init__(factory)
        self._chip_factory = factory

    def relay(self, pin: int, *, locked_level: int) -> DyingRelay:
        self.last = DyingRelay(self._chip_factory, pin, locked_level)
        return self.last


def test_a_relay_that_does_not_answer_any_more_is_one_alarm_and_ends_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        around = SlowLedger()
        pins = DyingPins(ChipFactory(tmp_path))
        async with trio.open_nursery() as nursery:
            door = RunningDoor(front(), pins, Memory(), around)
            nursery.start_soon(door.watch)
            pins.last.is_dead = True
            for _ in range(3):
                assert door.check()
            assert door.state().fault == "Its relay does not answer."
            assert alarms_of(around) == [("DoorAlarm", AlarmKind.RELAY)]
            pins.last.is_dead = False
            assert door.check()
            assert door.state().fault == ""
            assert isinstance(await door.ask(by_digit()), Granted)
            assert alarms_of(around)[1:] == [("DoorAlarmEnded", AlarmKind.RELAY)]
            door.close()
            nursery.cancel_scope.cancel()

    trio.run(main)
