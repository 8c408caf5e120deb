"""`porter run`: the whole office in the foreground, as children of this process."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from appliance.cli.children import RunOptions
from appliance.cli.output import Output
from appliance.cli.where import office_layout
from appliance.config.loading import parse
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.office_layout import DEFAULT_BASE_PORT

COLOURS = {"edge": 36, "door": 33, "controller": 32, "web": 35}
NEVER_SAVED = 0
"""Version of a configuration that nobody has ever made."""


class ShownPhone(msgspec.Struct, frozen=True):
    """What somebody keys into a phone."""

    extension: str
    person: str
    account: str
    password: str


class Running(msgspec.Struct, frozen=True):
    """What `porter run` says when the office takes calls."""

    name: str
    page: str
    setup_code: str
    """For the first visit from another machine; "" once the owner's password is set."""
    server: str
    phones: tuple[ShownPhone, ...]


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    run = commands.add_parser("run", parents=[common], help="run a whole office in the foreground")
    run.add_argument("--demo", action="store_true", help="begin with the demo office when the folder is empty")
    run.add_argument("--base-port", "--port-base", type=int, default=DEFAULT_BASE_PORT, help="SIP port; others follow")
    run.add_argument("--web-port", type=int, help="port of the page (base port + 80)")
    run.add_argument(
        "--listen", action="append", metavar="ADDRESS", help="our address for phones and browsers; repeat (127.0.0.1)"
    )
    run.add_argument("--trust-clock", action="store_true", help="believe the clock though nothing vouches for it")
    run.add_argument("--quiet", action="store_true", help="show only what goes wrong with the processes themselves")
    run.set_defaults(command=_run)


def _run(given: argparse.Namespace, output: Output) -> None:
    # Imported here: other commands need neither Trio nor the edge's checks.
    import trio

    from appliance.cli.free_ports import check_ports
    from appliance.cli.supervision import Supervision

    options = RunOptions(
        layout=office_layout(given),
        listen=tuple(given.listen or ("127.0.0.1",)),
        web_port=given.web_port,
        trust_clock=given.trust_clock,
    )
    options.layout.make_folders()
    check_ports(options)
    greeting = _Greeting(options, output, demo=given.demo)
    supervision = Supervision(options, _Lines(quiet=given.quiet).show, greeting.once_ready)
    try:
        trio.run(supervision.run)
    except* PorterError as failed:
        raise _first(failed) from None
    output.result(None, "The office is closed.") if not output.as_json else None


class _Greeting:
    """Sets up a demo office where there is none, and says where everything is."""

    def __init__(self, options: RunOptions, output: Output, *, demo: bool) -> None:
        self._options = options
        self._output = output
        self._demo = demo

    async def once_ready(self, client: Any) -> None:
        from appliance.config.demo import demo_office
        from appliance.config.loading import export
        from appliance.control.controller_messages import ApplyConfiguration, ExportConfiguration

        exported = await client.ask(ExportConfiguration(), seconds=30)
        if exported.version == NEVER_SAVED and self._demo:
            text = export(demo_office(secrets.choice))
            await client.ask(ApplyConfiguration(text=text, by="porter run --demo"), seconds=60)
            exported = await client.ask(ExportConfiguration(), seconds=30)
        running = self._running(parse(exported.text))
        self._output.result(running, "\n".join(self._text(running, is_new=exported.version == NEVER_SAVED)))

    def _running(self, configuration: Configuration) -> Running:
        phones = [
            ShownPhone(number, extension.name, account, phone.password)
            for number, extension in configuration.extensions.items()
            for account, phone in extension.phones.items()
        ]
        try:
            code = (self._options.layout.web_folder / "setup-code").read_text().strip()
        except OSError:
            code = ""
        return Running(
            name=configuration.name,
            page=f"http://localhost:{self._options.page_port}",
            setup_code=code,
            server=f"{self._options.listen[0]}:{self._options.layout.sip_port}",
            phones=tuple(phones),
        )

    def _text(self, running: Running, *, is_new: bool) -> Iterator[str]:
        yield f"\n  {running.name} takes calls.\n"
        yield f"  Page      {running.page}"
        if running.setup_code:
            yield "            The first visit asks for the owner's password."
            yield f"            From another machine it also asks for the set-up code {running.setup_code}."
        if is_new:
            yield "  Nobody works here yet: `porter apply FILE.yaml`, or start with --demo in an empty folder."
        if running.phones:
            yield f"  Phones    server {running.server}, UDP or TCP"
        for phone in running.phones:
            yield f"            {phone.person:<12} user {phone.account:<8} password {phone.password}"
        if self._options.listen == ("127.0.0.1",):
            yield "            Only from this machine; for others: --listen with this machine's address."
        folder = self._options.layout.root
        yield f"  Command   porter --folder {folder} status | sim call | export | --help"
        yield "  End       Ctrl-C\n"


class _Lines:
    """What the processes print, each line with its name, in colours where somebody looks."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._in_colour = sys.stderr.isatty()

    def show(self, name: str, text: str) -> None:
        if self._quiet and not text.endswith((" s", "killed")):
            return
        label = f"{name:<10} │"
        if self._in_colour:
            label = f"\x1b[{COLOURS.get(name, 34)}m{label}\x1b[0m"
        try:
            print(label, text, file=sys.stderr, flush=True)
        except OSError:
            pass  # a closed terminal must not end the office before its order of ending


def _first(failed: BaseExceptionGroup[PorterError]) -> PorterError:
    error: BaseException = failed
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, PorterError)
    return error


def setup_code_file(web_folder: Path) -> Path:
    """Where porter-web keeps the code of the first visit."""
    return web_folder / "setup-code"
