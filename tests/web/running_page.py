"""A running `porter-web`, as its supervisor sees it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_ports

from .canned_office import PASSWORD


class Page:
    """A running porter-web.

    Args:
        watchdog_seconds: How often it must say that it lives. A test that does not listen must not make it short:
            the notification blocks when ten of them wait.
    """

    def __init__(self, folder: Path, *options: str, watchdog_seconds: float = 300.0) -> None:
        (self.port,) = free_ports(1)
        self.base_port = self.port - 80
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify_path = folder / "notify"
        self._notify.bind(str(notify_path))
        self._notify.settimeout(20)
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(notify_path),
            "WATCHDOG_USEC": str(int(watchdog_seconds * 1e6)),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "web.main", "--folder", str(folder), "--base-port", str(self.base_port), *options],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self, wanted: str) -> None:
        """Wait until the supervisor is told something."""
        while wanted not in self._notify.recv(4096).decode():
            pass

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def signed_in(self) -> str:
        """The cookies of the owner, who sets up the page."""
        form = self.ask("GET", "/set-up")
        cookie = (form.headers["Set-Cookie"] or "").split(";")[0]
        token = re.search(r'name="csrf_token" value="([^"]+)"', form.read().decode())
        assert token is not None
        words = PASSWORD.replace(" ", "+")
        body = f"csrf_token={token[1]}&password={words}&again={words}"
        answer = self.ask(
            "POST", "/set-up", body, Cookie=cookie, **{"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status == 302, answer.read()
        cookies = answer.headers.get_all("Set-Cookie") or []
        return next(one.split(";")[0] for one in cookies if one.startswith(f"porter_{self.base_port}="))


@contextmanager
def running(folder: Path, *options: str, watchdog_seconds: float = 300.0) -> Iterator[Page]:
    """A page that is ready, and is killed in the end."""
    page = Page(folder, *options, watchdog_seconds=watchdog_seconds)
    try:
        page.told("READY=1")
        yield page
    finally:
        page.process.kill()
        page.process.communicate()
