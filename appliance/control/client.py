"""The asking end for programs without Trio: the page and the command line. Safe to share between threads."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.control import faults, wire
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

CONNECT_SECONDS = 5.0
IDLE_CONNECTIONS = 8
"""Kept open for the next question."""

_FROM_SERVICE: msgspec.msgpack.Decoder[FromService] = msgspec.msgpack.Decoder(FromService)


class Lost(msgspec.Struct, frozen=True):
    """A subscription is interrupted; what was shown may be out of date. It goes on by itself with new snapshots."""

    fault: Fault


class Idle(msgspec.Struct, frozen=True):
    """Nothing happened for the time asked for: the moment to see whether one's own reader is still there."""


Heard = Snapshot[Any] | Notice[Any] | Lost | Idle


class Client:
    """Asks one service, connecting when needed.

    Args:
        path: The service's socket.
        role: The role to ask in; the service checks it.
        seconds: How long to wait for an answer unless `ask` says otherwise.
    """

    def __init__(self, path: Path, service: Service, role: str, *, seconds: float = 10.0) -> None:
        self._path = path
        self._service = service
        self._role = role
        self._seconds = seconds
        self._idle: list[_Conversation] = []
        self._lock = threading.Lock()

    def ask(self, request: Ask[Result], *, seconds: float | None = None) -> Result:
        """The service's answer.

        Raises:
            ServiceUnreachable: it was not asked; says how to start it.
            AnswerLost: it was asked but the answer did not come.
            RequestFailed: it refused, with its fault.
        """
        conversation = self._take()
        try:
            reply = conversation.ask(request, self._seconds if seconds is None else seconds)
        except BaseException:
            conversation.close()
            raise
        self._give_back(conversation)
        return result_of(reply, self._service)  # type: ignore[no-any-return]

    def subscribe(self, *, idle_seconds: float = 15.0) -> Iterator[Heard]:
        """Snapshots first, then everything that happens, for ever; close the iterator to stop.

        A lost connection gives one `Lost`, then a new start from snapshots as soon as the service is back.
        """
        wait = 0.1
        said = False
        while True:
            try:
                with self._connect() as conversation:
                    wait, said = 0.1, False
                    yield from conversation.listen(idle_seconds)
            except faults.RequestFailed as failed:
                if not said:
                    said = True
                    yield Lost(failed.fault)
            yield from _pause(wait, idle_seconds)
            wait = min(wait * 2, 2.0)

    def close(self) -> None:
        """Close the idle connections. The client stays usable."""
        with self._lock:
            idle, self._idle = self._idle, []
        for conversation in idle:
            conversation.close()

    def _take(self) -> _Conversation:
        while True:
            with self._lock:
                conversation = self._idle.pop() if self._idle else None
            if conversation is None:
                return self._connect()
            if conversation.is_open():
                return conversation
            conversation.close()

    def _give_back(self, conversation: _Conversation) -> None:
        with self._lock:
            if len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(conversation)
                return
        conversation.close()

    def _connect(self) -> _Conversation:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
        sock.settimeout(CONNECT_SECONDS)
        try:
            with wire.short_name(self._path) as name:
                sock.connect(name)
            wire.send(sock, Hello(PROTOCOL, self._service.name, self._role))
            answer = _decode(wire.receive(sock), self._service)
        except OSError as error:
            sock.close()
            raise faults.unreachable(self._service.name, error) from error
        except BaseException:
            sock.close()
            raise
        if isinstance(answer, Welcome):
            return _Conversation(sock, self._service)
        sock.close()
        if isinstance(answer, Declined):
            raise faults.ServiceUnreachable(answer.fault)
        raise faults.ServiceUnreachable(faults.answer_lost(self._service.name).fault)


class _Conversation:
    """One open connection after the hello."""

    def __init__(self, sock: socket.socket, service: Service) -> None:
        self._sock = sock
        self._service = service
        self._last_id = 0
        self._process = os.getpid()

    def __enter__(self) -> _Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._sock.close()

    def is_open(self) -> bool:
        """Whether it can be used again: the peer did not close it, and it is not shared with a forked parent."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return self._process == os.getpid() and not poll.poll(0)

    def ask(self, request: Ask[Any], seconds: float) -> Reply:
        """Send and wait; the only user of this connection meanwhile."""
        self._last_id += 1
        deadline = time.monotonic() + seconds
        self._sock.settimeout(seconds)
        try:
            wire.send(self._sock, Request(self._last_id, msgspec.Raw(wire.encode(request))))
        except OSError as error:
            raise faults.unreachable(self._service.name, error) from error
        while True:
            self._sock.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                answer = _decode(wire.receive(self._sock), self._service)
            except TimeoutError:
                raise faults.no_answer(self._service.name, seconds) from None
            except OSError as error:
                raise faults.answer_lost(self._service.name) from error
            if answer is None:
                raise faults.answer_lost(self._service.name)
            if isinstance(answer, Reply) and answer.id == self._last_id:
                return answer

    def listen(self, idle_seconds: float) -> Iterator[Heard]:
        """Subscribe and hand on what comes; raises when the connection ends."""
        try:
            wire.send(self._sock, Subscribe())
            self._sock.settimeout(idle_seconds)
            while True:
                try:
                    heard = _decode(wire.receive(self._sock), self._service)
                except TimeoutError:
                    yield Idle()
                    continue
                if heard is None:
                    break
                if isinstance(heard, Snapshot | Notice):
                    yield self._service.published(heard)
        except OSError as error:
            raise faults.answer_lost(self._service.name) from error
        raise faults.answer_lost(self._service.name)


def result_of(reply: Reply, service: Service) -> Any:
    """What a reply holds; raises RequestFailed with its fault."""
    if isinstance(reply.result, Fault):
        raise faults.RequestFailed(reply.result)
    try:
        return service.result(reply.result.body)
    except msgspec.MsgspecError as bad:
        raise faults.other_release(service.name, bad) from bad


def _decode(data: bytes, service: Service) -> FromService | None:
    """What the service said; None when it has closed."""
    try:
        return _FROM_SERVICE.decode(data) if data else None
    except msgspec.MsgspecError as bad:
        raise faults.other_release(service.name, bad) from bad


def _pause(seconds: float, idle_seconds: float) -> Iterator[Idle]:
    """Wait before the next try, but let the reader check on its own reader as often as it asked for."""
    time.sleep(min(seconds, idle_seconds))
    yield Idle()
