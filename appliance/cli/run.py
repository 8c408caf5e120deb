"""`porter run`: the whole office on this machine, for as long as it is not interrupted."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

import trio

from appliance.cli.output import Output
from appliance.cli.processes import RunOptions, environment_of, processes_of
from appliance.cli.supervision import Supervised
from appliance.cli.where import office_layout
from appliance.config.demo import demo_office
from appliance.config.loading import parse
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.office_layout import DEFAULT_BASE_PORT, OfficeLayout
from appliance.store.house_store import open_store

DEFAULT_PORT = int(os.environ.get("PORTER_BASE_PORT", DEFAULT_BASE_PORT))

COLOURS = {"edge": 36, "controller": 32, "door": 33, "web": 35}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """`porter run`."""
    parser = commands.add_parser("run", parents=[common], help="start the whole office, and keep it running")
    parser.set_defaults(command=run)
    parser.add_argument("--base-port", type=int, default=DEFAULT_PORT, help="SIP port; others follow from it")
    parser.add_argument("--demo", action="store_true", help="a made-up office in a folder that is empty yet")
    parser.add_argument("--configuration", type=Path, help="YAML for a folder that is empty yet")
    parser.add_argument("--listen", action="append", help="address of ours that phones reach; again for more")
    parser.add_argument("--web-listen", default="127.0.0.1", help="address of the page")
    parser.add_argument("--web-port", type=int, help="port of the page; default: base port + 80")
    parser.add_argument("--without-page", action="store_true", help="do not start the page")
    parser.add_argument(
        "--distrust-clock", action="store_true", help="take the time as unknown unless it is synchronised"
    )
    parser.add_argument("--flood-exempt", action="append", default=[], help="address without flood limits (load tests)")
    parser.add_argument("--quiet", action="store_true", help="show only what people must see")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Start the office and keep it running; 0 after Ctrl-C or SIGTERM."""
    layout = office_layout(arguments)
    options = RunOptions(
        listen=tuple(arguments.listen or ("127.0.0.1",)),
        web_listen=arguments.web_listen,
        web_port=arguments.web_port,
        without_page=arguments.without_page,
        trust_clock=not arguments.distrust_clock,
        flood_exempt=tuple(arguments.flood_exempt),
    )
    layout.make_folders()
    try:
        trio.run(partial(_run, layout, options, arguments))
    except* PorterError as failed:
        errors = _leaves(failed)
        raise PorterError(errors[0].cause, errors[0].next_step) from None
    return 0


async def _run(layout: OfficeLayout, options: RunOptions, arguments: argparse.Namespace) -> None:
    configuration = await _configuration(layout, arguments)
    _check_ports(layout, options)
    show = partial(_show, arguments.quiet, sys.stdout.isatty())
    environment = environment_of(os.environ, layout)
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async with trio.open_nursery() as nursery:

            async def stop() -> None:
                async for _ in signals:
                    show("porter", "stopping")
                    nursery.cancel_scope.cancel()

            nursery.start_soon(stop)
            for process in processes_of(layout, configuration, options):
                await nursery.start(Supervised(process, layout.run_folder, environment, show).run)
            print(_welcome(layout, options, configuration, demo=arguments.demo), flush=True)


async def _configuration(layout: OfficeLayout, arguments: argparse.Namespace) -> Configuration:
    """The office's configuration; an empty folder gets its first one."""
    async with open_store(layout) as store:
        if store.version:
            return store.configuration
        if arguments.configuration is not None:
            first = parse(await trio.Path(arguments.configuration).read_text())
        else:
            first = demo_office(secrets.choice)
        await store.settings.save(first, by="porter run")
        return first


def _check_ports(layout: OfficeLayout, options: RunOptions) -> None:
    """Say which port is taken before anything starts."""
    wanted = [(address, layout.sip_port, socket.SOCK_DGRAM, "--base-port") for address in options.listen]
    wanted += [(address, layout.sip_port, socket.SOCK_STREAM, "--base-port") for address in options.listen]
    wanted.append(("127.0.0.1", layout.engine_port, socket.SOCK_DGRAM, "--base-port"))
    if not options.without_page:
        wanted.append((options.web_listen, options.web_port or layout.web_port, socket.SOCK_STREAM, "--web-port"))
    for address, port, kind, option in wanted:
        with socket.socket(socket.AF_INET, kind) as sock:
            if kind == socket.SOCK_STREAM:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((address, port))
            except OSError as error:
                transport = "TCP" if kind == socket.SOCK_STREAM else "UDP"
                raise PorterError(
                    f"{transport} port {port} of {address} cannot be used: {error.strerror}.",
                    f"End the program that has it (`ss -lnp | grep :{port}`), or choose another with {option}.",
                ) from error


def _show(quiet: bool, coloured: bool, name: str, line: str) -> None:
    if quiet and name != "porter":
        return
    colour = COLOURS.get(name, 37)
    print(f"\x1b[{colour}m{name:>12}\x1b[0m {line}" if coloured else f"{name:>12} {line}", flush=True)


def _welcome(layout: OfficeLayout, options: RunOptions, configuration: Configuration, *, demo: bool) -> str:
    server = f"{options.listen[0]}:{layout.sip_port}"
    lines = ["", f"  {configuration.name} is open.", ""]
    if not options.without_page:
        lines.append(f"  Page            http://{options.web_listen}:{options.web_port or layout.web_port}/")
    if demo:
        lines.append(f"  SIP server      {server}   (UDP or TCP)")
        for number, extension in configuration.extensions.items():
            lines += [
                f"  Phone {number:<9} user {account}   password {phone.password}   ({extension.name})"
                for account, phone in extension.phones.items()
            ]
    lines += ["", "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def _leaves(group: BaseExceptionGroup[PorterError]) -> list[PorterError]:
    found: list[PorterError] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
