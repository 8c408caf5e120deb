"""The Kamailio process: what it needs from the system, its start, its end, and the remains of a run that was killed."""

import ctypes
import errno
import os
import select
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from appliance.errors import PorterError

from .settings import EdgeSettings

PROGRAM_FOLDERS = "/usr/sbin:/usr/local/sbin"
"""Searched besides $PATH, which has no sbin for ordinary users."""
_MODULES_NEEDED = {
    "db_sqlite.so": "kamailio-sqlite-modules",
    "presence_dialoginfo.so": "kamailio-presence-modules",
}
_SHARED_MEMORY_MB = 64  # 16 silently drops INVITEs at 50 a second
_PRIVATE_MEMORY_MB = 8
_PR_SET_PDEATHSIG = 1


class CannotStart(PorterError):
    """Something the edge needs from the system is missing or taken."""


def find_program() -> str:
    """Path of Kamailio; raises CannotStart with the apt line when it, or a module it needs, is not installed."""
    program = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:{PROGRAM_FOLDERS}")
    if program is None:
        packages = " ".join(["kamailio", *_MODULES_NEEDED.values()])
        raise CannotStart("Kamailio is not installed.", f"Install it with: apt-get install {packages}")
    folders = [*Path("/usr/lib").glob("*/kamailio/modules"), Path("/usr/lib64/kamailio/modules")]
    missing = [
        package for module, package in _MODULES_NEEDED.items() if not any((f / module).exists() for f in folders)
    ]
    if missing:
        raise CannotStart(
            "Modules of Kamailio are not installed.", f"Install them with: apt-get install {' '.join(missing)}"
        )
    return program


def check_ports(settings: EdgeSettings) -> None:
    """Raises CannotStart when an address is not ours or a port is taken, naming who has it where that can be seen."""
    for transport, address in settings.sockets:
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as probe:
            if transport == "tcp":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, settings.sip_port))
                if transport == "tcp":
                    probe.listen()
            except OSError as error:
                raise _cannot_bind(transport, address, settings.sip_port, error) from error


def start(program: str, settings: EdgeSettings) -> subprocess.Popen[bytes]:
    """Start it in a process group of its own, its log on our pipe, and so that it ends when we do."""
    kamailio = subprocess.Popen(
        [
            *(program, "-f", str(settings.configuration_file), "-Y", str(settings.runtime_folder)),
            *("-w", str(settings.runtime_folder)),
            *("-m", str(_SHARED_MEMORY_MB), "-M", str(_PRIVATE_MEMORY_MB), "-DD", "-E"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_end_with_parent,  # noqa: PLW1509  # porter-edge has one thread
    )
    settings.pid_file.write_text(f"{kamailio.pid}\n", encoding="ascii")
    return kamailio


def stop(kamailio: subprocess.Popen[bytes], settings: EdgeSettings, seconds: float = 3.0) -> None:
    """Let it save what it holds and end; what has not ended after `seconds` is killed, with all its children."""
    if kamailio.poll() is None:
        kamailio.terminate()
        try:
            kamailio.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(kamailio.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    kamailio.wait()
    settings.pid_file.unlink(missing_ok=True)


def end_leftovers(settings: EdgeSettings) -> int:
    """Kill what a killed run left behind in this folder and return how many processes that were.

    Kamailio's children do not notice that their parent was killed: they go on holding the ports, and serve calls from
    memory nobody looks after.
    """
    try:
        group = int(settings.pid_file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0
    handles = [os.pidfd_open(pid) for pid in _members(group, settings.configuration_file)]
    for handle in handles:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    for handle in handles:
        select.select([handle], [], [], 5.0)
        os.close(handle)
    settings.pid_file.unlink(missing_ok=True)
    return len(handles)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _members(group: int, configuration_file: Path) -> Iterator[int]:
    """Processes of this group that run with our configuration file: a pid may long belong to somebody else."""
    for pid in _processes():
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if os.getpgid(pid) == group and str(configuration_file).encode() in arguments:
                yield pid
        except (FileNotFoundError, ProcessLookupError):
            continue


def _processes() -> Iterable[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdecimal()]


def _cannot_bind(transport: str, address: str, port: int, error: OSError) -> CannotStart:
    if error.errno == errno.EADDRINUSE:
        owner = _owner(transport, port)
        who = f"by {owner}" if owner else "by another program"
        return CannotStart(
            f"{transport.upper()} port {port} on {address} is in use {who}.",
            "Stop that program, or choose another port with --sip-port.",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return CannotStart(
            f"{address} is not an address of this machine.", "Name one that is with --listen (see: ip address)."
        )
    return CannotStart(f"{transport.upper()} port {port} on {address} cannot be opened: {error.strerror}.")


def _owner(transport: str, port: int) -> str | None:
    """ "name (process 123)" of whoever has the port; None when it is not ours to see."""
    inodes = set()
    for line in Path(f"/proc/net/{transport}").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == port:
            inodes.add(f"socket:[{fields[9]}]")
    for pid in _processes():
        try:
            if any(os.readlink(entry.path) in inodes for entry in os.scandir(f"/proc/{pid}/fd")):
                name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
                return f"{name} (process {pid})"
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return None
