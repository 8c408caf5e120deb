"""`porter apply`, `porter export`, `porter undo`: the whole configuration as one readable file."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.cli.output import Output
from appliance.cli.where import controller
from appliance.config.loading import check, parse
from appliance.config.loading import export as format_yaml
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Configuration
from appliance.control.client import Client
from appliance.control.controller_messages import (
    CHANGED_MEANWHILE,
    Applied,
    ApplyConfiguration,
    ExportConfiguration,
    UndoConfiguration,
)
from appliance.control.faults import RequestFailed
from appliance.errors import PorterError

MOST_BYTES = 4_000_000
"""A thousand extensions are a quarter of a megabyte; what is longer is a wrong file, such as a disk image."""

APPLY_SECONDS = 60.0
"""Hashing the codes of many people takes a while on a small Pi."""

TRIES = 5
"""To change a configuration that others change in the same moment."""


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    apply = commands.add_parser("apply", parents=[common], help="replace the configuration by a file's")
    apply.add_argument("file", help="YAML file, - for standard input")
    apply.add_argument("--dry-run", action="store_true", help="only say what would change")
    apply.set_defaults(command=_apply)
    export = commands.add_parser("export", parents=[common], help="print the configuration, passwords included")
    export.add_argument("--to", metavar="FILE", help="write it to a file only you can read")
    export.set_defaults(command=_export)
    undo = commands.add_parser("undo", parents=[common], help="go back to the configuration before the last change")
    undo.set_defaults(command=_undo)


def _apply(given: argparse.Namespace, output: Output) -> None:
    text = _read(given.file)
    request = ApplyConfiguration(text=text, by=who(), dry_run=given.dry_run)
    _tell(controller(given).ask(request, seconds=APPLY_SECONDS), output)


def _undo(given: argparse.Namespace, output: Output) -> None:
    _tell(controller(given).ask(UndoConfiguration(by=who()), seconds=APPLY_SECONDS), output)


def _export(given: argparse.Namespace, output: Output) -> None:
    exported = controller(given).ask(ExportConfiguration())
    if given.to is None:
        output.result(exported, exported.text.rstrip("\n"))
        return
    path = Path(given.to)
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(exported.text, encoding="utf-8")
    except OSError as error:
        raise PorterError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error
    output.result({"file": str(path), "version": exported.version}, f"Version {exported.version} is in {path}.")


def _tell(applied: Applied, output: Output) -> None:
    if not applied.changes:
        text = f"Nothing is different; version {applied.version} stays in force."
    elif applied.dry_run:
        text = "\n".join(["This would change:", *(f"  {change}" for change in applied.changes)])
    else:
        text = "\n".join([f"Version {applied.version} is in force.", *(f"  {change}" for change in applied.changes)])
    output.result(applied, text)


def _read(name: str) -> str:
    try:
        with open(0 if name == "-" else name, "rb", closefd=name != "-") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise PorterError(f"{name} is far too long for a configuration.", "Check its name.")
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PorterError(f"{name} is not a text in UTF-8.", "Save it as UTF-8.") from error
    except OSError as error:
        raise PorterError(f"{name} cannot be read: {error.strerror}.", "Check its name and who may read it.") from error


def change_configuration(
    client: Client, change: Callable[[Configuration], Configuration], *, dry_run: bool = False
) -> None:
    """Let the running office have what `change` makes of its configuration; a change of somebody else stays in it.

    Raises:
        PorterError: What comes out has mistakes, or somebody changes the configuration all the time.
    """
    for tries_left in reversed(range(TRIES)):
        exported = client.ask(ExportConfiguration())
        changed = change(parse(exported.text))
        if found := check(changed):
            raise ConfigurationInvalid(found)
        if dry_run:
            return
        request = ApplyConfiguration(text=format_yaml(changed), by=who(), version=exported.version)
        try:
            client.ask(request, seconds=APPLY_SECONDS)
        except RequestFailed as failed:
            if failed.fault.code != CHANGED_MEANWHILE or not tries_left:
                raise
        else:
            return


def who() -> str:
    """Who changes the configuration, for the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
