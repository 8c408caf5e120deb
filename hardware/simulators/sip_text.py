"""The little of SIP and SDP a simulated operator speaks: messages as text, without any socket (RFC 3261, RFC 4566)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

Headers = Sequence[tuple[str, str]]

_SHORT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
}
_COPIED = frozenset({"via", "record-route", "from", "to", "call-id", "cseq"})
_PHRASES = {100: "Trying", 180: "Ringing", 200: "OK", 404: "Not Found", 480: "Temporarily Unavailable"}
_PHRASES |= {
    481: "No Such Call",
    486: "Busy Here",
    487: "Request Terminated",
    503: "Service Unavailable",
    603: "Decline",
}


class SipMessage(msgspec.Struct, frozen=True):
    """A request or an answer."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """Of a request; "" for an answer."""
        return "" if self.start.startswith("SIP/2.0 ") else self.start.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """Of an answer; 0 for a request."""
        words = self.start.split(" ")
        return int(words[1]) if words[0] == "SIP/2.0" and len(words) > 1 and words[1].isdigit() else 0

    def every(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]

    def first(self, name: str) -> str:
        return next(iter(self.every(name)), "")

    @property
    def contact(self) -> str:
        """Where its sender is called: the URI of its Contact, "" without one."""
        value = self.first("contact")
        found = re.search(r"<([^>]*)>", value)
        return found[1] if found else value.split(";", 1)[0].strip()


def parse(packet: bytes) -> SipMessage | None:
    """A message from a packet; None for what is none."""
    head, _, body = packet.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    if not re.fullmatch(r"SIP/2\.0 \d{3} .*|[A-Z]+ \S+ SIP/2\.0", start):
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    named = ((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return SipMessage(start, tuple((_SHORT.get(name, name), value) for name, value in named), body)


def encode(start: str, headers: Headers, body: str = "") -> bytes:
    """A message as it goes over the wire."""
    kind = [("Content-Type", "application/sdp")] if body else []
    every = [*headers, *kind, ("Content-Length", str(len(body.encode())))]
    return "\r\n".join([start, *(f"{name}: {value}" for name, value in every), "", body]).encode()


def answer_to(request: SipMessage, status: int, *, tag: str, headers: Headers = (), body: str = "") -> bytes:
    """An answer with what has to be copied from the request (RFC 3261 §8.2.6)."""
    copied = [(name.title(), value) for name, value in request.headers if name in _COPIED]
    tagged = [(n, f"{v};tag={tag}" if n == "To" and ";tag=" not in v and status > 100 else v) for n, v in copied]
    return encode(f"SIP/2.0 {status} {_PHRASES.get(status, 'Answer')}", [*tagged, *headers], body)


def user_of(uri: str) -> str:
    """The user part of a URI or a name-addr; "" without one."""
    found = re.search(r"sips?:([^@>;\s]+)@", uri)
    return found[1] if found else ""


def sound_at(sdp: str) -> tuple[str, int] | None:
    """Address and port at which an SDP wants its sound; None where it wants none."""
    address = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
    port = re.search(r"^m=audio (\d+) ", sdp, re.MULTILINE)
    return (address[1], int(port[1])) if address and port and int(port[1]) else None


def keys_payload(sdp: str) -> int | None:
    """The payload type of keys (RFC 4733) in an SDP; None where there is none."""
    found = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", sdp, re.MULTILINE)
    return int(found[1]) if found else None


def offer(address: str, port: int) -> str:
    """An SDP with A-law and keys."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000"]
    return "\r\n".join([*lines, "a=fmtp:101 0-15", "a=sendrecv", ""])
