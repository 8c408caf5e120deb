"""The listening end of sd_notify(3), for the processes `porter run` starts."""

from __future__ import annotations

import itertools
import os
import socket
import struct

import trio

LONGEST = 4096

_CREDENTIALS = struct.Struct("iII")
"""pid, uid and gid of the sender, from the kernel: unix(7), SCM_CREDENTIALS."""
_numbers = itertools.count(1)


class NotifySocket:
    """Where one child says that it is ready and well. Use as a context manager.

    Its address is an abstract one: no file to find a short path for, and none is left when we are killed. Anybody on
    the machine can write to it, so messages of other users are dropped.
    """

    def __init__(self) -> None:
        self._name = f"porter-run-{os.getpid()}-{next(_numbers)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind(f"\0{self._name}")

    def __enter__(self) -> NotifySocket:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def environment(self, watchdog_seconds: float) -> dict[str, str]:
        """What a child finds in its environment to be looked after."""
        return {"WATCHDOG_USEC": str(int(watchdog_seconds * 1e6)), "NOTIFY_SOCKET": f"@{self._name}"}

    async def said(self) -> dict[str, str]:
        """The next message, such as {"READY": "1"}."""
        while True:
            await trio.lowlevel.wait_readable(self._socket)
            try:
                message, ancillary, _flags, _sender = self._socket.recvmsg(
                    LONGEST, socket.CMSG_SPACE(_CREDENTIALS.size)
                )
            except BlockingIOError:
                continue
            if not any(_is_ours(data) for _level, kind, data in ancillary if kind == socket.SCM_CREDENTIALS):
                continue
            lines = (line.partition("=") for line in message.decode("utf-8", "replace").splitlines())
            return {key: value for key, _, value in lines}


def _is_ours(data: bytes) -> bool:
    _pid, uid, _gid = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])
    return bool(uid == os.geteuid())
