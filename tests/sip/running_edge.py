"""A real porter-edge for tests: `edge` for one that listens on 127.0.0.1, `start_edge` for any other.

def test_…(edge: RunningEdge) -> None:
    edge.add("201", "secret")                  # an account, live
    phone = edge.phone("201", "secret")        # a WirePhone on a free UDP port, or transport="tcp"
    engine = edge.engine()                     # a Wire on the engine's port: what the edge trusts
    edge.rpc.contacts("201"); edge.settings.sip_port; edge.kill(); edge.start()
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest

from appliance.sip.edge.accounts import ha1
from appliance.sip.edge.rpc import BlockingEdgeRpc
from appliance.sip.edge.settings import EdgeSettings
from tests.ports import free_ports
from tests.sip.wire import Address, Wire, WirePhone


class RunningEdge:
    """One porter-edge and what a test holds at its ends; everything is closed with it."""

    def __init__(self, settings: EdgeSettings) -> None:
        self.settings = settings
        self.rpc = BlockingEdgeRpc(settings.rpc_socket)
        self.process: subprocess.Popen[str] | None = None
        self._open = ExitStack()

    @property
    def address(self) -> Address:
        return self.settings.listen[0], self.settings.sip_port

    @property
    def log(self) -> str:
        """What it has said so far, Kamailio's own log included."""
        return (self.settings.folder / "edge.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it says it is ready; a failed start fails the test with what it said."""
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        with (self.settings.folder / "edge.log").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command(self.settings), stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        assert "ready" in ready, self.log

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the parent a signal and wait for its end; its exit status."""
        assert self.process is not None and self.process.stdout is not None
        self.process.send_signal(number)
        status = self.process.wait(10)
        self.process.stdout.close()
        self.process = None
        return status

    @property
    def kamailio(self) -> int:
        """Process id of Kamailio's main process."""
        return int(self.settings.pid_file.read_text(encoding="ascii"))

    def kill_kamailio(self) -> int:
        """kill -9 of Kamailio and its children; the exit status of porter-edge, which notices."""
        assert self.process is not None and self.process.stdout is not None
        os.killpg(self.kamailio, signal.SIGKILL)
        status = self.process.wait(10)
        self.process.stdout.close()
        self.process = None
        return status

    def add(self, user: str, password: str) -> None:
        self.rpc.put_account(user, ha1(user, self.settings.realm, password))

    def wire(self, transport: Literal["udp", "tcp"] = "udp", near: Address = ("127.0.0.1", 0)) -> Wire:
        return self._open.enter_context(Wire(self.address, transport, near))

    def phone(
        self, user: str, password: str, transport: Literal["udp", "tcp"] = "udp", near: Address = ("127.0.0.1", 0)
    ) -> WirePhone:
        return WirePhone(self.wire(transport, near), user, password)

    def engine(self) -> Wire:
        far = ("127.0.0.1", self.settings.sip_port)
        return self._open.enter_context(Wire(far, "udp", ("127.0.0.1", self.settings.engine_port)))

    def close(self) -> None:
        self._open.close()
        if self.process is not None:
            self.stop()


def command(settings: EdgeSettings) -> list[str]:
    """The command line for these settings."""
    options = {
        "--folder": settings.folder,
        "--sip-port": settings.sip_port,
        "--engine-port": settings.engine_port,
        "--publisher-port": settings.publisher_port,
        "--realm": settings.realm,
        "--registration-seconds": settings.registration_seconds,
        "--flood-requests": settings.flood_requests,
        "--wrong-per-address": settings.wrong_per_address,
        "--wrong-per-account": settings.wrong_per_account,
        "--silence-seconds": settings.silence_seconds,
    }
    words = [word for name, value in options.items() for word in (name, str(value))]
    words += [word for address in settings.listen for word in ("--listen", address)]
    words += [word for address in settings.flood_exempt for word in ("--flood-exempt", address)]
    return [sys.executable, "-m", "appliance.sip.edge.main", *words]


def office_settings(folder: Path, **changes: Any) -> EdgeSettings:
    sip, engine, publisher = free_ports(3)
    given: dict[str, Any] = {"sip_port": sip, "engine_port": engine, "publisher_port": publisher}
    return EdgeSettings(folder=folder, **(given | changes))


StartEdge = Callable[..., RunningEdge]


@pytest.fixture
def start_edge(tmp_path: Path) -> Iterator[StartEdge]:
    """Starts an edge with changed settings, e.g. `start_edge(flood_requests=10)`; all end with the test."""
    with ExitStack() as stack:

        def start(**changes: Any) -> RunningEdge:
            edge = RunningEdge(office_settings(tmp_path / "edge", **changes))
            stack.callback(edge.close)
            edge.start()
            return edge

        yield start


@pytest.fixture
def edge(start_edge: StartEdge) -> RunningEdge:
    """A running edge on 127.0.0.1 with free ports and no accounts; without a flood limit, as tests are fast."""
    return start_edge(flood_exempt=("127.0.0.1",))


@pytest.fixture(scope="module")
def shared_edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEdge]:
    """One edge for all tests of a module, where they leave no trace in it."""
    with ExitStack() as stack:
        edge = RunningEdge(office_settings(tmp_path_factory.mktemp("office") / "edge"))
        stack.callback(edge.close)
        edge.start()
        yield edge
