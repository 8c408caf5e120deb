"""`porter codes`: the card of all codes in force, for the terminal or as a page to print."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.output import Output
from appliance.cli.where import controller
from appliance.config.models import Language
from appliance.control.controller_messages import ShowCodes
from appliance.errors import PorterError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    codes = commands.add_parser("codes", parents=[common], help="what phones dial, and press during a talk")
    codes.add_argument(
        "--language", choices=[language.value for language in Language], help="of the card (the office's)"
    )
    codes.add_argument("--html", metavar="FILE", help="write a page for a sheet of A4")
    codes.set_defaults(command=_codes)


def _codes(given: argparse.Namespace, output: Output) -> None:
    from appliance.services.code_card import as_page, as_text

    card = controller(given).ask(ShowCodes(language=given.language))
    if given.html is None:
        output.result(card, as_text(card))
        return
    try:
        Path(given.html).write_text(as_page(card), encoding="utf-8")
    except OSError as error:
        raise PorterError(f"{given.html} cannot be written: {error}.", "Choose another file.") from error
    output.result(card, f"The card is in {given.html}.")
