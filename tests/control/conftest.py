"""A small service on a real socket, in a Trio thread of its own, for blocking and Trio clients alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio

from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask, Detail, Fault, Service
from appliance.control.server import Asker, Publisher, Roles, serve
from appliance.errors import PorterError


class Echo(Ask["Text"], frozen=True, tag="echo"):
    text: str


class Wait(Ask["Text"], frozen=True, tag="wait"):
    """Answered when the test lets it."""


class Fail(Ask["Text"], frozen=True, tag="fail"):
    how: str


class Text(msgspec.Struct, frozen=True, tag="text"):
    text: str


class State(msgspec.Struct, frozen=True, tag="state"):
    number: int
    padding: str = ""


class Happened(msgspec.Struct, frozen=True, tag="happened"):
    number: int


ECHO = Service("echo", requests=Echo | Wait | Fail, results=Text, snapshots=State, notices=Happened)


class EchoService:
    """Starts and stops the service; `call` runs something in its Trio thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.publisher = Publisher()
        self.carried_out: list[str] = []
        self.askers: list[Asker] = []
        self.waiting = threading.Event()

    @contextmanager
    def running(self, roles: dict[str, str | None] | None = None) -> Iterator[EchoService]:
        started = threading.Event()
        failed: list[BaseException] = []

        async def main() -> None:
            self._token = trio.lowlevel.current_trio_token()
            self._scope = trio.CancelScope()
            self.may_answer = trio.Event()
            serving = partial(
                serve,
                self.path,
                ECHO,
                handler=self.handle,
                roles=Roles(roles or {"test": None}),
                publisher=self.publisher,
            )
            with self._scope:
                async with trio.open_nursery() as nursery:
                    await nursery.start(serving)
                    started.set()

        def run() -> None:
            try:
                trio.run(main)
            except BaseException as error:
                failed.append(error)
            finally:
                started.set()

        thread = threading.Thread(target=run)
        thread.start()
        assert started.wait(5)
        try:
            yield self
        finally:
            if thread.is_alive():
                self.stop()
                thread.join(5)
            assert not failed, failed

    def call(self, function: Callable[..., Any], *arguments: Any) -> None:
        done = threading.Event()

        def run() -> None:
            function(*arguments)
            done.set()

        self._token.run_sync_soon(run)
        assert done.wait(5)

    def stop(self) -> None:
        """End it, if it has not ended by itself meanwhile."""
        with suppress(trio.RunFinishedError):
            self.call(self._scope.cancel)

    def answer(self) -> None:
        """Let those who wait have their answer."""
        self.call(self.may_answer.set)

    async def handle(self, request: Ask[Any], asker: Asker) -> msgspec.Struct:
        self.askers.append(asker)
        match request:
            case Echo(text=text):
                return Text(text)
            case Wait():
                self.waiting.set()
                await self.may_answer.wait()
                self.carried_out.append("wait")
                return Text("at last")
            case Fail(how="fault"):
                raise RequestFailed(Fault("bad_pin", "Pin 99 is none.", "Use 0-53.", (Detail("doors.a", "99"),)))
            case Fail(how="error"):
                raise PorterError("It is closed.", "Come tomorrow.")
        raise ZeroDivisionError


@pytest.fixture
def echo(tmp_path: Path) -> EchoService:
    return EchoService(tmp_path / "echo.sock")
