"""`porter run`: the whole office in the foreground, as children of this process."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from appliance.cli.children import CHILDREN, SIP, WEB, RunOptions
from appliance.cli.output import Output
from appliance.cli.where import office_layout
from appliance.config.models import DEFAULT_PROFILE, Configuration, SipLine
from appliance.errors import PorterError
from appliance.office_layout import DEFAULT_BASE_PORT, OfficeLayout


class ShownPhone(msgspec.Struct, frozen=True):
    """What somebody keys into a phone."""

    extension: str
    person: str
    account: str
    password: str


class Running(msgspec.Struct, frozen=True):
    """What `porter run` says when the office takes calls; with --json it is the only line on standard output."""

    name: str
    page: str
    """"" without a page."""
    setup_code: str
    """For the first visit from another machine; "" once the owner's password is set."""
    server: str
    phones: tuple[ShownPhone, ...]


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    run = commands.add_parser("run", parents=[common], help="run a whole office in the foreground")
    run.add_argument("--demo", action="store_true", help="begin with the demo office when the folder is empty")
    run.add_argument("--configuration", metavar="FILE", help="begin with this file when the folder is empty")
    port = os.environ.get("PORTER_BASE_PORT", str(DEFAULT_BASE_PORT))
    run.add_argument("--base-port", "--port-base", type=int, default=port, help="SIP port; others follow from it")
    run.add_argument("--listen", action="append", metavar="ADDRESS", help="ours, for phones; repeat (127.0.0.1)")
    run.add_argument("--web-listen", default="127.0.0.1", metavar="ADDRESS", help="ours, for browsers (127.0.0.1)")
    run.add_argument("--web-port", type=int, help="port of the page (base port + 80)")
    run.add_argument("--without-page", action="store_true", help="do not start the page")
    run.add_argument("--distrust-clock", action="store_true", help="the time is unknown unless it is synchronised")
    run.add_argument("--flood-exempt", action="append", metavar="ADDRESS", help="no flood limits; for load tests")
    run.add_argument("--quiet", action="store_true", help="show only what happens to the processes themselves")
    run.set_defaults(command=_run)


def _run(given: argparse.Namespace, output: Output) -> None:
    # Imported here, as below: other commands need none of it.
    from appliance.cli.not_twice import check_not_running, only_one

    layout = office_layout(given)
    layout.make_folders()
    check_not_running(layout)
    with only_one(layout):
        _run_alone(given, layout, output)


def _run_alone(given: argparse.Namespace, layout: OfficeLayout, output: Output) -> None:
    import trio

    from appliance.cli.first_configuration import begin
    from appliance.cli.lines_shown import LinesShown
    from appliance.cli.not_twice import check_ports
    from appliance.cli.supervision import Supervision

    options = RunOptions(
        layout=layout,
        listen=tuple(given.listen or ("127.0.0.1",)),
        web_listen=given.web_listen,
        web_port=given.web_port,
        trust_clock=not given.distrust_clock,
        flood_exempt=tuple(given.flood_exempt or ()),
    )
    specs = tuple(spec for spec in CHILDREN if spec is not WEB or not given.without_page)
    check_ports(options, with_page=WEB in specs)
    configuration = begin(options.layout, demo=given.demo, file=given.configuration)

    def once_ready() -> None:
        running = _running(options, configuration, with_page=WEB in specs)
        output.result(running, "\n".join(_welcome(options, running, is_new=configuration is None)))

    lines = {} if configuration is None else configuration.lines
    simulated = {
        name: SIP if isinstance(line, SipLine) else line.profile or DEFAULT_PROFILE
        for name, line in lines.items()
        if line.simulated
    }
    supervision = Supervision(options, specs, LinesShown(quiet=given.quiet).show, once_ready, simulated)
    failed: BaseException | None = None
    try:
        trio.run(supervision.run)
    except* PorterError as group:
        failed = group
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    if failed is not None:
        raise failed
    if not output.as_json:
        output.result(None, "The office is closed.")


def _running(options: RunOptions, configuration: Configuration | None, *, with_page: bool) -> Running:
    extensions = {} if configuration is None else configuration.extensions
    code = options.layout.web_folder / "setup-code"
    local = "localhost" if options.web_listen in ("127.0.0.1", "0.0.0.0") else options.web_listen
    return Running(
        name="New office" if configuration is None else configuration.name,
        page=f"http://{local}:{options.page_port}" if with_page else "",
        setup_code=code.read_text().strip() if with_page and code.exists() else "",
        server=f"{options.listen[0]}:{options.layout.sip_port}",
        phones=tuple(
            ShownPhone(number, extension.name, account, phone.password)
            for number, extension in extensions.items()
            for account, phone in extension.phones.items()
        ),
    )


def _welcome(options: RunOptions, running: Running, *, is_new: bool) -> Iterator[str]:
    yield f"\n  {running.name} takes calls.\n"
    if running.page:
        yield f"  Page      {running.page}"
    if running.setup_code:
        yield "            The first visit asks for the owner's password;"
        yield f"            from another machine also for the set-up code {running.setup_code}."
    if is_new:
        yield "  Nobody works here yet: `porter apply FILE.yaml`, or start with --demo in an empty folder."
    if running.phones:
        yield f"  Phones    server {running.server}, UDP or TCP"
    for phone in running.phones:
        yield f"            {phone.person:<10} user {phone.account:<6} password {phone.password}"
    if running.phones and options.listen == ("127.0.0.1",):
        yield "            These work on this machine; for others: --listen and --web-listen with its address."
    yield f"  Command   {_ourselves()} --folder {options.layout.root} --help"
    yield "  End       Ctrl-C\n"


def _ourselves() -> str:
    """The command as it can be typed here: in a clone it is not on the PATH."""
    return "porter" if shutil.which("porter") else os.path.relpath(sys.argv[0])
