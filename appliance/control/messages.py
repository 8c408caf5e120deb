"""The envelope every process speaks over its Unix socket, whatever is inside it.

A connection begins with one `Hello` from the asker and one `Welcome` or `Declined` from the service. After that the
asker sends `Request`s and, if it wants to hear what happens, one `Subscribe`; the service sends one `Reply` per request
and, to subscribers, `Snapshot`s and `Notice`s. The bodies are tagged unions that belong to each service: see `Service`.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

PROTOCOL = 1
"""Raised when an old process could misread a new one; both ends are of one release, so a difference is an error."""

Result = TypeVar("Result")
Body = TypeVar("Body")


class Detail(Struct, frozen=True):
    """One of several mistakes behind a fault, and where it is."""

    path: str
    """Such as `doors.front.relay_pin`; "" when it is about the whole."""
    cause: str
    next_step: str = ""


class Fault(Struct, frozen=True, tag="fault"):
    """Why a request was not carried out, in words for a person."""

    code: str
    """Stable name for programs and translations, such as `not_running`."""
    cause: str
    next_step: str = ""
    details: tuple[Detail, ...] = ()


class Ask(Struct, Generic[Result], frozen=True):
    """Base of every request body; `Result` is the type of the answer, so that `client.ask(...)` is typed."""


class Done(Struct, frozen=True, tag="done"):
    """The answer of a request that has nothing to say but that it was carried out, durably where that matters."""


class Hello(Struct, frozen=True, tag="hello"):
    """The first packet of the asker."""

    protocol: int
    service: str
    """Whom it believes to speak with, such as `door`."""
    role: str
    """In which role it asks, such as `web`; the service checks it against the user the kernel names."""


class Welcome(Struct, frozen=True, tag="welcome"):
    """The hello was accepted."""

    protocol: int
    service: str
    role: str
    started: float
    """Monotonic seconds at which this service started: another value after a reconnect means it was restarted."""


class Declined(Struct, frozen=True, tag="declined"):
    """The hello was not accepted; the connection is closed after this."""

    fault: Fault
    protocol: int = PROTOCOL


class Request(Struct, frozen=True, tag="request"):
    """One question or command."""

    id: int
    """Chosen by the asker, unique on its connection."""
    body: Raw


class Subscribe(Struct, frozen=True, tag="subscribe"):
    """Send me the latest snapshots now, and every snapshot and notice from now on."""


class Ok(Struct, frozen=True, tag="ok"):
    """The answer of a request that was carried out."""

    body: Raw


class Reply(Struct, frozen=True, tag="reply"):
    """What became of the request with this id."""

    id: int
    result: Ok | Fault


class Snapshot(Struct, Generic[Body], frozen=True, tag="snapshot"):
    """How things are; replaces the earlier snapshot with a body of the same type."""

    version: int
    """Grows by one with every snapshot of a service; begins anew when it is restarted."""
    body: Body


class Notice(Struct, Generic[Body], frozen=True, tag="notice"):
    """Something that happened once."""

    body: Body


FromAsker = Hello | Request | Subscribe
FromService = Welcome | Declined | Reply | Snapshot[Raw] | Notice[Raw]


class Service:
    """The vocabulary of one process: its name and the tagged unions its bodies belong to.

    Args:
        name: As in the hello; also the name of its socket and of `porter-<name>`.
        requests: Union of `Ask` structs.
        results: Union of the structs it answers with.
        snapshots: Union of snapshot bodies.
        notices: Union of notice bodies.
    """

    def __init__(
        self, name: str, *, requests: object, results: object, snapshots: object = Done, notices: object = Done
    ) -> None:
        self.name = name
        self._requests = msgspec.msgpack.Decoder(requests)
        self._results = msgspec.msgpack.Decoder(results)
        self._snapshots = msgspec.msgpack.Decoder(snapshots)
        self._notices = msgspec.msgpack.Decoder(notices)

    def request(self, body: Raw) -> Ask[object]:
        """The request inside an envelope; raises `msgspec.DecodeError` or `ValidationError` naming the field."""
        return self._requests.decode(body)  # type: ignore[no-any-return]

    def result(self, body: Raw) -> Struct:
        """The answer inside an `Ok`."""
        return self._results.decode(body)  # type: ignore[no-any-return]

    def published(self, packet: Snapshot[Raw] | Notice[Raw]) -> Snapshot[Struct] | Notice[Struct]:
        """The same snapshot or notice with its body decoded."""
        if isinstance(packet, Snapshot):
            return Snapshot(packet.version, self._snapshots.decode(packet.body))
        return Notice(self._notices.decode(packet.body))
