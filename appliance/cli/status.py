"""`porter status`: the office as it is now."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

from appliance.cli.hours import hours_rows
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.controller_messages import GetStatus, LiveCall, LiveDoor, LiveLine, OfficeNow, Trouble
from appliance.control.team_messages import LiveQueue


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    status = commands.add_parser("status", parents=[common], help="calls, lines, doors and phones as they are now")
    status.set_defaults(command=_status)


def _status(given: argparse.Namespace, output: Output) -> None:
    office = controller(given).ask(GetStatus())
    output.result(office, "\n".join(_sentences(office)))


def _sentences(office: OfficeNow) -> Iterator[str]:
    clock = office.clock or "the clock is not set"
    yield f"{office.name} · configuration {office.version} · {clock}"
    yield from _section("Troubles", [(trouble.where, _both(trouble)) for trouble in office.troubles])
    yield from _section("Hours", hours_rows(office.hours))
    yield from _section("Calls", [_call(call) for call in office.calls], "nobody is talking")
    yield from _section("Queues", [_queue(queue) for queue in office.queues])
    yield from _section("Lines", [(line.name, line.state, line.number, _line(line)) for line in office.lines], "none")
    yield from _section("Doors", [(door.name, door.title, _lock(door)) for door in office.doors], "none")
    yield from _section(
        "Phones",
        [
            (phone.extension, phone.person, phone.account, phone.user_agent or "registered")
            if phone.registered
            else (phone.extension, phone.person, phone.account, "not registered")
            for phone in office.phones
        ],
        "none",
    )
    yield from _section("New messages", [(box.box, str(box.new)) for box in office.mailboxes if box.new])


def _section(title: str, rows: list[tuple[str, ...]], nothing: str = "") -> Iterator[str]:
    if rows:
        yield f"{title}\n{table(rows)}"
    elif nothing:
        yield f"{title}: {nothing}"


def _both(trouble: Trouble) -> str:
    return f"{trouble.cause} {trouble.next_step}".rstrip()


def _line(line: LiveLine) -> str:
    """Why it does not work, else what the modem hears."""
    if line.reason:
        return line.reason
    signal = "" if line.signal is None else f"signal {line.signal} of 5"
    return ", ".join(filter(None, (line.operator, signal)))


def _queue(queue: LiveQueue) -> tuple[str, ...]:
    longest = "" if queue.longest_wait is None else f"longest wait {queue.longest_wait:.0f} s"
    return (
        queue.name,
        queue.title,
        f"{queue.waiting} waiting",
        f"{queue.callbacks} to call back",
        f"{queue.free} of {queue.agents} agents free",
        longest,
    )


def _call(call: LiveCall) -> tuple[str, ...]:
    seconds = int(time.monotonic() - (call.talking_since or call.began))
    others = ", ".join(leg.name or leg.number for leg in call.legs if not leg.is_principal)
    return (
        call.id,
        call.caller_name or call.caller or "withheld",
        f"→ {others or call.called}",
        call.step,
        f"{seconds} s",
    )


def _lock(door: LiveDoor) -> str:
    if not door.is_known:
        return "nobody knows whether it is locked"
    return ("UNLOCKED" if door.unlocked else "locked") + (", OPEN" if door.is_open else "")
