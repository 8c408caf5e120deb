"""A real door process in a folder of its own, with a small supervisor that locks as systemd and `porter run` do."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from appliance.config.models import DoorContact, DoorLamp, ExitButton, HelpLoop, MatrixKeypad, WiegandKeypad
from appliance.control.client import Client, Idle
from appliance.control.door_messages import (
    DOOR,
    ApplyDoors,
    Channel,
    DoorSettings,
    DoorStatus,
    LegSide,
    Lock,
    OpenRequest,
)
from appliance.control.messages import Notice, Snapshot
from appliance.office_layout import OfficeLayout
from hardware.simulators.pins import Change, SimulatedChip

BUTTON = 17
RELAY = 27
KEYPAD = MatrixKeypad(row_pins=(5, 6, 13, 19), column_pins=(12, 16, 20))
WIEGAND = WiegandKeypad(zero_pin=23, one_pin=24)
FIXTURES: dict[str, Any] = {
    "contact": DoorContact(pin=22, held_open_seconds=5.0),
    "exit_button": ExitButton(pin=25),
    "tamper": HelpLoop(pin=26),
    "panic": HelpLoop(pin=21, active_level=0),
    "lamp": DoorLamp(pin=18),
    "keypad": KEYPAD,
}
"""Everything that can be wired to a door."""
START_SECONDS = 60.0
"""Patience with a machine that does much else; a start takes half a second."""
COMMAND = [sys.executable, "-m", "appliance.door.main"]


def front(**other: Any) -> DoorSettings:
    """A door as the demo office has it."""
    settings: dict[str, Any] = {
        "name": "front",
        "pins": "simulated",
        "button_pin": BUTTON,
        "relay_pin": RELAY,
        "lock": Lock.FAIL_SECURE,
        "pulse_seconds": 1.0,
        "digit_opens": True,
    }
    return DoorSettings(**(settings | other))


def by_digit(**other: Any) -> OpenRequest:
    """The phone that answered pressed the key."""
    wish: dict[str, Any] = {
        "door": "front",
        "channel": Channel.DTMF,
        "person": "201",
        "call_id": "c1",
        "leg_side": LegSide.ANSWERER,
    }
    return OpenRequest(**(wish | other))


class DoorProcess:
    """Starts, kills and asks the door process of the office in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = Client(OfficeLayout(folder).door_socket, DOOR, "controller", seconds=10)
        self.process: subprocess.Popen[str] | None = None
        self.environment: dict[str, str] = {}
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify_name = f"\0porter-test-{uuid.uuid4()}"
        self._notify.bind(self._notify_name)
        self._stack = ExitStack()

    def start(self) -> None:
        """Start it and wait until it says it is ready, as systemd does."""
        environment = os.environ | {"NOTIFY_SOCKET": "@" + self._notify_name[1:]} | self.environment
        while select.select([self._notify], [], [], 0)[0]:
            self._notify.recv(100)
        self.process = subprocess.Popen(
            [*COMMAND, "--folder", str(self.folder)], env=environment, stderr=subprocess.PIPE, text=True
        )
        while self.notified(START_SECONDS) != "READY=1":
            assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()

    def notified(self, seconds: float = 10) -> str:
        """The next word to the supervisor."""
        assert select.select([self._notify], [], [], seconds)[0], "the process said nothing"
        return self._notify.recv(100).decode()

    def kill(self, number: int = signal.SIGKILL) -> str:
        """Send a signal and wait for the end; what the process has logged."""
        assert self.process is not None
        self.process.send_signal(number)
        _, log = self.process.communicate(timeout=10)
        return log

    def lock(self) -> None:
        """The supervisor's lock action."""
        subprocess.run([*COMMAND, "--folder", str(self.folder), "--lock"], check=True)

    def apply(self, *doors: DoorSettings, **other: Any) -> None:
        self.client.ask(ApplyDoors(doors or (front(),), **other))

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill(signal.SIGTERM)
        self.client.close()
        self._notify.close()

    def hear(self) -> Heard:
        return Heard(self)

    def chip(self) -> SimulatedChip:
        chip = SimulatedChip(OfficeLayout(self.folder).simulators_folder / "pins")
        self._stack.callback(chip.close)
        return chip

    def relay_trace(self) -> list[Change]:
        """Every change of the relay's pin, as the chip itself has recorded it."""
        changes: list[Change] = []
        for change in self.chip().trace():
            if change.line == RELAY and (not changes or changes[-1].level != change.level):
                changes.append(change)
        return changes


class Heard:
    """A subscription from which a test waits for what it expects."""

    def __init__(self, door: DoorProcess) -> None:
        self._events = Client(OfficeLayout(door.folder).door_socket, DOOR, "controller").subscribe(idle_seconds=10)
        first = next(self._events)
        assert isinstance(first, Snapshot)
        self.status: DoorStatus = first.body

    def next(self, kind: type) -> Any:
        """The next notice of this kind."""
        for event in self._events:
            if isinstance(event, Snapshot):
                self.status = event.body
            elif isinstance(event, Notice) and isinstance(event.body, kind):
                return event.body
            assert not isinstance(event, Idle), f"no {kind.__name__} came"
        raise AssertionError

    def until(self, met: Any) -> DoorStatus:
        """The first snapshot that meets a condition."""
        while not met(self.status):
            event = next(self._events)
            assert not isinstance(event, Idle), "the condition was never met"
            if isinstance(event, Snapshot):
                self.status = event.body
        return self.status


@pytest.fixture
def door(tmp_path: Path) -> Iterator[DoorProcess]:
    process = DoorProcess(tmp_path / "office")
    yield process
    process.close()
