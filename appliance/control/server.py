"""The serving end of a process: requests in, replies out, snapshots and notices to whoever subscribed.

One `serve` per socket. A request that was read is carried out even if its asker goes away meanwhile, so that nothing
is left half done. A reader that does not keep up is dropped: it connects again and starts from a snapshot.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import pwd
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import trio

from appliance.control import wire
from appliance.control.faults import RequestFailed
from appliance.control.messages import (
    PROTOCOL,
    Ask,
    Declined,
    Fault,
    FromAsker,
    Hello,
    Notice,
    Ok,
    Reply,
    Request,
    Service,
    Snapshot,
    Subscribe,
    Welcome,
)
from appliance.errors import PorterError

logger = logging.getLogger(__name__)

BACKLOG = 256
"""Messages a reader may be behind before it is dropped."""
CONNECTIONS = 256
REQUESTS_AT_ONCE = 16
"""Per connection; further ones wait in the socket."""
HELLO_SECONDS = 5.0
SEND_SECONDS = 10.0

_FROM_ASKER: msgspec.msgpack.Decoder[FromAsker] = msgspec.msgpack.Decoder(FromAsker)


class AlreadyServed(PorterError):
    """Another process serves this socket."""


class Asker(NamedTuple):
    """Who sent a request."""

    role: str
    peer: wire.Peer


Handler = Callable[[Ask[Any], Asker], Awaitable[msgspec.Struct]]
"""Carries out a request; raises RequestFailed or another PorterError to refuse it."""


class Roles:
    """Which system user may ask in which role.

    Args:
        users: Role → name of its system user; None: whoever the socket file lets in.

    Root and the user the service itself runs as may take every role: in development all processes run as one user.
    """

    def __init__(self, users: Mapping[str, str | None]) -> None:
        self._users = dict(users)

    def allow(self, role: str, peer: wire.Peer) -> bool:
        """Whether the process at the other end may ask in that role."""
        if role not in self._users:
            return False
        user = self._users[role]
        if user is None or peer.uid in (0, os.geteuid()):
            return True
        try:
            return pwd.getpwnam(user).pw_uid == peer.uid
        except KeyError:
            return False


class _Message:
    """Something to send, encoded once however many subscribers there are."""

    def __init__(self, message: object, replaces: type | None = None) -> None:
        self._message = message
        self._data: bytes | None = None
        self.replaces = replaces
        """The snapshot body type of which only the newest is worth sending."""

    def data(self) -> bytes:
        if self._data is None:
            self._data = wire.encode(self._message)
        return self._data


class Publisher:
    """What a service tells everybody who subscribed. Call it from the Trio thread; it never blocks."""

    def __init__(self) -> None:
        self._subscribers: set[_Connection] = set()
        self._latest: dict[type, _Message] = {}
        self._version = 0

    def snapshot(self, body: msgspec.Struct) -> None:
        """Replace the snapshot of this body's type. A reader that is behind gets only the newest."""
        self._version += 1
        message = _Message(Snapshot(self._version, body), type(body))
        self._latest[type(body)] = message
        for subscriber in tuple(self._subscribers):
            subscriber.put(message)

    def notice(self, body: msgspec.Struct) -> None:
        """Tell once that something happened; not kept for those who come later."""
        message = _Message(Notice(body))
        for subscriber in tuple(self._subscribers):
            subscriber.put(message)

    def _add(self, subscriber: _Connection) -> None:
        if subscriber not in self._subscribers:
            self._subscribers.add(subscriber)
            for message in self._latest.values():
                subscriber.put(message)

    def _remove(self, subscriber: _Connection) -> None:
        self._subscribers.discard(subscriber)


class _Connection:
    """One peer: a reader, a writer, and the messages between them."""

    def __init__(self, sock: trio.socket.SocketType) -> None:
        self.sock = sock
        self.scope = trio.CancelScope()
        self._waiting: deque[_Message] = deque()
        self._something = trio.Event()

    def put(self, message: _Message) -> None:
        """Send this when its turn comes; drops the connection when the peer is hopelessly behind."""
        if message.replaces is not None:
            self._waiting = deque(other for other in self._waiting if other.replaces is not message.replaces)
        if len(self._waiting) >= BACKLOG:
            logger.warning("A subscriber was %d messages behind and is dropped.", len(self._waiting))
            self.scope.cancel()
            return
        self._waiting.append(message)
        self._something.set()

    async def write(self) -> None:
        """Send what is put, in order, for ever."""
        while True:
            while self._waiting:
                await self.send_now(self._waiting.popleft().data())
            self._something = trio.Event()
            await self._something.wait()

    async def send_now(self, data: bytes) -> None:
        """Send one encoded message; raises trio.TooSlowError when the peer does not read."""
        packet = wire.pack(data)
        try:
            with trio.fail_after(SEND_SECONDS):
                await self.sock.sendmsg([packet.data], packet.ancillary())
        finally:
            packet.close()

    async def read(self) -> FromAsker | None:
        """The next message; None when the peer has closed."""
        data, ancillary, flags, _ = await self.sock.recvmsg(
            wire.PACKET_BYTES, wire.ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC
        )
        message = wire.unpack(data, ancillary, flags)
        return _FROM_ASKER.decode(message) if message else None


