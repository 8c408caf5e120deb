"""The listening end of sd_notify(3), for the processes `porter run` starts."""

from __future__ import annotations

import socket
from pathlib import Path

import trio

LONGEST = 4096


class NotifySocket:
    """Where one child says that it is ready and well. Use as a context manager.

    Args:
        folder: Readable only by us, so that nobody else can speak for the child.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        self._socket.bind(str(self.path))

    def __enter__(self) -> NotifySocket:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self.path.unlink(missing_ok=True)

    def environment(self, watchdog_seconds: float) -> dict[str, str]:
        """What a child finds in its environment to be looked after."""
        return {"WATCHDOG_USEC": str(int(watchdog_seconds * 1e6)), "NOTIFY_SOCKET": str(self.path)}

    async def said(self) -> dict[str, str]:
        """The next message, such as {"READY": "1"}."""
        while True:
            await trio.lowlevel.wait_readable(self._socket)
            try:
                message = self._socket.recv(LONGEST)
            except BlockingIOError:
                continue
            lines = (line.partition("=") for line in message.decode("utf-8", "replace").splitlines())
            return {key: value for key, _, value in lines}
