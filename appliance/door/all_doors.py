"""All doors of an office in the door process: applying settings, answering requests, keeping codes and the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import trio

from appliance.control.door_messages import (
    ApplyDoors,
    DoorSettings,
    DoorState,
    DoorStatus,
    Granted,
    LedgerEntry,
    LedgerPage,
    LedgerVerified,
    ListPeople,
    OpenRequest,
    People,
    Person,
    ReadLedger,
    Reason,
    Refused,
    SetPersonCode,
    SimulatePress,
    VerifyLedger,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask, Detail, Done, Fault
from appliance.control.server import Asker, Publisher
from appliance.door import codes, files, rules
from appliance.door.clock import DoorClock, boot_id
from appliance.door.codes import Codes, PersonCode
from appliance.door.ledger import Ledger, LedgerUnavailable, WrongCodes
from appliance.door.lock_all import SETTINGS, door_folder, pins_folder
from appliance.door.mistakes import mistakes
from appliance.door.reasons import refusal
from appliance.door.running_door import RunningDoor
from hardware.gpio.drivers import Pins, open_pins
from hardware.gpio.lock_now import PinsUnavailable
from hardware.simulators.pins import SimulatedChip

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

ALLOWED: dict[str, tuple[type[Ask[Any]], ...]] = {
    "controller": (OpenRequest, ApplyDoors, SetPersonCode, ListPeople, ReadLedger, VerifyLedger, SimulatePress),
    "web": (SetPersonCode, ListPeople, ReadLedger, VerifyLedger, SimulatePress),
    "command": (ListPeople, ReadLedger, VerifyLedger, SimulatePress),
}
"""Which role may ask what."""


class AllDoors:
    """The doors of the office in `folder`.

    Made inside Trio; `start` opens the doors as they were last applied, `close` locks them.
    """

    def __init__(self, folder: Path, publisher: Publisher, nursery: trio.Nursery) -> None:
        self.boot = boot_id()
        self._folder = folder
        self._publisher = publisher
        self._nursery = nursery
        self._settings_file = door_folder(folder) / SETTINGS
        self._codes_file = door_folder(folder) / "codes.json"
        self._ledger = Ledger(door_folder(folder) / "ledger.sqlite")
        self._ledger_turn = trio.Lock()
        self._ledger_fault = ""
        self._applying = trio.Lock()
        self._applied = ApplyDoors(())
        self._codes: tuple[PersonCode, ...] = ()
        self._clock = DoorClock()
        self._pins: dict[str, Pins] = {}
        self._doors: dict[str, RunningDoor] = {}
        self._faults: dict[str, str] = {}
        self._memories: dict[str, rules.Memory] = {}
        self._recalled = False

    async def start(self) -> None:
        """Open the doors as last applied. A door whose pins cannot be opened is a loud fault, but not of the others."""
        door_folder(self._folder).mkdir(parents=True, exist_ok=True)
        self._codes = files.load(self._codes_file, Codes, Codes()).codes
        applied = files.load(self._settings_file, ApplyDoors, ApplyDoors(()))
        self._use(applied)
        for settings in applied.doors:
            self._open_or_report(settings)
        await self._recall()
        self.changed()

    def close(self) -> None:
        """Lock every door and let the pins go."""
        for door in self._doors.values():
            door.close()
        self._doors.clear()
        for pins in self._pins.values():
            pins.close()
        self._pins.clear()
        self._ledger.close()

    def check(self) -> bool:
        """Look after every pin; whether this process is fit to go on."""
        return all([door.check() for door in self._doors.values()])

    # What a door needs around it

    def now(self) -> rules.Instant:
        return self._clock.now()

    def person_codes(self) -> tuple[PersonCode, ...]:
        return self._codes

    async def write(self, entry: LedgerEntry, wrong_codes: WrongCodes | None) -> int:
        number = await self._with_ledger(partial(self._ledger.append, entry, wrong_codes))
        return number

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
                await self._set_code(request)
            case SimulatePress():
                await self._press(request)
            case ListPeople():
                return self._people()
            case ReadLedger(most=most, before=before):
                return LedgerPage(await self._with_ledger(partial(self._ledger.page, most, before)))
            case VerifyLedger():
                return LedgerVerified(*await self._with_ledger(self._ledger.verify))
        return Done()

    async def _open_request(self, request: OpenRequest) -> Granted | Refused:
        if not self._recalled:
            await self._recall()
        door = self._doors.get(request.door)
        if door is not None:
            return await door.ask(request)
        known = any(settings.name == request.door for settings in self._applied.doors)
        denial = rules.Denial(Reason.RELAY_FAILED if known else Reason.UNKNOWN_DOOR)
        now = self.now()
        entry = LedgerEntry(
            number=0,
            at=None if now.wall is None else now.wall.isoformat(timespec="milliseconds"),
            boot=self.boot,
            monotonic=now.monotonic,
            door=request.door,
            channel=request.channel,
            asker=request.person,
            call_id=request.call_id,
            result="refused",
            reason=denial.reason,
        )
        try:
            await self.write(entry, None)
        except LedgerUnavailable as error:
            logger.error("A refused try could not be recorded: %s", error)
        return refusal(request.door, denial)

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

    async def _set_code(self, request: SetPersonCode) -> None:
        known = {door.name for door in self._applied.doors}
        _complain([Detail("doors", f"There is no door named {name!r}.") for name in request.doors if name not in known])
        others = [kept for kept in self._codes if kept.person != request.person]
        if request.code is not None:
            if why := codes.why_trivial(request.code, request.known_numbers):
                raise RequestFailed(Fault("trivial_code", why, "Choose another code; six digits at random are good."))
            kept = PersonCode(
                person=request.person,
                hash=await trio.to_thread.run_sync(codes.hashed, request.code),
                doors=request.doors,
                hours=request.hours,
                valid_from=request.valid_from,
                valid_until=request.valid_until,
            )
            others.append(kept)
        async with self._applying:
            try:
                await trio.to_thread.run_sync(files.save, self._codes_file, Codes(tuple(others)))
            except OSError as error:
                raise _not_applied(error) from error
            self._codes = tuple(others)

    async def _press(self, request: SimulatePress) -> None:
        settings = next((door for door in self._applied.doors if door.name == request.door), None)
        if settings is None:
            raise RequestFailed(Fault("unknown_door", f"There is no door named {request.door!r}."))
        if settings.pins != "simulated":
            cause = f"Door {request.door!r} has real pins."
            raise RequestFailed(Fault("not_simulated", cause, "Press its button with a finger."))
        chip = SimulatedChip(pins_folder(self._folder))
        try:
            chip.apply(settings.button_pin, 0)
            await trio.sleep(request.seconds)
        finally:
            chip.apply(settings.button_pin, 1)
            chip.close()

    def _people(self) -> People:
        return People(
            tuple(
                Person(kept.person, kept.doors, kept.hours, kept.valid_from, kept.valid_until) for kept in self._codes
            )
        )

    # Doors and their pins

    def _close_all_but(self, wished: ApplyDoors) -> None:
        """Lock and let go every door whose settings are not wished any more; the others are not touched."""
        keep = {settings.name: settings for settings in wished.doors}
        for name, door in list(self._doors.items()):
            if keep.get(name) != door.settings:
                self._memories[name] = door.memory
                door.close()
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
        memory = self._memories.get(settings.name, rules.Memory())
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
                if not self._ledger_fault:
                    logger.error("%s", error)
                self._ledger_fault = str(error)
                raise
            self._ledger_fault = ""
            return result

    async def _recall(self) -> None:
        """Lock-outs from before the restart; after a reboot they begin anew, for nobody knows how long it took."""
        try:
            remembered = await self._with_ledger(self._ledger.wrong_codes)
        except LedgerUnavailable:
            return
        self._recalled = True
        now = self.now().monotonic
        for name, wrong in remembered.items():
            longest = now + rules.lockout_seconds(wrong.count)
            until = min(wrong.locked_out_until, longest) if wrong.boot == self.boot else longest
            self._memories[name] = rules.Memory(wrong_codes=wrong.count, locked_out_until=until)
            if name in self._doors:
                self._doors[name].recall(self._memories[name])


def _complain(found: list[Detail]) -> None:
    if found:
        cause = "; ".join(f"{detail.path}: {detail.cause}" for detail in found)
        raise RequestFailed(Fault("invalid", cause, "Correct this and apply again.", tuple(found)))


def _not_applied(error: Exception) -> RequestFailed:
    if isinstance(error, PinsUnavailable):
        return RequestFailed(Fault("pins_unavailable", error.cause, error.next_step))
    cause = f"The change could not be saved: {error}. Everything stays as it was."
    return RequestFailed(Fault("not_saved", cause, "Check the disk: it may be full or read-only."))
