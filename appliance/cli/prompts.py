"""`porter prompts`: what callers hear, listed, replaced by recordings and taken back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.config.models import Language
from appliance.control.prompt_messages import KeepPrompt, ListPrompts, RemovePrompt, ShownPrompt
from appliance.errors import PorterError

MOST_BYTES = 50_000_000
"""Five minutes in the quality of a compact disc."""

CONVERT_SECONDS = 60.0

TEXT_SHOWN = 60

HEARD = {"own": "own", "recorded": "recorded", "spoken": "spoken", "none": "not recorded"}
"""Whom callers hear."""


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    prompts = commands.add_parser("prompts", parents=[common], help="what callers hear: list, set, remove")
    prompts.set_defaults(command=_list)
    _add_language(prompts, required=False)
    actions = prompts.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", parents=[common], help="every prompt, those of the office's own first")
    _add_language(listing, required=False)
    listing.set_defaults(command=_list)
    setting = actions.add_parser("set", parents=[common], help="let callers hear a recording in place of a prompt")
    setting.add_argument("name", help="such as voicemail-greeting")
    setting.add_argument("file", help="a sound file of any kind, at most five minutes")
    _add_language(setting, required=True)
    setting.set_defaults(command=_set)
    removing = actions.add_parser("remove", parents=[common], help="let callers hear again what comes with Porter")
    removing.add_argument("name")
    _add_language(removing, required=True)
    removing.set_defaults(command=_remove)


def _add_language(to: argparse.ArgumentParser, *, required: bool) -> None:
    languages = [language.value for language in Language]
    default = None if required else argparse.SUPPRESS
    help_text = "language of the recording" if required else "the office's unless said"
    to.add_argument("--language", choices=languages, required=required, default=default, help=help_text)


def _list(given: argparse.Namespace, output: Output) -> None:
    listed = controller(given).ask(ListPrompts(language=getattr(given, "language", None)))
    output.result(listed, table([_row(prompt) for prompt in listed.prompts], indent=""))


def _row(prompt: ShownPrompt) -> tuple[str, ...]:
    heard = HEARD[prompt.voice]
    if prompt.seconds is not None:
        heard = f"{heard}, {prompt.seconds:.0f} s"
    if prompt.fault:
        heard = f"{heard}; own one {prompt.fault}"
    text = prompt.text if len(prompt.text) <= TEXT_SHOWN else f"{prompt.text[:TEXT_SHOWN]}…"
    place = prompt.place if prompt.place != prompt.name else ""
    return prompt.name, prompt.dial or "", heard, place, text


def _set(given: argparse.Namespace, output: Output) -> None:
    request = KeepPrompt(name=given.name, language=given.language, sound=_read(Path(given.file)), by=who())
    done = controller(given).ask(request, seconds=CONVERT_SECONDS)
    output.result(done, f"Callers hear this recording of {given.name} ({given.language}) from now on.")


def _remove(given: argparse.Namespace, output: Output) -> None:
    done = controller(given).ask(RemovePrompt(name=given.name, language=given.language, by=who()))
    output.result(done, f"The recording of {given.name} ({given.language}) is removed.")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            sound = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise PorterError(f"{file} cannot be read: {error.strerror}.", "Name another file.") from error
    if len(sound) > MOST_BYTES:
        raise PorterError(f"{file} is larger than {MOST_BYTES // 1_000_000} MB.", "Cut the recording shorter.")
    return sound