class _Server:
    def __init__(self, service: Service, handler: Handler, roles: Roles, publisher: Publisher) -> None:
        self._service = service
        self._handler = handler
        self._roles = roles
        self._publisher = publisher
        self._started = time.monotonic()
        self._connections = 0

    async def accept(self, listener: trio.socket.SocketType) -> None:
        """Serve everybody who comes, until cancelled."""
        async with trio.open_nursery() as work, trio.open_nursery() as connections:
            while True:
                try:
                    sock, _ = await listener.accept()
                except OSError as error:
                    if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED):
                        raise
                    logger.warning("The %s cannot take another connection now: %s.", self._service.name, error)
                    await trio.sleep(0.1)
                    continue
                connections.start_soon(self._serve_one, sock, work)

    async def _serve_one(self, sock: trio.socket.SocketType, work: trio.Nursery) -> None:
        """One connection from hello to end; whatever goes wrong on it ends only it."""
        connection = _Connection(sock)
        self._connections += 1
        try:
            with sock, connection.scope:
                await self._converse(connection, work)
        except* (OSError, trio.TooSlowError) as gone:
            logger.info("A connection to the %s ended: %r.", self._service.name, gone.exceptions[0])
        except* (msgspec.MsgspecError, wire.WireError) as bad:
            logger.warning("A connection to the %s spoke nonsense and was closed: %r", self._service.name, bad)
        except* Exception:
            logger.exception("A connection to the %s was closed by a fault of ours.", self._service.name)
        finally:
            self._connections -= 1
            self._publisher._remove(connection)

    async def _converse(self, connection: _Connection, work: trio.Nursery) -> None:
        asker = await self._greet(connection)
        if asker is None:
            return
        slots = trio.Semaphore(REQUESTS_AT_ONCE)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(connection.write)
            while (message := await connection.read()) is not None:
                if isinstance(message, Request):
                    await slots.acquire()
                    work.start_soon(self._carry_out, message, asker, connection, slots)
                elif isinstance(message, Subscribe):
                    self._publisher._add(connection)
            nursery.cancel_scope.cancel()

    async def _greet(self, connection: _Connection) -> Asker | None:
        """Who the peer is; None when it was turned away or said nothing."""
        with trio.move_on_after(HELLO_SECONDS):
            hello = await connection.read()
            if not isinstance(hello, Hello):
                return None
            peer = wire.peer_of(connection.sock)  # type: ignore[arg-type]
            fault = self._why_not(hello, peer)
            if fault is None:
                welcome = Welcome(PROTOCOL, self._service.name, hello.role, self._started)
                await connection.send_now(wire.encode(welcome))
                return Asker(hello.role, peer)
            logger.warning("Process %d (user %d) was turned away: %s", peer.pid, peer.uid, fault.cause)
            await connection.send_now(wire.encode(Declined(fault)))
        return None

    def _why_not(self, hello: Hello, peer: wire.Peer) -> Fault | None:
        name = self._service.name
        if hello.protocol != PROTOCOL:
            return Fault(
                "other_release",
                f"The {name} speaks protocol {PROTOCOL}, not {hello.protocol}: it is of another release.",
                f"Restart the {name} so that all parts are of one release.",
            )
        if hello.service != name:
            return Fault("wrong_service", f"This is the {name}, not the {hello.service}.", "Check the office's folder.")
        if not self._roles.allow(hello.role, peer):
            return Fault(
                "role_not_allowed",
                f"User {peer.uid} may not ask the {name} as {hello.role}.",
                "Run the command as root or as the user this part was installed with.",
            )
        if self._connections > CONNECTIONS:
            return Fault("too_many", f"The {name} has {CONNECTIONS} connections already.", "Try again in a moment.")
        return None

    async def _carry_out(self, request: Request, asker: Asker, connection: _Connection, slots: trio.Semaphore) -> None:
        result: Ok | Fault
        try:
            result = Ok(msgspec.Raw(wire.encode(await self._answer(request, asker))))
        except RequestFailed as failed:
            result = failed.fault
        except PorterError as error:
            result = Fault("refused", error.cause, error.next_step or "")
        except msgspec.MsgspecError as bad:
            result = Fault("bad_request", f"The {self._service.name} did not understand the request: {bad}.")
        except Exception:
            logger.exception("A request of %s failed by a fault of ours.", asker.role)
            result = Fault(
                "internal",
                f"The {self._service.name} failed to carry this out because of a fault in the program.",
                f"`journalctl -u porter-{self._service.name}` has the details; please report them.",
            )
        finally:
            slots.release()
        connection.put(_Message(Reply(request.id, result)))

    async def _answer(self, request: Request, asker: Asker) -> msgspec.Struct:
        return await self._handler(self._service.request(request.body), asker)


async def serve(
    path: Path,
    service: Service,
    *,
    handler: Handler,
    roles: Roles,
    publisher: Publisher,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve a process's socket until cancelled.

    Args:
        path: The socket file; made with mode 0660 in an existing folder, removed at the end.
        handler: Called for each request, several at once.
        publisher: Where the process puts its snapshots and notices.

    Raises AlreadyServed when another process serves this path. A file left by a dead process is replaced.
    """
    guard = _claim(path, service.name)
    try:
        with trio.socket.from_stdlib_socket(_listen(path)) as listener:
            task_status.started()
            await _Server(service, handler, roles, publisher).accept(listener)
    finally:
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - one system call, and not cancellable on purpose
        os.close(guard)


def _claim(path: Path, name: str) -> int:
    """Hold the lock beside the socket, so that no two processes replace each other's file."""
    guard = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o660)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(guard)
        raise AlreadyServed(
            f"Another {name} runs with {path.parent}.", "Stop it first, or use another folder for this office."
        ) from None
    return guard


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    try:
        with wire.short_name(path) as name:
            sock.bind(name)
        path.chmod(0o660)  # before listen(): nobody can connect while the mode is the umask's
        sock.listen(64)
    except BaseException:
        sock.close()
        raise
    return sock
