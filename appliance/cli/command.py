"""`porter COMMAND`: reads the arguments, runs one command, and says what went wrong with the next step."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import msgspec

from appliance.cli import (
    agents,
    appointments,
    callers,
    codes,
    configuration,
    contacts,
    doors,
    explain,
    hours,
    line,
    line_tests,
    messages,
    prompts,
    recordings,
    run,
    sim,
    status,
    voicemail,
)
from appliance.cli.output import Output
from appliance.cli.where import office_folder
from appliance.control.faults import ServiceUnreachable
from appliance.errors import PorterError

DONE, FAILED, USAGE, NOBODY_THERE = 0, 1, 2, 3
"""Exit codes: carried out; refused or failed; wrong arguments; no office is running there."""

_DESCRIPTION = "The office telephone and the door, from the command line."
_EPILOG = (
    "Exit codes: 0 done, 1 refused or failed, 2 wrong arguments, 3 no office is running there. "
    "The office's folder is --folder, else $PORTER_FOLDER, else /var/lib/porter where that exists, else ./demo-office."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `porter`; returns the exit code."""
    given = parser().parse_args(arguments)
    output = Output(as_json=given.json)
    try:
        code: int | None = given.command(given, output)
    except ServiceUnreachable as error:
        cause = f"{error.fault.cause} The office's folder was taken to be {office_folder(given)}."
        output.error(ServiceUnreachable(msgspec.structs.replace(error.fault, cause=cause)))
        return NOBODY_THERE
    except PorterError as error:
        output.error(error)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        return 130
    return code or DONE


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    whole = argparse.ArgumentParser(prog="porter", description=_DESCRIPTION, epilog=_EPILOG)
    _add_common(whole, default=None)
    common = argparse.ArgumentParser(add_help=False)
    _add_common(common, default=argparse.SUPPRESS)
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    groups = (
        *(run, configuration, contacts, callers, appointments, hours, status, prompts, recordings, voicemail),
        *(messages, agents, line, line_tests, sim, explain, codes, doors),
    )
    for group in groups:
        group.add_commands(commands, common)
    return whole


def _add_common(to: argparse.ArgumentParser, default: object) -> None:
    """Options that may stand before or after the command."""
    to.add_argument("--folder", default=default, help="the office's folder")
    json_default = False if default is None else default
    to.add_argument("--json", action="store_true", default=json_default, help="print JSON, for programs")
