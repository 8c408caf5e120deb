"""What is told to the supervisor, and that nobody waits for one who does not listen."""

import socket
import time
from pathlib import Path

import pytest

from appliance.notify import notify


def supervisor(folder: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(str(folder / "notify.sock"))
    return sock


def test_a_supervisor_hears_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify.sock"))
    with supervisor(tmp_path) as sock:
        notify("READY=1\nSTATUS=calls are taken")
        assert sock.recv(100) == b"READY=1\nSTATUS=calls are taken"


def test_a_supervisor_that_does_not_read_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify.sock"))
    with supervisor(tmp_path):
        began = time.monotonic()
        for _ in range(5000):
            notify("WATCHDOG=1")
        assert time.monotonic() - began < 5, "it waited, as the library's own call would for ever"


@pytest.mark.parametrize("address", ["", "nonsense", "/nobody/here", "@nobody-is-here"])
def test_without_a_supervisor_nothing_happens(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("WATCHDOG=1")
