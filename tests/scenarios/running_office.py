"""A whole office as a user runs it: `porter run` with real processes, its simulated modem and door, and what a person
outside of it can do and see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import trio

from appliance.calls.record import CallRecord
from appliance.control.client import Client
from appliance.control.controller_messages import (
    CONTROLLER,
    ApplyConfiguration,
    ExportConfiguration,
    GetStatus,
    OfficeNow,
    UndoConfiguration,
)
from appliance.control.faults import RequestFailed
from appliance.office_layout import OfficeLayout
from appliance.store.records import RecordsReader
from hardware.simulators import modem_control
from hardware.simulators.modem_control import Done
from hardware.simulators.pins import Change, SimulatedChip
from tests.ports import free_base_port

PATIENCE = 20.0
PASSWORD = "a-password-for-tests"
MOBILE = "+37120000001"
CUSTOMER = "+37129999999"

CONFIGURATION = """
schema: 1
name: Test office
country: LV
default_desk: extension:201
extensions:
  "201": {name: Anna, phones: {"201": {password: a-password-for-tests}}}
  "202": {name: Boris, phones: {"202": {password: a-password-for-tests}}}
  "203": {name: Dace, phones: {"203": {password: a-password-for-tests}}}
ring_groups:
  sales: {name: Sales, number: "600", members: ["201", "202", "203"], ring_seconds: 30, then: "voicemail:201"}
opening_hours:
  office: {weekly: {mon: ["09:00-18:00"]}, override: open}
inbound_routes:
  - {name: Main, hours: office, to: "ring_group:sales", closed: "voicemail:201"}
outbound_routes:
  - {name: All, lines: [gsm1]}
lines:
  gsm1: {kind: gsm, number: "+37160000000", simulated: true}
doors:
  front: {name: Front door, rings: "ring_group:sales", open_digit: "5"}
sms: {allowed: ["+37120000001"]}
"""

Result = TypeVar("Result")


class RunningOffice:
    """One `porter run` and what can be asked of it. Blocking calls are quick; waiting is a coroutine."""

    def __init__(self, layout: OfficeLayout, process: subprocess.Popen[bytes], log: Path) -> None:
        self.layout = layout
        self.process = process
        self.log = log
        self.client = Client(layout.controller_socket, CONTROLLER, "command")
        self.chip = SimulatedChip(layout.simulators_folder / "pins")

    # What observers see.

    def status(self) -> OfficeNow:
        return self.client.ask(GetStatus())

    async def until(self, is_so: Callable[[OfficeNow], Result], what: str, seconds: float = PATIENCE) -> Result:
        """Wait until the office's snapshot is as wanted; an office that cannot be asked is not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if found := is_so(await trio.to_thread.run_sync(self.status)):
                    return found
            except RequestFailed:
                pass
            await trio.sleep(0.05)
        raise AssertionError(f"not within {seconds:g} s: {what}\n{self.output()[-6000:]}")

    async def until_over(self) -> CallRecord:
        """Wait until nobody is on the phone and what was the last call is on record."""
        await self.until(lambda now: not now.calls, "the calls to be over")
        await self.until(lambda _: records(self.layout)[-1].cause is not None, "the record of the last one")
        return records(self.layout)[-1]

    async def until_ready(self, *phones: str) -> None:
        """Lines up, these accounts registered."""
        await self.until(
            lambda office: (
                all(line.state == "ready" for line in office.lines)
                and set(phones) <= {phone.account for phone in office.phones if phone.registered}
            ),
            f"line ready and {phones} registered",
        )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    # What an owner does.

    def apply(self, change: Callable[[str], str]) -> None:
        """Change the configuration as text."""
        text = self.client.ask(ExportConfiguration()).text
        self.client.ask(ApplyConfiguration(text=change(text), by="test"))

    async def change(self, old: str, new: str) -> None:
        """Replace a piece of the configuration's text that must be there."""

        def changed(text: str) -> str:
            assert old in text, f"{old} is not in\n{text}"
            return text.replace(old, new)

        await trio.to_thread.run_sync(self.apply, changed)

    async def undo(self) -> None:
        """Take the last change back."""
        await trio.to_thread.run_sync(lambda: self.client.ask(UndoConfiguration(by="test")))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `porter …` for this office."""
        return subprocess.run(
            [sys.executable, "-m", "appliance.cli", *arguments, "--folder", str(self.layout.root)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    # The world outside.

    async def modem(self, request: modem_control.AnyRequest, line: str = "gsm1") -> Done:
        answer = await modem_control.ask(self.layout.modem_far_end_socket(line), request)
        assert isinstance(answer, Done), answer
        return answer

    async def until_modem(
        self, is_so: Callable[[Done], bool], what: str, seconds: float = PATIENCE, line: str = "gsm1"
    ) -> Done:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = await self.modem(modem_control.Status(), line)
            if is_so(answer):
                return answer
            await trio.sleep(0.05)
        raise AssertionError(f"not within {seconds:g} s: {what}\n{self.output()[-6000:]}")

    def relay_trace(self, pin: int = 27) -> list[Change]:
        """What was driven onto the lock relay's pin, oldest first."""
        return [change for change in self.chip.trace() if change.line == pin and change.is_driven]

    # Its processes.

    def pid_of(self, name: str) -> int | None:
        """The process of the office with this module in its command line, such as `appliance.main`; None: none runs."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes().decode().split("\0")
                except OSError:
                    continue
                if name in words and str(self.layout.root) in words and "--lock" not in words:
                    return int(entry.name)
        return None

    def kill(self, name: str) -> int:
        pid = self.pid_of(name)
        assert pid is not None, f"no process {name}\n{self.output()[-3000:]}"
        os.kill(pid, signal.SIGKILL)
        return pid


@contextmanager
def running_office(folder: Path, *options: str, configuration: str = CONFIGURATION) -> Iterator[RunningOffice]:
    """Start an office and wait until it says that it is open; stopped at the end, and nothing of it may be left."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "porter.log"
    layout = OfficeLayout(folder / "office", free_base_port())
    command = [sys.executable, "-m", "appliance.cli", "run", *options]
    command += ["--folder", str(layout.root), "--base-port", str(layout.base_port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 60
        while "takes calls." not in log.read_text(errors="replace"):
            assert process.poll() is None, f"porter run ended with {process.returncode}:\n{log.read_text()[-6000:]}"
            assert time.monotonic() < deadline, f"porter run was not ready:\n{log.read_text()[-6000:]}"
            time.sleep(0.05)
        office = RunningOffice(layout, process, log)
        office.client.ask(ApplyConfiguration(text=configuration, by="test"), seconds=30)
        yield office
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    left = processes_of(layout.root)
    assert not left, f"left running: {left}"


def processes_of(root: Path) -> list[str]:
    """Command lines of what still runs for an office."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(root) in words:
                found.append(words.replace("\0", " "))
    return found


def records(layout: OfficeLayout) -> list[CallRecord]:
    """Every call record, oldest first."""
    reader = RecordsReader(layout.records_file)
    rows = reader.page(size=500).calls
    found = [reader.call(row.id) for row in reversed(rows)]
    return [record for record in found if record is not None]
