"""The processes of an office in one table. `porter run` starts them from it; the systemd units say the same, and a test
compares both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.office_layout import OfficeLayout


@dataclass(frozen=True)
class RunOptions:
    """What is chosen when an office is started."""

    layout: OfficeLayout
    listen: tuple[str, ...] = ("127.0.0.1",)
    """Our addresses for phones and browsers; the first one stands in SDP."""
    web_port: int | None = None
    """None: the layout's."""
    trust_clock: bool = False

    @property
    def page_port(self) -> int:
        return self.layout.web_port if self.web_port is None else self.web_port


@dataclass(frozen=True)
class ChildSpec:
    """One process and how it is looked after."""

    name: str
    """Short, for log lines; its program is `porter-NAME`."""
    module: str
    arguments: Callable[[RunOptions], Sequence[str]]
    after: tuple[str, ...] = ()
    """Started once these are ready."""
    watchdog_seconds: float = 10.0
    """Killed and started again when it says nothing for so long; 0: not watched."""
    is_told: bool = True
    """Whether it says by sd_notify(3) that it is ready."""
    start_seconds: float = 60.0
    """How long it may take to be ready."""
    stop_seconds: float = 8.0
    """How long it may take to end after SIGTERM."""
    guard: Callable[[RunOptions], Sequence[str]] | None = None
    """Arguments of the same program run before each start and after each end of it: the lock action."""

    def command(self, options: RunOptions) -> list[str]:
        return [sys.executable, "-P", "-m", self.module, *self.arguments(options)]

    def guard_command(self, options: RunOptions) -> list[str] | None:
        if self.guard is None:
            return None
        return [sys.executable, "-P", "-m", self.module, *self.guard(options)]


def _edge(options: RunOptions) -> list[str]:
    layout = options.layout
    ports = ["--sip-port", layout.sip_port, "--engine-port", layout.engine_port]
    ports += ["--publisher-port", layout.publisher_port]
    listen = [word for address in options.listen for word in ("--listen", address)]
    return ["--folder", str(layout.edge_folder), *map(str, ports), *listen]


def _controller(options: RunOptions) -> list[str]:
    layout = options.layout
    arguments = ["--folder", str(layout.root), "--base-port", str(layout.base_port)]
    arguments += ["--media-address", options.listen[0]]
    return [*arguments, "--trust-clock"] if options.trust_clock else arguments


def _web(options: RunOptions) -> list[str]:
    addresses = dict.fromkeys(["127.0.0.1", *options.listen])
    listen = [word for address in addresses for word in ("--listen", address)]
    return ["--folder", str(options.layout.root), "--port", str(options.page_port), *listen]


EDGE = ChildSpec("edge", "appliance.sip.edge.main", _edge)
DOOR = ChildSpec(
    "door",
    "appliance.door.main",
    lambda options: ["--folder", str(options.layout.root)],
    watchdog_seconds=2.0,
    start_seconds=15.0,
    guard=lambda options: ["--folder", str(options.layout.root), "--lock"],
)
CONTROLLER = ChildSpec("controller", "appliance.main", _controller, after=("edge", "door"))
WEB = ChildSpec("web", "web.main", _web, watchdog_seconds=30.0)

CHILDREN = (EDGE, DOOR, CONTROLLER, WEB)
"""In the order of starting; they end in reverse."""


def simulated_modem(line: str) -> ChildSpec:
    """The simulator of a line's modem, which lives longer than the controller, as a stick on USB would."""
    return ChildSpec(
        f"modem {line}",
        "hardware.simulators.modem_control",
        lambda options: [str(options.layout.simulators_folder), line],
        watchdog_seconds=0,
        is_told=False,
        stop_seconds=3.0,
    )
