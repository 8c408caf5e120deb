"""PJSIP as we set it up, where a mistake would cost every call."""

import ctypes
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sip.running_edge import RunningEdge
from tests.sip.stages import dial, real_stage

pytestmark = pytest.mark.real

_NAME_SERVERS = 16
"""Where their number and addresses begin in glibc's `struct __res_state` (resolv.h)."""


@contextmanager
def silent_name_server() -> Iterator[socket.socket]:
    """What this thread asks a name server comes in here and is never answered."""
    libc = ctypes.CDLL(None)
    libc.__res_state.restype = ctypes.c_void_p
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        libc.__res_init()
        address = struct.pack("=H", socket.AF_INET) + struct.pack(">H", server.getsockname()[1])
        one_server = struct.pack("=i", 1) + address + socket.inet_aton("127.0.0.1")
        ctypes.memmove(libc.__res_state() + _NAME_SERVERS, one_server, len(one_server))
        try:
            yield server
        finally:
            libc.__res_init()


async def test_dialling_asks_no_name_server(shared_edge: RunningEdge, tmp_path: Path) -> None:
    # Before each offer PJSIP looked for an IPv6 address of this machine's own name. Without the internet all calls
    # stood still meanwhile, and at twenty calls a second the controller was killed by its watchdog.
    async with real_stage(shared_edge, tmp_path) as stage:
        person = await stage.person("201")
        with silent_name_server() as server:
            await dial(stage, "201")
            with pytest.raises(BlockingIOError):
                server.recv(2000)
        await person.until_rung()
