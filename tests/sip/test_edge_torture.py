"""Spoiled messages by the thousand: the edge stays one process, goes on answering, and the engine sees none of them."""

import os
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sip.running_edge import RunningEdge
from tests.sip.wire import NothingHeard, Wire, WirePhone

pytestmark = pytest.mark.real

Spoil = Callable[[random.Random, bytes], bytes]


def _flip(dice: random.Random, raw: bytes) -> bytes:
    place = dice.randrange(len(raw))
    return raw[:place] + bytes([dice.randrange(256)]) + raw[place + 1 :]


def _cut(dice: random.Random, raw: bytes) -> bytes:
    first, last = sorted((dice.randrange(len(raw)), dice.randrange(len(raw))))
    return raw[:first] + raw[last:]


def _repeat_line(dice: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\r\n")
    place = dice.randrange(len(lines))
    return b"\r\n".join(lines[:place] + [lines[place]] * dice.choice((2, 3, 200)) + lines[place + 1 :])


def _swap_lines(dice: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\r\n")
    dice.shuffle(lines)
    return b"\r\n".join(lines)


def _grow(dice: random.Random, raw: bytes) -> bytes:
    place = dice.randrange(len(raw))
    return raw[:place] + dice.choice((b"A", b'"', b"<", b";", b"%s", b"\0", b"\xff", b":", b"1")) * 3000 + raw[place:]


def _odd_number(dice: random.Random, raw: bytes) -> bytes:
    digits = [place for place, byte in enumerate(raw) if chr(byte).isdigit()]
    if not digits:
        return raw
    place = dice.choice(digits)
    return raw[:place] + dice.choice((b"-1", b"4294967296", b"99999999999999999999", b"0x1", b"")) + raw[place + 1 :]


SPOILERS: tuple[Spoil, ...] = (_flip, _cut, _repeat_line, _swap_lines, _grow, _odd_number)


def spoiled(dice: random.Random, wire: Wire) -> bytes:
    """A request of any kind, spoiled once to three times."""
    method = dice.choice(
        ("REGISTER", "INVITE", "SUBSCRIBE", "OPTIONS", "BYE", "ACK", "CANCEL", "REFER", "INFO", "NOTIFY")
    )
    credentials = 'Digest username="201", realm="porter", nonce="x", uri="sip:porter", response="y", qop=auth, nc=1'
    headers = [
        ("Authorization", credentials),
        ("Route", "<sip:127.0.0.1;lr>"),
        ("Event", "dialog"),
        ("Expires", "60"),
        ("Replaces", "a;to-tag=b;from-tag=c"),
        ("Content-Type", "application/sdp"),
    ]
    body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"
    to = "<sip:202@porter>" + dice.choice(("", ";tag=x"))
    request = wire.request(method, "sip:202@porter", from_="<sip:201@porter>", to=to, headers=headers, body=body)
    raw = str(request).encode()
    for _ in range(dice.randint(1, 3)):
        raw = dice.choice(SPOILERS)(dice, raw) or b"\r\n"
    return raw[:60_000]


def kamailio_processes(edge: RunningEdge) -> set[int]:
    children = Path(f"/proc/{edge.kamailio}/task/{edge.kamailio}/children").read_text(encoding="ascii")
    return {edge.kamailio, *map(int, children.split())}


def heard_with_patience(phone: WirePhone) -> bool:
    """Registered within three tries: the rubbish before it may have filled the socket's buffer."""
    for _ in range(3):
        try:
            if phone.register().status == 200:
                return True
        except NothingHeard:
            continue
    return False


MANY = 100_000 if os.environ.get("PORTER_LONG") == "full" else 20_000


@pytest.mark.parametrize("count", [2_000, pytest.param(MANY, marks=pytest.mark.long, id="many")])
def test_spoiled_messages_over_udp_harm_nobody(edge: RunningEdge, count: int) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret", near=("127.0.0.8", 0)), edge.engine()
    before, dice = kamailio_processes(edge), random.Random(20261124)
    wire = edge.wire(near=("127.0.0.9", 0))
    for number in range(count):
        wire.send(spoiled(dice, wire))
        if number % 1000 == 999:
            assert heard_with_patience(phone)
    assert kamailio_processes(edge) == before
    assert engine.is_silent(0.2), "no spoiled message may reach the engine"


def test_spoiled_messages_over_tcp_in_pieces_harm_nobody(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret", "tcp"), edge.engine()
    before, dice = kamailio_processes(edge), random.Random(20261124)
    for _ in range(300):
        with socket.create_connection(edge.address) as connection, Wire(edge.address) as namer:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw = spoiled(dice, namer)
            try:
                while raw:
                    size = dice.randint(1, len(raw))
                    connection.sendall(raw[:size])
                    raw = raw[size:]
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough
    assert phone.register().status == 200
    assert kamailio_processes(edge) == before
    assert engine.is_silent(0.2)
