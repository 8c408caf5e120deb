"""Telling the supervisor, systemd or `porter run`, how a process is: sd_notify(3), in a way that never waits.

systemd-python's call waits while the supervisor does not read, and holds Python's lock meanwhile: a supervisor that
was stopped would stop everything, the guard of an open door too. What cannot be said at once is left unsaid: it is
said again soon, or nobody is there to hear it.
"""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Say `READY=1`, `WATCHDOG=1` and the like; does nothing when nobody supervises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address[0] == "@":
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as sock:
        try:
            sock.sendto(state.encode(), address)
        except OSError:
            return
