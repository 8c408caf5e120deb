"""The controller's side of the door: `DoorPort` over the door process's socket, and what the door tells."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from pathlib import Path

import msgspec
import trio

from appliance.calls.ports import OpenAnswer
from appliance.config.models import Configuration
from appliance.control.async_client import AsyncClient, Connected, Heard
from appliance.control.client import Lost
from appliance.control.door_alarms import DoorAlarm
from appliance.control.door_messages import (
    DOOR,
    ApplyDoors,
    ButtonPressed,
    Channel,
    DoorSettings,
    DoorStatus,
    Granted,
    LegSide,
    Lock,
    OpenRequest,
    SimulatePress,
    WithoutLedger,
)
from appliance.control.door_people import Hours, IssueOneTimeCode
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault, Notice, Snapshot
from appliance.routing.hours_notation import DAY_MINUTES, DAYS, parse_period

log = logging.getLogger(__name__)

Pressed = Callable[[str], None]
Told = Callable[[msgspec.Struct], None]

ANSWER_SECONDS = 4.0
"""Longer nobody at the phone waits, and the door itself unlocks no later than 3 s after it was asked."""


class DoorProcessPort:
    """The door process as the controller sees it. Run `run` in the controller's nursery.

    Args:
        path: The door process's socket.
        pressed: Called with the door's name at every press of a button.
        told: Called with every notice and with each `DoorStatus`, for the page; None: nobody wants them.
        trust_clock: The door may believe the wall clock although nothing vouches for it.
    """

    def __init__(self, path: Path, pressed: Pressed, told: Told | None = None, *, trust_clock: bool = False) -> None:
        self._client = AsyncClient(path, DOOR, "controller", self._heard)
        self._pressed = pressed
        self._told = told or (lambda _: None)
        self._trust_clock = trust_clock
        self._wished: ApplyDoors | None = None
        self._apply_again = trio.Event()
        self.status: DoorStatus | None = None
        """As last told; None while there is no connection."""
        self.fault: Fault | None = None
        """Why the door cannot be reached, or did not take the configuration."""

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the connection, and the doors as configured, until cancelled; started after the first try to connect."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self._client.run)
            nursery.start_soon(self._keep_applied)
            task_status.started()

    async def apply(self, configuration: Configuration) -> None:
        """Have the doors as configured; raises RequestFailed with everything that is wrong, and all stays as it was.

        A door process that is not there gets the configuration as soon as it is.
        """
        wished = settings_of(configuration, trust_clock=self._trust_clock)
        if not self._client.is_connected:
            self._wished = wished
            return
        await self._client.ask(wished, seconds=10)
        self._wished, self.fault = wished, None

    async def request_open(
        self, door: str, *, channel: str, person: str, code: str | None, call_id: str | None, leg_side: str
    ) -> OpenAnswer:
        """See `DoorPort`: whatever goes wrong is a refusal with the reason."""
        request = OpenRequest(
            door=door,
            channel=Channel(channel),
            person=person,
            code=code,
            call_id=call_id,
            leg_side=LegSide(leg_side) if call_id is not None else None,
        )
        try:
            answer = await self._client.ask(request, seconds=ANSWER_SECONDS)
        except RequestFailed as failed:
            log.warning("call %s: door %s was not asked or did not answer: %s", call_id, door, failed)
            return OpenAnswer(False, f"{failed.fault.cause} {failed.fault.next_step}".strip())
        if isinstance(answer, Granted):
            return OpenAnswer(True)
        return OpenAnswer(False, f"{answer.cause} {answer.next_step}", answer.reason)

    async def one_time_code(self, door: str, *, ring: str, person: str, seconds: float) -> str | None:
        """See `DoorPort`."""
        try:
            made = await self._client.ask(IssueOneTimeCode(door=door, ring=ring, person=person, seconds=seconds))
        except RequestFailed as failed:
            log.warning("call %s: no code for door %s: %s", ring, door, failed)
            return None
        return made.code

    async def simulate_press(self, door: str) -> None:
        """Press the button of a door with simulated pins; raises RequestFailed with the reason."""
        await self._client.ask(SimulatePress(door))

    def _heard(self, heard: Heard) -> None:
        match heard:
            case Connected():
                self.fault = None
                self._apply_again.set()
            case Lost(fault=fault):
                self.status, self.fault = None, fault
                self._told(DoorStatus((), False, fault.cause))
            case Snapshot(body=DoorStatus() as status):
                self.status = status
                self._told(status)
            case Notice(body=ButtonPressed(door=door) as notice):
                self._told(notice)
                self._pressed(door)
            case Notice(body=notice):
                if isinstance(notice, DoorAlarm):
                    log.error("%s %s", notice.cause, notice.next_step)
                self._told(notice)

    async def _keep_applied(self) -> None:
        """A door process that was away may have missed a change of the configuration."""
        while True:
            await self._apply_again.wait()
            self._apply_again = trio.Event()
            if self._wished is None:
                continue
            try:
                await self._client.ask(self._wished, seconds=10)
            except RequestFailed as failed:
                self.fault = failed.fault
                log.error("The doors did not take the configuration: %s", failed)


def settings_of(configuration: Configuration, *, trust_clock: bool = False) -> ApplyDoors:
    """What the door process has to know of the configuration."""
    doors = tuple(
        DoorSettings(
            name=name,
            pins=door.pins,
            button_pin=door.button_pin,
            relay_pin=door.relay_pin,
            relay_locked_level=door.relay_locked_level,
            lock=Lock(door.lock),
            pulse_seconds=door.pulse_seconds,
            digit_opens=door.open_digit is not None,
            hours=_spans(door.key_hours),
            without_ledger=WithoutLedger(door.without_ledger),
            contact=door.contact,
            exit_button=door.exit_button,
            tamper=door.tamper,
            panic=door.panic,
            lamp=door.lamp,
            keypad=door.keypad,
        )
        for name, door in configuration.doors.items()
    )
    return ApplyDoors(doors, time_zone=configuration.timezone, trust_clock=trust_clock)


def _spans(weekly: Mapping[str, Sequence[str]]) -> tuple[Hours, ...]:
    """The periods of a week as the door process knows them."""
    return tuple(
        Hours((DAYS.index(day) + 1,), _time(period.begins), _time(period.ends))
        for day, periods in weekly.items()
        for period in map(parse_period, periods)
    )


def _time(minutes: int) -> time:
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return time(hour, minute)
