"""Kamailio's JSON-RPC over its Unix datagram socket: one client that waits with Trio, one that blocks."""

import itertools
import socket
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import trio

from appliance.errors import PorterError

from . import questions
from .questions import Answer, Ask, Registration

T = TypeVar("T")
_LARGEST_REPLY = 1 << 16
_NUMBERS = itertools.count(1)


class EdgeSilent(PorterError):
    """Kamailio did not answer: it is starting, stuck, or not running."""


class _Reply(msgspec.Struct, frozen=True):
    id: int
    result: Any = None
    error: questions.Refusal | None = None


class EdgeRpc:
    """For the controller: every method waits with Trio and may be cancelled. Raises EdgeSilent after `seconds`.

    Tasks may share one: each exchange has a socket of its own, so a late answer is never taken for another's.
    """

    def __init__(self, path: Path, seconds: float = 1.0) -> None:
        self._path = path
        self._seconds = seconds

    async def ping(self) -> str:
        return await self._run(questions.ping())

    async def put_account(self, user: str, ha1: str) -> None:
        await self._run(questions.put_account(user, ha1))

    async def remove_account(self, user: str) -> None:
        await self._run(questions.remove_account(user))

    async def reload_accounts(self) -> None:
        await self._run(questions.reload_accounts())

    async def forget(self, user: str) -> None:
        await self._run(questions.forget(user))

    async def contacts(self, user: str) -> tuple[Registration, ...]:
        return await self._run(questions.contacts(user))

    async def registrations(self, users: Iterable[str]) -> tuple[Registration, ...]:
        return await self._run(questions.registrations(users))

    async def refused(self) -> dict[str, str]:
        return await self._run(questions.refused())

    async def operators(self) -> dict[str, str]:
        return await self._run(questions.operators())

    async def put_operator(self, address: str, right: str) -> None:
        await self._run(questions.put_operator(address, right))

    async def remove_operator(self, address: str) -> None:
        await self._run(questions.remove_operator(address))

    async def end_dialogs(self) -> int:
        return await self._run(questions.end_dialogs())

    async def _run(self, question: Generator[Ask, Answer, T]) -> T:
        plain = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        plain.bind("")  # the kernel chooses a name (unix(7), autobind), which Trio's own bind does not know
        with trio.socket.from_stdlib_socket(plain) as sock:
            try:
                await sock.connect(str(self._path))
                ask = next(question)
                while True:
                    ask = question.send(await self._exchange(sock, ask))
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]  # StopIteration is not generic
            except OSError as error:
                raise _silent(self._path, str(error)) from error

    async def _exchange(self, sock: trio.socket.SocketType, ask: Ask) -> Answer:
        number, packet = encode(ask)
        with trio.move_on_after(self._seconds):
            await sock.send(packet)
            while True:
                if (answer := decode(await sock.recv(_LARGEST_REPLY), number)) is not None:
                    return answer
        raise _silent(self._path, f"no answer to {ask.method} within {self._seconds:g} s")


class BlockingEdgeRpc:
    """For `porter-edge` itself, commands and tests: the same questions, asked by a thread that may wait."""

    def __init__(self, path: Path, seconds: float = 1.0) -> None:
        self._path = path
        self._seconds = seconds

    def ping(self) -> str:
        return self._run(questions.ping())

    def requests_received(self) -> int:
        return self._run(questions.requests_received())

    def put_account(self, user: str, ha1: str) -> None:
        self._run(questions.put_account(user, ha1))

    def remove_account(self, user: str) -> None:
        self._run(questions.remove_account(user))

    def reload_accounts(self) -> None:
        self._run(questions.reload_accounts())

    def forget(self, user: str) -> None:
        self._run(questions.forget(user))

    def contacts(self, user: str) -> tuple[Registration, ...]:
        return self._run(questions.contacts(user))

    def registrations(self, users: Iterable[str]) -> tuple[Registration, ...]:
        return self._run(questions.registrations(users))

    def put_operator(self, address: str, right: str) -> None:
        self._run(questions.put_operator(address, right))

    def end_dialogs(self) -> int:
        return self._run(questions.end_dialogs())

    def _run(self, question: Generator[Ask, Answer, T]) -> T:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(self._seconds)
            sock.bind("")
            try:
                sock.connect(str(self._path))
                ask = next(question)
                while True:
                    ask = question.send(self._exchange(sock, ask))
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]  # StopIteration is not generic
            except OSError as error:
                raise _silent(self._path, str(error) or "no answer") from error

    def _exchange(self, sock: socket.socket, ask: Ask) -> Answer:
        number, packet = encode(ask)
        sock.send(packet)
        while True:
            if (answer := decode(sock.recv(_LARGEST_REPLY), number)) is not None:
                return answer


def encode(ask: Ask) -> tuple[int, bytes]:
    """The number of the request, and the datagram."""
    number = next(_NUMBERS)
    return number, msgspec.json.encode({"jsonrpc": "2.0", "method": ask.method, "params": ask.params, "id": number})


def decode(packet: bytes, number: int) -> Answer | None:
    """The answer to request `number`; None when the datagram answers an earlier one. Raises EdgeSilent for rubbish."""
    try:
        reply = msgspec.json.decode(packet, type=_Reply)
    except msgspec.DecodeError as error:
        raise EdgeSilent(f"The SIP edge answered something that is not JSON-RPC: {error}.") from error
    return Answer(reply.result, reply.error) if reply.id == number else None


def _silent(path: Path, why: str) -> EdgeSilent:
    return EdgeSilent(f"The SIP edge does not answer at {path}: {why}.", "Is porter-edge running?")
