"""SIP by hand, for messages no phone sends: a socket, a parser that hides nothing, and a digest.

Everything waits on a socket with a deadline; nothing sleeps. A `Wire` is one UDP socket or one TCP connection and knows
nothing of SIP but where a message ends. A `WirePhone` adds an account: it answers challenges and registers.
"""

import hashlib
import itertools
import re
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

Address = tuple[str, int]
Headers = Iterable[tuple[str, str]]

_COUNTER = itertools.count(1)
_LONG_NAMES = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "o": "event"}


class NothingHeard(AssertionError):
    """No message came before the deadline."""


@dataclass(frozen=True)
class Message:
    """One SIP message as it was on the wire: header order, spelling and repetition are kept."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """ "" for a reply."""
        return "" if self.start.startswith("SIP/2.0") else self.start.split(" ", 1)[0]

    @property
    def uri(self) -> str:
        return self.start.split(" ")[1]

    @property
    def status(self) -> int:
        """0 for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0") else 0

    def all(self, name: str) -> list[str]:
        wanted = _long(name)
        return [value for given, value in self.headers if _long(given) == wanted]

    def get(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    def need(self, name: str) -> str:
        value = self.get(name)
        assert value is not None, f"no {name} in {self}"
        return value

    @property
    def names(self) -> set[str]:
        return {_long(name) for name, _ in self.headers}

    @property
    def contact_uri(self) -> str:
        return in_brackets(self.need("Contact"))

    def __str__(self) -> str:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), "", self.body]
        return "\r\n".join(lines)


def parse(raw: bytes) -> Message:
    head, _, body = raw.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Message(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)


def in_brackets(value: str) -> str:
    """The URI of a name-addr or addr-spec, with its own parameters only."""
    found = re.search(r"<([^>]*)>", value)
    return found[1] if found else value.split(";", 1)[0]


def tag_of(value: str) -> str:
    found = re.search(r";tag=([^;>\s]+)", value)
    return found[1] if found else ""


def fresh(prefix: str) -> str:
    return f"{prefix}{next(_COUNTER)}x{time.monotonic_ns():x}"


class Wire:
    """A UDP socket, or a TCP connection to `far`."""

    def __init__(
        self, far: Address, transport: Literal["udp", "tcp"] = "udp", near: Address = ("127.0.0.1", 0)
    ) -> None:
        self.far, self.transport = far, transport
        self._buffer = b""
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.bind(near)
        if transport == "tcp":
            self.socket.settimeout(5)
            self.socket.connect(far)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.socket.close()

    @property
    def near(self) -> Address:
        host, port = self.socket.getsockname()
        return host, port

    @property
    def hostport(self) -> str:
        return f"{self.near[0]}:{self.near[1]}"

    def send(self, text: str | bytes | Message) -> None:
        raw = text if isinstance(text, bytes) else str(text).encode("utf-8", "surrogateescape")
        if self.transport == "udp":
            self.socket.sendto(raw, self.far)
        else:
            self.socket.sendall(raw)

    def receive(self, seconds: float = 5) -> Message:
        deadline = time.monotonic() + seconds
        while True:
            raw = self._take()
            if raw is not None:
                return parse(raw)
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                chunk = self.socket.recv(65535)
            except TimeoutError:
                raise NothingHeard(f"nothing on {self.hostport} within {seconds} s") from None
            if self.transport == "tcp" and not chunk:
                raise ConnectionResetError("the far end closed the connection")
            self._buffer = self._buffer + chunk if self.transport == "tcp" else chunk

    def receive_final(self, seconds: float = 5) -> Message:
        """The next reply that is not provisional; requests in between are an error."""
        deadline = time.monotonic() + seconds
        while (message := self.receive(max(0.001, deadline - time.monotonic()))).status // 100 == 1:
            pass
        assert message.status, f"expected a reply, got {message}"
        return message

    def receive_request(self, method: str, seconds: float = 5) -> Message:
        """The next request of this method; replies and other requests in between are passed over."""
        deadline = time.monotonic() + seconds
        while (message := self.receive(max(0.001, deadline - time.monotonic()))).method != method:
            pass
        return message

    def is_silent(self, seconds: float) -> bool:
        try:
            self.receive(seconds)
        except NothingHeard:
            return True
        return False

    def _take(self) -> bytes | None:
        """One whole message from the buffer, or None. A datagram is one message; keep-alive CRLFs are dropped."""
        self._buffer = self._buffer.lstrip(b"\r\n")
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return None
        length = re.search(rb"(?im)^(?:content-length|l)[ \t]*:[ \t]*(\d+)", head)
        size = len(rest) if self.transport == "udp" or not length else int(length[1])
        if len(rest) < size:
            return None
        message, self._buffer = head + end + rest[:size], rest[size:]
        return message

    def request(
        self,
        method: str,
        uri: str,
        *,
        from_: str = "<sip:nobody@porter>",
        to: str | None = None,
        call_id: str | None = None,
        cseq: int = 1,
        headers: Headers = (),
        body: str = "",
        contact: bool = True,
    ) -> Message:
        """A request that is whole and right, to be sent as it is or spoiled first."""
        via = f"SIP/2.0/{self.transport.upper()} {self.hostport};branch={fresh('z9hG4bK')};rport"
        lines = [
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", from_ if ";tag=" in from_ else f"{from_};tag={fresh('f')}"),
            ("To", to or f"<{uri}>"),
            ("Call-ID", call_id or fresh("c")),
            ("CSeq", f"{cseq} {method}"),
            *([("Contact", f"<{self.own_uri()}>")] if contact else []),
            *headers,
            ("Content-Length", str(len(body.encode()))),
        ]
        return Message(f"{method} {uri} SIP/2.0", tuple(lines), body)

    def own_uri(self, user: str = "wire") -> str:
        return f"sip:{user}@{self.hostport}" + (";transport=tcp" if self.transport == "tcp" else "")

    def reply(
        self, request: Message, status: int, reason: str = "x", *, tag: str = "", headers: Headers = (), body: str = ""
    ) -> None:
        """Answer a request: Via, Record-Route, From, To, Call-ID and CSeq as RFC 3261 8.2.6 says."""
        to = request.need("To")
        if status > 100 and not tag_of(to):
            to += f";tag={tag or fresh('t')}"
        copied = [(n, v) for n, v in request.headers if _long(n) in ("via", "record-route", "from", "call-id", "cseq")]
        lines = [*copied, ("To", to), *headers, ("Content-Length", str(len(body.encode())))]
        self.send(Message(f"SIP/2.0 {status} {reason}", tuple(lines), body))


