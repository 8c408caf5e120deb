"""`porter line`: the modems and SIMs of the lines, what analog ones learned, codes to the networks, and where those
divert calls."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from appliance.cli.configuration import APPLY_SECONDS, who
from appliance.cli.learned_lines import learned_rows
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.controller_messages import GetStatus, LiveLine
from appliance.control.learned_messages import ForgetLine
from appliance.control.line_messages import AskNetwork, CheckDivert, SetDivert
from appliance.errors import PorterError

NETWORK_SECONDS = 110.0


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    line = commands.add_parser("line", parents=[common], help="modems and SIMs, codes to the network, its divert")
    line.set_defaults(command=_show, name=None)
    actions = line.add_subparsers(metavar="ACTION")
    show = actions.add_parser("show", parents=[common], help="all that is known of a line")
    show.add_argument("name", nargs="?", metavar="LINE", help="which line (all)")
    show.set_defaults(command=_show)
    code = actions.add_parser("code", parents=[common], help="send a code such as *100#, or a reply the network wants")
    code.add_argument("name", metavar="LINE")
    code.add_argument("code", metavar="CODE")
    code.set_defaults(command=_code)
    divert = actions.add_parser("divert", parents=[common], help="where calls go that cannot reach the modem")
    divert.add_argument("name", metavar="LINE")
    divert.add_argument(
        "number", nargs="?", metavar="NUMBER", help="from now on; off: nowhere; keep: as the network has it (only ask)"
    )
    divert.set_defaults(command=_divert)
    forget = actions.add_parser("forget", parents=[common], help="forget what calls taught of an analog line")
    forget.add_argument("name", metavar="LINE")
    forget.set_defaults(command=_forget)


def _show(given: argparse.Namespace, output: Output) -> None:
    lines = [line for line in controller(given).ask(GetStatus()).lines if given.name in (None, line.name)]
    if given.name is not None and not lines:
        raise PorterError(f"There is no line {given.name}.", "`porter line` lists the lines.")
    shown = (f"{line.name}\n{table(list(_rows(line)))}" for line in lines)
    output.result(lines, "\n".join(shown) or "This office has no line.")


def _rows(line: LiveLine) -> Iterator[tuple[str, str]]:
    yield "state", line.state
    if line.reason:
        yield "reason", line.reason
    if line.number:
        yield "number", line.number
    if line.operator or line.signal is not None:
        yield "network", ", ".join(filter(None, (line.operator, _signal(line))))
    if (modem := line.modem) is not None:
        yield "modem", f"{modem.model or line.profile} {modem.imei}".strip()
        if modem.iccid:
            yield "SIM", modem.iccid
        yield "divert", _divert_words(modem.divert, failed=modem.divert_failed)
    if line.balance is not None:
        minutes = "" if line.balance.minutes is None else f", {line.balance.minutes} minutes"
        yield "balance", f"{line.balance.money:.2f}{minutes} ({line.balance.state})"
    if line.learned is not None:
        yield from learned_rows(line.learned)
    if line.simulated:
        yield "simulated", "yes"


def _signal(line: LiveLine) -> str:
    technology = line.modem.technology if line.modem is not None else ""
    bars = "" if line.signal is None else f"signal {line.signal} of 5"
    return " ".join(filter(None, (technology, bars)))


def _divert_words(number: str | None, *, failed: bool) -> str:
    if failed:
        return "the network did not tell, or did not take it"
    if number is None:
        return "not asked yet"
    return f"unreachable calls go to {number}" if number else "none at the network"


def _code(given: argparse.Namespace, output: Output) -> None:
    answer = controller(given).ask(AskNetwork(line=given.name, code=given.code), seconds=NETWORK_SECONDS)
    output.result(answer, answer.text + (" (the network waits for a reply)" if answer.expects_reply else ""))


def _divert(given: argparse.Namespace, output: Output) -> None:
    client = controller(given)
    if given.number is not None:
        client.ask(SetDivert(line=given.name, number=given.number, by=who()), seconds=APPLY_SECONDS)
        output.result({"line": given.name}, f"The divert of {given.name} is set as soon as its modem is free.")
        return
    shown = client.ask(CheckDivert(line=given.name), seconds=NETWORK_SECONDS)
    output.result(shown, _divert_words(shown.number, failed=False))


def _forget(given: argparse.Namespace, output: Output) -> None:
    controller(given).ask(ForgetLine(line=given.name, by=who()))
    output.result({"line": given.name}, f"Line {given.name} learns anew.")
