"""`porter door`: who may come in, guests among them, the ledger of every try, and the pins while a Pi starts."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable
from datetime import date
from getpass import getpass
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import office_folder, office_layout
from appliance.control.client import Client
from appliance.control.door_hours import hours_in_words, hours_of
from appliance.control.door_messages import DOOR, LedgerEntry, ReadLedger, VerifyLedger
from appliance.control.door_people import CodeKind, ListPeople, Person, SetPersonCode, UndoCodes
from appliance.control.faults import RequestFailed
from appliance.door.boot_pins import boot_lines
from appliance.errors import PorterError

CODE_DIGITS = 6
TRIES = 20
"""To find a random code that is neither too easy nor taken."""
LEDGER_FAULTY = 1


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    door = commands.add_parser("door", help="who may come in, and who has tried")
    wishes = door.add_subparsers(metavar="WHAT", required=True)

    people = wishes.add_parser("people", parents=[common], help="everybody with a code")
    people.set_defaults(command=_people)

    give = wishes.add_parser("give", parents=[common], help="give somebody a code, a random one unless --ask")
    give.add_argument("person", help="an extension, a mobile's number, or a guest's name")
    give.add_argument("--kind", choices=[kind.value for kind in CodeKind], default=CodeKind.CODE.value)
    give.add_argument("--ask", action="store_true", help="ask for the code, or for the number of a card")
    give.add_argument("--door", action="append", default=[], metavar="DOOR", help="only here; may stand several times")
    give.add_argument("--hours", default="", help='such as "mon-fri 08:00-18:00"; always unless given')
    give.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="2026-12-01")
    give.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="the last day on which it opens")
    give.add_argument("--uses", type=int, help="how often it opens")
    give.set_defaults(command=_give)

    take = wishes.add_parser("take", parents=[common], help="take a code away")
    take.add_argument("person")
    take.add_argument("--kind", choices=[kind.value for kind in CodeKind], default=CodeKind.CODE.value)
    take.set_defaults(command=_take)

    undo = wishes.add_parser("undo", parents=[common], help="put back the last code that was given or taken")
    undo.set_defaults(command=_undo)

    ledger = wishes.add_parser("ledger", parents=[common], help="every try to come in, newest first")
    ledger.add_argument("--search", default="", metavar="TEXT", help="only entries with this text")
    ledger.add_argument("--most", type=int, default=30, help="how many (30)")
    ledger.add_argument("--before", type=int, metavar="NUMBER", help="only older entries than this one")
    ledger.add_argument("--verify", action="store_true", help="check whether anything of it was changed")
    ledger.set_defaults(command=_ledger)

    pins = wishes.add_parser("boot-pins", parents=[common], help="lines for a Pi's config.txt that keep doors locked")
    pins.set_defaults(command=_boot_pins)


def _client(given: argparse.Namespace, role: str = "command") -> Client:
    return Client(office_layout(given).door_socket, DOOR, role)


def _people(given: argparse.Namespace, output: Output) -> None:
    listed = _client(given).ask(ListPeople())
    output.result(listed, table([_row(person) for person in listed.people], indent="") or "Nobody has a code.")


def _row(person: Person) -> tuple[str, ...]:
    days = " ".join(
        filter(
            None,
            (
                "" if person.valid_from is None else f"from {person.valid_from}",
                "" if person.valid_until is None else f"until {person.valid_until}",
                "" if person.uses is None else f"{person.used} of {person.uses} uses",
            ),
        )
    )
    return person.person, person.kind, ", ".join(person.doors) or "every door", hours_in_words(person.hours), days


def _give(given: argparse.Namespace, output: Output) -> None:
    client = _client(given, "owner")
    kind = CodeKind(given.kind)

    def give(code: str) -> None:
        client.ask(
            SetPersonCode(
                person=given.person,
                code=code,
                kind=kind,
                doors=tuple(given.door),
                hours=hours_of(given.hours),
                valid_from=given.first,
                valid_until=given.until,
                uses=given.uses,
                by=who(),
                known_numbers=(given.person,),
            )
        )

    if given.ask:
        give(getpass("Number of the card: " if kind is CodeKind.CARD else "Code: "))
        output.result({"person": given.person}, f"{given.person} has a code.")
        return
    if kind is CodeKind.CARD:
        raise PorterError("The number of a card is printed on it or told by its maker.", "Give it with --ask.")
    code = _random_code(give)
    output.result(
        {"person": given.person, "code": code}, f"The code of {given.person} is {code}. Nobody can read it again."
    )


def _random_code(give: Callable[[str], None]) -> str:
    for left in reversed(range(TRIES)):
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        try:
            give(code)
        except RequestFailed as failed:
            if left and failed.fault.code in ("trivial_code", "code_taken"):
                continue
            raise
        return code
    raise AssertionError


def _take(given: argparse.Namespace, output: Output) -> None:
    kind = CodeKind(given.kind)
    done = _client(given, "owner").ask(SetPersonCode(person=given.person, code=None, kind=kind, by=who()))
    output.result(done, f"{given.person} has no {kind} any more. `porter door undo` gives it back.")


def _undo(given: argparse.Namespace, output: Output) -> None:
    undone = _client(given, "owner").ask(UndoCodes(by=who()))
    output.result(undone, f"The {undone.kind} of {undone.person} is as it was before the last change.")


def _ledger(given: argparse.Namespace, output: Output) -> int | None:
    client = _client(given)
    if given.verify:
        found = client.ask(VerifyLedger(), seconds=60)
        whole = f"{found.entries} entries, and nothing of them was changed."
        output.result(found, "\n".join(found.faults) or whole)
        return LEDGER_FAULTY if found.faults else None
    page = client.ask(ReadLedger(most=given.most, before=given.before, text=given.search))
    output.result(page, table([_try(entry) for entry in page.entries], indent="") or "No entries.")
    return None


def _try(entry: LedgerEntry) -> tuple[str, ...]:
    when = entry.at or f"clock not set, {entry.monotonic:.0f} s after boot"
    by = entry.person or entry.asker or ""
    result = entry.result if entry.reason is None else f"{entry.result}: {entry.reason}"
    return str(entry.number), when, entry.door, entry.channel, by, result


def _boot_pins(given: argparse.Namespace, output: Output) -> None:
    lines = boot_lines(office_folder(given))
    output.result({"lines": lines}, "\n".join(lines) or "# No door has pins of a Pi.")