@dataclass
class WirePhone:
    """An account on a wire."""

    wire: Wire
    user: str
    password: str
    domain: str = "porter"
    from_tag: str = field(default_factory=lambda: fresh("f"))
    challenge: str | None = None
    count: int = 0

    @property
    def from_(self) -> str:
        return f"<sip:{self.user}@{self.domain}>;tag={self.from_tag}"

    @property
    def contact(self) -> tuple[str, str]:
        return ("Contact", f"<{self.wire.own_uri(self.user)}>")

    def register(self, expires: int = 120, contact: str | None = None) -> Message:
        headers = [("Contact", contact) if contact else self.contact, ("Expires", str(expires))]
        return self.ask("REGISTER", f"sip:{self.domain}", to=f"<sip:{self.user}@{self.domain}>", headers=headers)

    def ask(self, method: str, uri: str, *, to: str | None = None, headers: Headers = (), body: str = "") -> Message:
        """Send a request, answer one challenge; the final reply (to a challenge answered wrongly, the refusal)."""
        headers, call_id = list(headers), fresh("c")
        if not any(name.lower() == "contact" for name, _ in headers):
            headers.insert(0, self.contact)
        for cseq in itertools.count(1):
            request = self.wire.request(
                method,
                uri,
                from_=self.from_,
                to=to,
                call_id=call_id,
                cseq=cseq,
                contact=False,
                headers=headers,
                body=body,
            )
            self.wire.send(request)
            reply = self.wire.receive_final()
            if reply.status not in (401, 407) or cseq > 1:
                return reply
            if method == "INVITE":
                self.wire.send(ack(request, reply))
            headers = [*headers, self.credentials(method, uri, reply)]
        raise AssertionError("unreachable")

    def credentials(self, method: str, uri: str, reply: Message) -> tuple[str, str]:
        """The header that answers this challenge (RFC 2617, MD5, qop=auth)."""
        proxy = reply.status == 407
        self.challenge = reply.need("Proxy-Authenticate" if proxy else "WWW-Authenticate")
        self.count = 0
        return ("Proxy-Authorization" if proxy else "Authorization", self.digest(method, uri))

    def digest(self, method: str, uri: str, *, count: int | None = None) -> str:
        """Digest for the last challenge; each use counts one up unless `count` says otherwise."""
        assert self.challenge is not None, "no challenge yet"
        realm, nonce = (self._quoted(name) for name in ("realm", "nonce"))
        self.count = self.count + 1 if count is None else count
        nc, cnonce = f"{self.count:08x}", "abcdef"
        first, second = _md5(f"{self.user}:{realm}:{self.password}"), _md5(f"{method}:{uri}")
        response = _md5(f"{first}:{nonce}:{nc}:{cnonce}:auth:{second}")
        return (
            f'Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", qop=auth, nc={nc}, '
            f'cnonce="{cnonce}", response="{response}", algorithm=MD5'
        )

    def _quoted(self, name: str) -> str:
        found = re.search(rf'\b{name}="([^"]*)"', self.challenge or "")
        assert found, f"no {name} in {self.challenge}"
        return found[1]


def ack(invite: Message, reply: Message, uri: str | None = None, route: Iterable[str] = ()) -> Message:
    """The ACK for a final reply: same branch after a refusal, a new one after 2xx (RFC 3261 17.1.1.3, 13.2.2.4)."""
    via = invite.need("Via")
    if reply.status < 300:
        via = re.sub(r"branch=[^;]+", f"branch={fresh('z9hG4bK')}", via)
    lines = [
        ("Via", via),
        *(("Route", hop) for hop in route),
        ("Max-Forwards", "70"),
        ("From", invite.need("From")),
        ("To", reply.need("To")),
        ("Call-ID", invite.need("Call-ID")),
        ("CSeq", invite.need("CSeq").split()[0] + " ACK"),
        ("Content-Length", "0"),
    ]
    return Message(f"ACK {uri or invite.uri} SIP/2.0", tuple(lines))


def _long(name: str) -> str:
    lower = name.lower()
    return _LONG_NAMES.get(lower, lower)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
