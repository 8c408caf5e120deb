"""The processes of one office, and what starts each: one table for `porter run` and, in spirit, for the units."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from appliance.config.models import Configuration
from appliance.office_layout import OfficeLayout


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One child of `porter run`."""

    name: str
    command: Sequence[str]
    watchdog_seconds: float | None = None
    """Longest silence towards the supervisor before it is killed; None: it does not speak the protocol."""
    tells_ready: bool = True
    """False: it counts as ready when it runs."""
    always: Sequence[str] | None = None
    """A command before every start and after every end, such as locking the doors."""


def processes_of(layout: OfficeLayout, configuration: Configuration, options: RunOptions) -> tuple[Process, ...]:
    """In the order they start; they stop in reverse."""
    python, office = sys.executable, ["--folder", str(layout.root)]
    simulated = [
        Process(
            name=f"simulator-{name}",
            command=[python, "-m", "hardware.simulators.modem_control", str(layout.simulators_folder), name],
            tells_ready=False,
        )
        for name, line in configuration.lines.items()
        if line.simulated
    ]
    edge = [
        *_module("appliance.sip.edge.main"),
        *("--folder", str(layout.edge_folder)),
        *("--sip-port", str(layout.sip_port), "--engine-port", str(layout.engine_port)),
        *("--publisher-port", str(layout.publisher_port)),
        *(part for address in options.listen for part in ("--listen", address)),
        *(part for address in options.flood_exempt for part in ("--exempt", address)),
    ]
    controller = [
        *_module("appliance.main"),
        *office,
        *("--base-port", str(layout.base_port), "--media-address", options.listen[0]),
        *(["--trust-clock"] if options.trust_clock else []),
    ]
    door = [*_module("appliance.door.main"), *office]
    web = [
        *_module("web.main"),
        *office,
        *("--base-port", str(layout.base_port), "--port", str(options.web_port or layout.web_port)),
        *("--listen", options.web_listen),
    ]
    return (
        *simulated,
        Process(name="door", command=door, watchdog_seconds=2.0, always=[*door, "--lock"]),
        Process(name="edge", command=edge, watchdog_seconds=15.0),
        Process(name="controller", command=controller, watchdog_seconds=10.0),
        *([] if options.without_page else [Process(name="web", command=web, watchdog_seconds=30.0)]),
    )


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What `porter run` was told beside the office itself."""

    listen: tuple[str, ...] = ("127.0.0.1",)
    """Addresses phones reach the edge at; the first stands in SDP."""
    web_listen: str = "127.0.0.1"
    web_port: int | None = None
    """None: the office's own."""
    without_page: bool = False
    trust_clock: bool = True
    flood_exempt: tuple[str, ...] = ()


def environment_of(base: Mapping[str, str], layout: OfficeLayout) -> dict[str, str]:
    """What every process of the office finds in its environment."""
    return {**base, "PYTHONUNBUFFERED": "1", "LG_WD": str(layout.simulators_folder)}


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def socket_of(folder: Path, name: str) -> Path:
    """Where a child tells that it is ready and lives (sd_notify(3))."""
    return folder / f"notify-{name}.sock"
