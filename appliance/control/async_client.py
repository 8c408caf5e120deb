"""The asking end for Trio programs: one connection, kept up in the background, for questions and for what happens."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import trio

from appliance.control import faults, wire
from appliance.control.client import Lost, result_of
from appliance.control.messages import (
    PROTOCOL,
    Ask,
    Declined,
    Fault,
    FromService,
    Hello,
    Notice,
    Reply,
    Request,
    Service,
    Snapshot,
    Subscribe,
    Welcome,
)

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 1.0

_FROM_SERVICE: msgspec.msgpack.Decoder[FromService] = msgspec.msgpack.Decoder(FromService)


class Connected(msgspec.Struct, frozen=True):
    """The service is there, and snapshots follow."""

    restarted: bool
    """It is another process than the last time: what it was told and did not keep is gone."""


Heard = Snapshot[Any] | Notice[Any] | Connected | Lost


class AsyncClient:
    """Asks one service and hears what it publishes.

    Args:
        path: The service's socket.
        role: The role to ask in; the service checks it.
        hear: Called synchronously, in order, for everything heard; must not raise.
    """

    def __init__(self, path: Path, service: Service, role: str, hear: Callable[[Heard], None] | None = None) -> None:
        self._path = path
        self._service = service
        self._role = role
        self._hear = hear or (lambda _: None)
        self._sock: trio.socket.SocketType | None = None
        self._waiting: dict[int, trio.MemorySendChannel[Reply | None]] = {}
        self._last_id = 0
        self._last_start: float | None = None
        self._change = trio.Event()
        self._sending = trio.Lock()

    @property
    def is_connected(self) -> bool:
        """Whether the service can be asked now."""
        return self._sock is not None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the connection until cancelled; `task_status.started` after the first try, whatever came of it."""
        wait = FIRST_WAIT_SECONDS
        lost: Fault | None = None
        while True:
            try:
                with await self._connect() as sock:
                    wait, lost = FIRST_WAIT_SECONDS, None
                    task_status.started()
                    task_status = trio.TASK_STATUS_IGNORED
                    await self._listen(sock)
            except (faults.RequestFailed, OSError, msgspec.MsgspecError, wire.WireError) as error:
                fault = error.fault if isinstance(error, faults.RequestFailed) else _fault_of(self._service.name, error)
                if lost is None or lost.code != fault.code:
                    logger.warning("No connection to the %s: %s", self._service.name, fault.cause)
                    self._hear(Lost(fault))
                lost = fault
            task_status.started()
            task_status = trio.TASK_STATUS_IGNORED
            await trio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def ask(self, request: Ask[Result], *, seconds: float = 5.0) -> Result:
        """The service's answer; waits for a connection as part of `seconds`.

        Raises ServiceUnreachable, AnswerLost or RequestFailed as `Client.ask` does.
        """
        sent = False
        with trio.move_on_after(seconds):
            while self._sock is None:
                await self._change.wait()
            self._last_id += 1
            number = self._last_id
            send, receive = trio.open_memory_channel[Reply | None](1)
            self._waiting[number] = send
            try:
                await self._send(Request(number, msgspec.Raw(wire.encode(request))))
                sent = True
                reply = await receive.receive()
            except OSError as error:
                raise faults.unreachable(self._service.name, error) from error
            finally:
                self._waiting.pop(number, None)
            if reply is None:
                raise faults.answer_lost(self._service.name)
            return result_of(reply, self._service)  # type: ignore[no-any-return]
        raise faults.no_answer(self._service.name, seconds) if sent else faults.not_running(self._service.name)

    async def _connect(self) -> trio.socket.SocketType:
        sock = trio.socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
        try:
            with wire.short_name(self._path) as name:
                await sock.connect(name)
            await _send(sock, Hello(PROTOCOL, self._service.name, self._role))
            answer = await _receive(sock)
        except OSError as error:
            sock.close()
            raise faults.unreachable(self._service.name, error) from error
        except BaseException:
            sock.close()
            raise
        if isinstance(answer, Welcome):
            self._hear(Connected(restarted=self._last_start not in (None, answer.started)))
            self._last_start = answer.started
            return sock
        sock.close()
        if isinstance(answer, Declined):
            raise faults.ServiceUnreachable(answer.fault)
        raise faults.answer_lost(self._service.name)

    async def _listen(self, sock: trio.socket.SocketType) -> None:
        await _send(sock, Subscribe())
        self._sock = sock
        self._changed()
        try:
            while (message := await _receive(sock)) is not None:
                if isinstance(message, Reply):
                    if message.id in self._waiting:
                        self._waiting[message.id].send_nowait(message)
                elif isinstance(message, Snapshot | Notice):
                    self._hear(self._service.published(message))
        finally:
            self._sock = None
            self._changed()
            for waiting in self._waiting.values():
                with suppress(trio.WouldBlock):
                    waiting.send_nowait(None)
        raise faults.answer_lost(self._service.name)

    async def _send(self, message: Request) -> None:
        async with self._sending:
            if self._sock is None:
                raise faults.not_running(self._service.name)
            await _send(self._sock, message)

    def _changed(self) -> None:
        self._change.set()
        self._change = trio.Event()


async def _send(sock: trio.socket.SocketType, message: object) -> None:
    packet = wire.pack(wire.encode(message))
    try:
        await sock.sendmsg([packet.data], packet.ancillary())
    finally:
        packet.close()


async def _receive(sock: trio.socket.SocketType) -> FromService | None:
    """The next message; None when the peer has closed."""
    data, ancillary, flags, _ = await sock.recvmsg(wire.PACKET_BYTES, wire.ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC)
    message = wire.unpack(data, ancillary, flags)
    return _FROM_SERVICE.decode(message) if message else None


def _fault_of(service: str, error: Exception) -> Fault:
    if isinstance(error, OSError):
        return faults.unreachable(service, error).fault
    return faults.other_release(service, error).fault
