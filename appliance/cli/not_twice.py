"""Whether an office can start here: its folder and its ports are not in use, and who uses them when they are."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.cli.children import RunOptions
from appliance.control.client import Client
from appliance.control.controller_messages import CONTROLLER, GetStatus
from appliance.control.faults import RequestFailed
from appliance.errors import PorterError
from appliance.office_layout import OfficeLayout


class PortInUse(PorterError):
    """Another program has a port this office needs."""


class AlreadyRunning(PorterError):
    """An office runs with this folder."""


@contextmanager
def only_one(layout: OfficeLayout) -> Iterator[None]:
    """Keep the folder for this `porter run`, from before its first process starts; the kernel gives it back however
    we end. Raises AlreadyRunning when another has it."""
    lock = os.open(layout.run_folder / "porter-run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"Another `porter run` uses {layout.root}.", "End it first, or name another --folder."
            ) from error
        yield
    finally:
        os.close(lock)


def check_not_running(layout: OfficeLayout) -> None:
    """Raises AlreadyRunning when a controller answers in this folder."""
    try:
        name = Client(layout.controller_socket, CONTROLLER, "command", seconds=2.0).ask(GetStatus()).name
    except RequestFailed:
        return
    raise AlreadyRunning(f"{name} runs already with {layout.root}.", "End it first, or name another --folder.")


def check_ports(options: RunOptions, *, with_page: bool) -> None:
    """Raises PortInUse naming the first port that cannot be had, or PorterError for an address that is not ours."""
    layout = options.layout
    for address in options.listen:
        _check(address, layout.sip_port, "the phones", socket.SOCK_DGRAM)
        _check(address, layout.sip_port, "the phones", socket.SOCK_STREAM)
    _check("127.0.0.1", layout.engine_port, "calls between our processes", socket.SOCK_DGRAM)
    _check("127.0.0.1", layout.publisher_port, "the lamps", socket.SOCK_DGRAM)
    _check("127.0.0.1", layout.lines_port, "SIP lines", socket.SOCK_DGRAM)
    if with_page:
        _check(options.web_listen, options.page_port, "the page", socket.SOCK_STREAM)


def _check(address: str, port: int, use: str, kind: socket.SocketKind) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError as error:
            raise PortInUse(f"This user may not use port {port} for {use}.", "Choose one above 1023.") from error
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, socket.EAI_NONAME):
                raise PorterError(
                    f"{address} is not an address of this machine.", "`ip address` shows those it has."
                ) from error
            raise PortInUse(
                f"Port {port} of {address}, for {use}, is taken{_by(port, kind)}.",
                "End that program, or choose other ports with --base-port or --web-port.",
            ) from error


def _by(port: int, kind: socket.SocketKind) -> str:
    """ " by NAME (process 123)", or "" when it is somebody else's process."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port, "udp" if kind == socket.SOCK_DGRAM else "tcp")}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(handle.readlink()) in sockets for handle in (process / "fd").iterdir()):
                return f" by {(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return ""


def _inodes(port: int, protocol: str) -> Iterator[str]:
    """Inodes of the sockets bound to the port, from proc(5)."""
    for table in (f"/proc/net/{protocol}", f"/proc/net/{protocol}6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port and (protocol == "udp" or fields[3] == "0A"):
                yield fields[9]
