"""All doors of an office in the door process: applying settings, answering requests, keeping codes and the ledger."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import trio

from appliance.control.door_alarms import AlarmKind, DoorAlarm, DoorAlarmEnded
from appliance.control.door_messages import (
    ApplyDoors,
    DoorSettings,
    DoorState,
    DoorStatus,
    Granted,
    LedgerEntry,
    LedgerPage,
    LedgerVerified,
    OpenRequest,
    ReadLedger,
    Reason,
    Refused,
    SimulateDoor,
    SimulatePress,
    VerifyLedger,
)
from appliance.control.door_people import (
    CodesUndone,
    IssueOneTimeCode,
    ListPeople,
    OneTimeCode,
    SetPersonCode,
    UndoCodes,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask, Detail, Done, Fault
from appliance.control.server import Asker, Publisher
from appliance.door import files, rules
from appliance.door.alarm_words import words
from appliance.door.clock import DoorClock, boot_id
from appliance.door.code_book import CodeBook
from appliance.door.ledger import Ledger, LedgerUnavailable
from appliance.door.lock_all import SETTINGS, door_folder, pins_folder
from appliance.door.memory import Instant, Kept, Memory, kept_over_restart
from appliance.door.mistakes import mistakes
from appliance.door.reasons import refusal
from appliance.door.rules import KnownCodes
from appliance.door.running_door import RunningDoor
from appliance.door.simulated_hand import move
from hardware.gpio.drivers import Pins, open_pins
from hardware.gpio.lock_now import PinsUnavailable

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_LOOK: tuple[type[Ask[Any]], ...] = (ListPeople, ReadLedger, VerifyLedger, SimulatePress, SimulateDoor)
_CHANGE: tuple[type[Ask[Any]], ...] = (*_LOOK, SetPersonCode, UndoCodes)
ALLOWED: dict[str, tuple[type[Ask[Any]], ...]] = {
    "controller": (*_CHANGE, OpenRequest, ApplyDoors, IssueOneTimeCode),
    "web": _CHANGE,
    "owner": _CHANGE,
    "command": _LOOK,
}
"""Which role may ask what."""


class AllDoors:
    """The doors of the office in `folder`.

    Made inside Trio; `start` opens the doors as they were last applied, `lock` locks them and lets the pins go, and
    `close`, once no task is left, writes what still waits and closes the ledger.
    """

    def __init__(self, folder: Path, publisher: Publisher, nursery: trio.Nursery) -> None:
        self.boot = boot_id()
        self.hashing = trio.CapacityLimiter(2)
        self._folder = folder
        self._publisher = publisher
        self._nursery = nursery
        self._settings_file = door_folder(folder) / SETTINGS
        self._codes = CodeBook(door_folder(folder) / "codes.json")
        self._ledger = Ledger(door_folder(folder) / "ledger.sqlite")
        self._ledger_turn = trio.Lock()
        self._ledger_fault = ""
        self._applying = trio.Lock()
        self._applied = ApplyDoors(())
        self._clock = DoorClock()
        self._pins: dict[str, Pins] = {}
        self._doors: dict[str, RunningDoor] = {}
        self._gone: deque[RunningDoor] = deque(maxlen=20)
        """Doors that were taken away or changed: they may have something to record yet."""
        self._faults: dict[str, str] = {}
        self._memories: dict[str, Memory] = {}
        self._recalled = False

    async def start(self) -> None:
        """Open the doors as last applied. A door whose pins cannot be opened is a loud fault, but not of the others."""
        door_folder(self._folder).mkdir(parents=True, exist_ok=True)
        self._codes.load()
        applied = files.load(self._settings_file, ApplyDoors, ApplyDoors(()))
        self._use(applied)
        for settings in applied.doors:
            self._open_or_report(settings)
        await self._recall()
        self.changed()

    def lock(self) -> None:
        """Lock every door and let the pins go."""
        for door in self._doors.values():
            door.close()
        for pins in self._pins.values():
            pins.close()
        self._pins.clear()

    def close(self) -> None:
        """Record what nobody had recorded yet, such as the way out a moment ago, and close the ledger."""
        for door in (*self._gone, *self._doors.values()):
            for entry, kept in door.unwritten:
                try:
                    self._ledger.append(entry, kept)
                except LedgerUnavailable as error:
                    logger.error("A ledger entry (%s %s) was lost: %s", entry.result, entry.reason, error)
        self._doors.clear()
        self._ledger.close()

    def check(self) -> bool:
        """Look after every pin; whether this process is fit to go on."""
        return all([door.check() for door in self._doors.values()])

    # What a door needs around it

    def now(self) -> Instant:
        return self._clock.now()

    def codes(self, door: str) -> KnownCodes:
        return self._codes.known(door)

    def claim(self, door: str, grant: rules.Grant) -> bool:
        return self._codes.claim(door, grant)

    async def write(self, entry: LedgerEntry, kept: Kept | None, code_used: str | None) -> int:
        return await self._with_ledger(partial(self._ledger.append, entry, kept, code_used))

    def tell(self, notice: msgspec.Struct) -> None:
        self._publisher.notice(notice)

    def changed(self) -> None:
        states = [
            door.state() if (door := self._doors.get(settings.name)) else self._faulty(settings)
            for settings in self._applied.doors
        ]
        self._publisher.snapshot(DoorStatus(tuple(states), not self._ledger_fault, self._ledger_fault))

    # Requests

    async def handle(self, request: Ask[Any], asker: Asker) -> msgspec.Struct:
        """Answer one request; a handler of `appliance.control.server`."""
        if not isinstance(request, ALLOWED.get(asker.role, ())):
            cause = f"The {asker.role} may not ask the door for this."
            raise RequestFailed(Fault("not_allowed", cause, "Ask the controller instead."))
        match request:
            case OpenRequest():
                return await self._open_request(request)
            case ApplyDoors():
                await self._apply(request)
            case SetPersonCode():
                await self._set_code(request, asker)
            case UndoCodes(by=by):
                return await self._undo_codes(by or asker.role)
            case IssueOneTimeCode():
                return self._issue(request)
            case SimulatePress():
                await move(self._simulated(request.door), self._folder, button_seconds=request.seconds)
            case SimulateDoor():
                await move(self._simulated(request.door), self._folder, request)
            case ListPeople():
                return self._codes.people()
            case ReadLedger(most=most, before=before, text=text):
                return LedgerPage(await self._with_ledger(partial(self._ledger.page, most, before, text)))
            case VerifyLedger():
                return LedgerVerified(*await self._with_ledger(self._ledger.verify))
        return Done()

    async def _open_request(self, request: OpenRequest) -> Granted | Refused:
        if not self._recalled:
            await self._recall()
        door = self._doors.get(request.door)
        if door is not None and not request.channel.is_local and not request.is_card:
            return await door.ask(request)
        if door is not None:
            denial = rules.Denial(Reason.NOT_LOCAL)
        elif any(settings.name == request.door for settings in self._applied.doors):
            denial = rules.Denial(Reason.RELAY_FAILED)
        else:
            denial = rules.Denial(Reason.UNKNOWN_DOOR)
        entry = msgspec.structs.replace(
            self._entry("refused", denial.reason),
            door=request.door,
            channel=request.channel,
            asker=request.person,
            call_id=request.call_id,
        )
        await self._record(entry)
        return refusal(request.door, denial)

    def _entry(self, result: str, reason: str | None = None) -> LedgerEntry:
        now = self.now()
        return LedgerEntry(
            number=0,
            at=None if now.wall is None else now.wall.isoformat(timespec="milliseconds"),
            boot=self.boot,
            monotonic=now.monotonic,
            door="",
            channel="",
            result=result,
            reason=reason,
        )

    async def _record(self, entry: LedgerEntry) -> None:
        """Write what changes nothing about a lock; a ledger that cannot be written is told elsewhere."""
        try:
            await self.write(entry, None, None)
        except LedgerUnavailable as error:
            logger.error("A ledger entry (%s %s) was lost: %s", entry.result, entry.reason, error)

    async def _apply(self, wished: ApplyDoors) -> None:
        _complain(mistakes(wished))
        async with self._applying:
            if wished == self._applied and not self._faults:
                return
            before = self._applied
            # What goes is locked before the file forgets it, and what comes is in the file before it can be unlocked:
            # so `lock_all` knows every relay that could be unlocked, whenever this process is killed.
            self._close_all_but(wished)
            try:
                await trio.to_thread.run_sync(files.save, self._settings_file, wished)
                self._open_missing(wished)
            except (PinsUnavailable, OSError) as error:
                await self._go_back(before)
                raise _not_applied(error) from error
            self.changed()

    async def _go_back(self, before: ApplyDoors) -> None:
        self._close_all_but(before)
        try:
            await trio.to_thread.run_sync(files.save, self._settings_file, before)
        except OSError as error:
            logger.error("The earlier settings could not be saved again: %s", error)
        self._use(before)
        for settings in before.doors:
            if settings.name not in self._doors:
                self._open_or_report(settings)
        self.changed()

    async def _set_code(self, request: SetPersonCode, asker: Asker) -> None:
        now = self.now()
        doors = [door.name for door in self._applied.doors]
        try:
            await self._codes.set(request, doors, None if now.wall is None else now.wall.date())
        except OSError as error:
            raise _not_applied(error) from error
        result = "code_taken" if request.code is None else "code_given"
        entry = self._entry(result, request.kind)
        await self._record(msgspec.structs.replace(entry, person=request.person, asker=request.by or asker.role))

    async def _undo_codes(self, by: str) -> CodesUndone:
        try:
            undone = await self._codes.undo()
        except OSError as error:
            raise _not_applied(error) from error
        entry = self._entry("code_undone", undone.kind)
        await self._record(msgspec.structs.replace(entry, person=undone.person, asker=by))
        return undone

    def _issue(self, request: IssueOneTimeCode) -> OneTimeCode:
        if request.door not in self._doors:
            raise RequestFailed(Fault("unknown_door", f"There is no door named {request.door!r} that works."))
        return self._codes.issue(request, self.now().monotonic)

    def _simulated(self, name: str) -> DoorSettings:
        settings = next((door for door in self._applied.doors if door.name == name), None)
        if settings is None:
            raise RequestFailed(Fault("unknown_door", f"There is no door named {name!r}."))
        if settings.pins != "simulated":
            cause = f"Door {name!r} has real pins."
            raise RequestFailed(Fault("not_simulated", cause, "Move it by hand."))
        return settings

    # Doors and their pins

    def _close_all_but(self, wished: ApplyDoors) -> None:
        """Lock and let go every door whose settings are not wished any more; the others are not touched."""
        keep = {settings.name: settings for settings in wished.doors}
        for name, door in list(self._doors.items()):
            if keep.get(name) != door.settings:
                self._memories[name] = door.memory
                door.close()
                self._gone.append(door)
                del self._doors[name]

    def _open_missing(self, wished: ApplyDoors) -> None:
        for settings in wished.doors:
            if settings.name not in self._doors:
                self._open(settings)
        self._use(wished)

    def _use(self, wished: ApplyDoors) -> None:
        self._applied = wished
        self._faults.clear()
        self._clock = DoorClock(wished.time_zone, trusted=wished.trust_clock)

    def _open(self, settings: DoorSettings) -> None:
        pins = self._pins.get(settings.pins)
        if pins is None:
            folder = (pins_folder if settings.pins == "simulated" else door_folder)(self._folder)
            pins = self._pins[settings.pins] = open_pins(settings.pins, folder)
        memory = self._memories.get(settings.name, Memory())
        door = self._doors[settings.name] = RunningDoor(settings, pins, memory, self)
        self._nursery.start_soon(door.watch)

    def _open_or_report(self, settings: DoorSettings) -> None:
        try:
            self._open(settings)
        except PinsUnavailable as error:
            self._faults[settings.name] = str(error)
            logger.critical("Door %r does not work: %s", settings.name, error)

    def _faulty(self, settings: DoorSettings) -> DoorState:
        fault = self._faults.get(settings.name, "")
        return DoorState(name=settings.name, pins=settings.pins, unlocked=False, wished_unlocked=False, fault=fault)

    # The ledger

    async def _with_ledger(self, work: Callable[[], Result]) -> Result:
        async with self._ledger_turn:
            try:
                result = await trio.to_thread.run_sync(work)
            except LedgerUnavailable as error:
                self._ledger_failed(str(error))
                raise
            if self._ledger_fault:
                self._ledger_fault = ""
                self.tell(DoorAlarmEnded(door="", kind=AlarmKind.LEDGER))
            return result

    def _ledger_failed(self, fault: str) -> None:
        is_new, self._ledger_fault = not self._ledger_fault, fault
        if is_new:
            logger.error("%s", fault)
            cause, next_step = words(AlarmKind.LEDGER, "", fault)
            self.tell(DoorAlarm(door="", kind=AlarmKind.LEDGER, cause=cause, next_step=next_step))

    async def _recall(self) -> None:
        """What was kept from before the restart: lock-outs, blocks, and how often guests have come in."""
        try:
            kept = await self._with_ledger(self._ledger.kept)
            self._codes.recall(await self._with_ledger(self._ledger.uses))
        except LedgerUnavailable:
            return
        self._recalled = True
        now = self.now().monotonic
        for name, one in kept:
            self._memories[name] = kept_over_restart(self._memories.get(name, Memory()), one, self.boot, now)
            if name in self._doors:
                self._doors[name].recall(one)


def _complain(found: list[Detail]) -> None:
    if found:
        cause = "; ".join(f"{detail.path}: {detail.cause}" for detail in found)
        raise RequestFailed(Fault("invalid", cause, "Correct this and apply again.", tuple(found)))


def _not_applied(error: Exception) -> RequestFailed:
    if isinstance(error, PinsUnavailable):
        return RequestFailed(Fault("pins_unavailable", error.cause, error.next_step))
    cause = f"The change could not be saved: {error}. Everything stays as it was."
    return RequestFailed(Fault("not_saved", cause, "Check the disk: it may be full or read-only."))
