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
    """Our addresses phones reach the edge at; the first one stands in SDP."""
    web_listen: str = "127.0.0.1"
    web_port: int | None = None
    """None: the layout's."""
    trust_clock: bool = True
    flood_exempt: tuple[str, ...] = ()
    """Addresses without flood limits, for load tests."""

    @property
    def page_port(self) -> int:
        return self.layout.web_port if self.web_port is None else self.web_port


Arguments = Callable[[RunOptions], Sequence[str]]


@dataclass(frozen=True)
class ChildSpec:
    """One process and how it is looked after."""

    name: str
    """Short, for log lines; its program is `porter-NAME`."""
    module: str
    arguments: Arguments
    after: tuple[str, ...] = ()
    """Started once these are ready."""
    watchdog_seconds: float = 10.0
    """Killed and started again when it says nothing for so long."""
    is_told: bool = True
    """Whether it says by sd_notify(3) that it is ready and well."""
    start_seconds: float = 60.0
    """How long it may take to be ready."""
    stop_seconds: float = 8.0
    """How long it may take to end after SIGTERM."""
    guard: Arguments | None = None
    """Arguments of the same program, run before each start and after each end of it: the lock action."""

    def command(self, options: RunOptions) -> list[str]:
        return self._program(self.arguments(options))

    def guard_command(self, options: RunOptions) -> list[str] | None:
        return None if self.guard is None else self._program(self.guard(options))

    def _program(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-P", "-m", self.module, *arguments]


def _edge(options: RunOptions) -> list[str]:
    layout = options.layout
    return [
        *("--folder", str(layout.edge_folder)),
        *("--sip-port", str(layout.sip_port), "--engine-port", str(layout.engine_port)),
        *("--publisher-port", str(layout.publisher_port)),
        *(word for address in options.listen for word in ("--listen", address)),
        *(word for address in options.flood_exempt for word in ("--flood-exempt", address)),
    ]


def _controller(options: RunOptions) -> list[str]:
    return [
        *_office(options),
        *("--base-port", str(options.layout.base_port), "--media-address", options.listen[0]),
        *(["--trust-clock"] if options.trust_clock else []),
    ]


def _web(options: RunOptions) -> list[str]:
    ports = ["--base-port", str(options.layout.base_port), "--port", str(options.page_port)]
    return [*_office(options), *ports, "--listen", options.web_listen]


def _office(options: RunOptions) -> list[str]:
    return ["--folder", str(options.layout.root)]


EDGE = ChildSpec("edge", "appliance.sip.edge.main", _edge, watchdog_seconds=15.0)
DOOR = ChildSpec(
    "door",
    "appliance.door.main",
    _office,
    watchdog_seconds=2.0,
    start_seconds=15.0,
    guard=lambda options: [*_office(options), "--lock"],
)
CONTROLLER = ChildSpec("controller", "appliance.main", _controller, after=("edge", "door"))
WEB = ChildSpec("web", "web.main", _web, watchdog_seconds=30.0)

CHILDREN = (EDGE, DOOR, CONTROLLER, WEB)
"""In the order of starting; they end in reverse."""


SIP = "sip"
"""The kind of SIP lines, and of the simulator that plays their operator."""


def simulated_modem(line: str, profile: str) -> ChildSpec:
    """The simulator of a line's modem or operator, which lives longer than the controller, as a real one would.

    Args:
        profile: The family of the modem, or "sip" for an operator.
    """
    return ChildSpec(
        f"modem {line}",
        "hardware.simulators.modem_control",
        lambda options: [str(options.layout.simulators_folder), line, "--kind", profile],
        is_told=False,
        stop_seconds=3.0,
    )
