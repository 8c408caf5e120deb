"""`porter explain`: what a call would do, step by step in sentences, without ringing anybody."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance.cli.output import Output
from appliance.cli.where import controller
from appliance.config.loading import parse
from appliance.config.models import Configuration, Language
from appliance.control.controller_messages import ExportConfiguration, GetStatus, OfficeNow
from appliance.errors import PorterError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    explain = commands.add_parser("explain", parents=[common], help="what would happen if somebody called")
    who = explain.add_mutually_exclusive_group(required=True)
    who.add_argument("--from", dest="caller", default="", help="who calls: a number, '' when withheld")
    who.add_argument("--door", help="somebody presses the button of this door")
    explain.add_argument("--line", help="the line it comes in on (the first one)")
    explain.add_argument("--did", default="", help="the number of ours that is called, where a line has several")
    explain.add_argument("--diverted-from", default="", help="the number that was called first and diverted to ours")
    explain.add_argument("--dial", help="what the extension --from dials, instead of a call from outside")
    explain.add_argument("--at", metavar="WHEN", help='such as "2026-11-24 19:30", or "unknown" (now)')
    explain.add_argument(
        "--answer", action="append", default=[], metavar="WHO@SECONDS", help="somebody answers; repeat"
    )
    explain.add_argument("--keys", default="", help="keys the caller presses")
    explain.add_argument("--their-keys", default="", help="keys that who takes the call presses during the talk")
    explain.add_argument("--language", choices=[language.value for language in Language], help="of the sentences")
    explain.add_argument("--file", help="a configuration file instead of the running office")
    explain.set_defaults(command=_explain)


def _explain(given: argparse.Namespace, output: Output) -> None:
    # Imported here: Trio and the flows take a while, and no other command needs them.
    from appliance.services.explain import explain, known_agents, parse_answer

    configuration, now = _configuration(given)
    explained = explain(
        configuration,
        caller=given.caller,
        line=given.line,
        did=given.did,
        redirected_from=given.diverted_from,
        dialled=given.dial,
        door=given.door,
        at=_moment(given.at, configuration.timezone),
        answers=[parse_answer(text) for text in given.answer],
        keys=given.keys,
        their_keys=given.their_keys,
        phones=None if now is None else _phones(now),
        agents=known_agents(() if now is None else now.agents),
        language=Language(given.language) if given.language else None,
    )
    output.result(explained, "\n".join(explained.sentences))


def _configuration(given: argparse.Namespace) -> tuple[Configuration, OfficeNow | None]:
    """The configuration, and the office as it is now; None where there is only a file."""
    if given.file is not None:
        try:
            return parse(Path(given.file).read_text(encoding="utf-8")), None
        except (OSError, UnicodeDecodeError) as error:
            raise PorterError(
                f"{given.file} cannot be read: {error}.", "Check its name and who may read it."
            ) from error
    client = controller(given)
    return parse(client.ask(ExportConfiguration()).text), client.ask(GetStatus())


def _phones(now: OfficeNow) -> dict[str, int]:
    """How many phones are connected, by account."""
    phones: dict[str, int] = {}
    for phone in now.phones:
        phones[phone.account] = phones.get(phone.account, 0) + phone.registered
    return phones


def _moment(text: str | None, timezone: str) -> datetime | None:
    from zoneinfo import ZoneInfo

    if text is None:
        return datetime.now(ZoneInfo(timezone))
    if text == "unknown":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PorterError(f'"{text}" is no date and time.', 'Write it such as "2026-11-24 19:30".') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
