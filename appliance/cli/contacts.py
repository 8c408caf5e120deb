"""`porter contacts import`: an address book of another program becomes contacts of the office."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.configuration import MOST_BYTES, change_configuration
from appliance.cli.output import Output
from appliance.cli.where import controller
from appliance.config.contact_files import AddressBook, read_address_book
from appliance.config.contact_import import Imported, import_cards
from appliance.config.models import Configuration
from appliance.errors import PorterError

MOST_TOLD = 20
"""Mistakes and duplicates listed; of further ones only the count is told."""


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    contacts = commands.add_parser("contacts", parents=[common], help="the people outside whom the office knows")
    actions = contacts.add_subparsers(metavar="ACTION", required=True)
    take = actions.add_parser("import", parents=[common], help="take in a CSV or vCard file")
    take.add_argument("file", help="a CSV table with a heading, or a vCard file, in UTF-8")
    take.add_argument("--dry-run", action="store_true", help="only say what would change")
    take.add_argument("--skip-mistakes", action="store_true", help="take in the rest when some entries cannot be read")
    take.set_defaults(command=_import)


def _import(given: argparse.Namespace, output: Output) -> None:
    book = read_address_book(_read(given.file))
    imported: Imported | None = None

    def take(configuration: Configuration) -> Configuration:
        nonlocal imported
        imported = import_cards(configuration, book.cards)
        if imported.mistakes and not given.skip_mistakes:
            raise PorterError(
                f"{given.file} has entries that cannot be contacts; nothing was changed.",
                "Put them right, or add --skip-mistakes to take in the rest:\n" + _listed(map(str, imported.mistakes)),
            )
        return imported.configuration

    change_configuration(controller(given), take, dry_run=given.dry_run)
    assert imported is not None
    counts = {"added": len(imported.added), "completed": len(imported.completed), "left_out": len(imported.mistakes)}
    output.result(counts, _told(book, imported, dry_run=given.dry_run))


def _told(book: AddressBook, imported: Imported, *, dry_run: bool) -> str:
    added = "Would be added" if dry_run else "Added"
    lines = [f"{added}: {len(imported.added)}; there already: {len(imported.completed)}."]
    if imported.completed:
        lines.append(_listed(imported.completed))
    if imported.mistakes:
        lines += ["Left out:", _listed(map(str, imported.mistakes))]
    if book.ignored:
        lines.append(f"Columns that mean nothing here were left out: {', '.join(book.ignored)}.")
    return "\n".join(lines)


def _listed(entries: Any) -> str:
    told = [f"  {entry}" for entry in entries]
    more = [f"  and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return "\n".join([*told[:MOST_TOLD], *more])


def _read(name: str) -> str:
    try:
        content = Path(name).read_bytes()
        if len(content) > MOST_BYTES:
            raise PorterError(f"{name} is far too long for an address book.", "Check its name.")
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise PorterError(f"{name} is not a text in UTF-8.", 'Save it as "CSV UTF-8".') from error
    except OSError as error:
        raise PorterError(f"{name} cannot be read: {error.strerror}.", "Check its name and who may read it.") from error
