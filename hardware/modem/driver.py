"""Carries bytes between a port and a modem's engine, on the event loop's own thread."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import trio

from hardware.modem.facts import GsmFact
from hardware.modem.link import MOST_READ, SerialPort

READ_PAUSE = 0.02
"""After a full read: bounds what a flooding device costs."""


class Modem(Protocol):
    """A modem's engine without its wire, such as `GsmModem` and `FxoModem`."""

    @property
    def deadline(self) -> float | None: ...
    def receive(self, data: bytes, now: float) -> None: ...
    def tick(self, now: float) -> None: ...
    def data_to_send(self) -> bytes: ...
    def take_facts(self) -> list[GsmFact]: ...


class ModemDriver:
    """Runs one modem over one open port.

    Args:
        on_fact: Called for each fact, in order; must not raise.
    """

    def __init__(self, modem: Modem, port: SerialPort, on_fact: Callable[[GsmFact], None]) -> None:
        self._modem = modem
        self._port = port
        self._on_fact = on_fact
        self._unsent = b""
        self._waiting: trio.CancelScope | None = None
        self._kicked = False

    def kick(self) -> None:
        """Something was asked of the modem: carry it now. From the event loop's thread."""
        self._kicked = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def run(self) -> None:
        """Until cancelled; raises PortLost when the port goes away. The modem is told by neither: call its `close`."""
        while True:
            self.flush()
            await self._wait()
            data = self._port.read()
            now = trio.current_time()
            if data:
                self._modem.receive(data, now)
            self._modem.tick(now)
            if len(data) == MOST_READ:
                await trio.sleep(READ_PAUSE)

    def flush(self) -> None:
        """Hand on facts and bytes; facts may lead to wishes, wishes to facts."""
        self._kicked = False
        while facts := self._modem.take_facts():
            for fact in facts:
                self._on_fact(fact)
        while True:
            # Only when the port took all: until then the engine may drop what became too old, such as sound.
            self._unsent = self._unsent or self._modem.data_to_send()
            if not self._unsent:
                return
            self._unsent = self._unsent[self._port.write(self._unsent) :]
            if self._unsent:
                return

    async def _wait(self) -> None:
        """Until there is something to read, to write, or to do."""
        deadline = self._modem.deadline
        with trio.CancelScope(deadline=trio.current_time() + 60 if deadline is None else deadline) as scope:
            if self._kicked:
                await trio.lowlevel.checkpoint()
                return
            self._waiting = scope
            try:
                if self._unsent:
                    await _readable_or_writable(self._port.fileno())
                else:
                    await trio.lowlevel.wait_readable(self._port.fileno())
            finally:
                self._waiting = None


async def _readable_or_writable(fd: int) -> None:
    async with trio.open_nursery() as nursery:

        async def one(wait: Callable[[int], Awaitable[None]]) -> None:
            await wait(fd)
            nursery.cancel_scope.cancel()

        nursery.start_soon(one, trio.lowlevel.wait_readable)
        nursery.start_soon(one, trio.lowlevel.wait_writable)
