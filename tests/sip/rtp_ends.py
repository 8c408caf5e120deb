"""Two RTP ends that measure what lies between them: every 5 ms carry their number and are timed on arrival.

A-law comes out of a decoder and an encoder as it went in, so sound that is bridged and not mixed keeps its bytes. Its
packets do not stay whole: PJSIP cuts G.711 into pieces and puts them together anew.
"""

from __future__ import annotations

import socket
import statistics
import struct
import threading
import time
from dataclasses import dataclass, field

PACKET_SECONDS = 0.02
PIECE = 40
"""Samples."""

PIECE_SECONDS = 0.005

PIECES = 4
"""In a packet."""

_LETTERS = bytes(range(0x80, 0x90))
"""A-law codes far from each other's neighbours' rounding; one for each value of four bits."""


@dataclass
class Measured:
    """What happened to the pieces sent; delays in milliseconds, of the sound and not of the packets."""

    sent: int
    delays: list[float] = field(default_factory=list)
    lost: int = 0
    """Pieces that never arrived."""
    strange: int = 0
    """Pieces that are none of ours: concealment, silence."""

    @property
    def median(self) -> float:
        return statistics.median(self.delays)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.delays, n=20)[-1]

    def __str__(self) -> str:
        return (
            f"{self.sent} pieces: delay {min(self.delays):.1f} / {self.median:.1f} / {self.p95:.1f} / "
            f"{max(self.delays):.1f} ms (least, median, p95, most), {self.lost} lost, {self.strange} strange"
        )


class RtpEnd:
    """A UDP socket that speaks PCMA."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.far: tuple[str, int] = ("127.0.0.1", 0)
        self.sent = 0
        """Packets so far; numbers go on, since going back would look like a new stream."""

    def send(self) -> None:
        self.socket.sendto(self.packet(self.sent), self.far)
        self.sent += 1

    def packet(self, number: int) -> bytes:
        header = struct.pack("!BBHII", 0x80, 8, number & 0xFFFF, number * 160, self.port)
        return header + b"".join(_piece(PIECES * number + part) for part in range(PIECES))

    def close(self) -> None:
        self.socket.close()


def _piece(number: int) -> bytes:
    return bytes(_LETTERS[number >> shift & 15] for shift in (16, 12, 8, 4, 0)) * (PIECE // 5)


def _number(piece: bytes) -> int | None:
    """The number of a piece; None when it is none of ours."""
    if len(piece) != PIECE or piece[:5] * (PIECE // 5) != piece or any(code not in _LETTERS for code in piece[:5]):
        return None
    return int("".join(f"{code - _LETTERS[0]:x}" for code in piece[:5]), 16)


def measure(one: RtpEnd, other: RtpEnd, seconds: float, *, jitter_ms: float = 0.0) -> Measured:
    """Send packets from `one` and time them at `other`; blocks. The other end sends as well, as a phone does.

    Args:
        jitter_ms: Each packet leaves up to this much late, in a fixed pattern.
    """
    count = round(seconds / PACKET_SECONDS)
    sent: dict[int, float] = {}
    arrived: dict[int, float] = {}
    measured = Measured(sent=PIECES * count)
    end = time.perf_counter() + seconds + 0.5

    def listen() -> None:
        while (left := end - time.perf_counter()) > 0:
            other.socket.settimeout(left)
            try:
                packet = other.socket.recv(2048)
            except TimeoutError:
                return
            now = time.perf_counter()
            for part in range(PIECES):
                number = _number(packet[12 + part * PIECE : 12 + (part + 1) * PIECE])
                if number is None:
                    measured.strange += 1
                else:
                    # As it is heard: later in the packet it came in, earlier in the one it left in.
                    arrived.setdefault(number, now + (part - number % PIECES) * PIECE_SECONDS)

    listener = threading.Thread(target=listen)
    listener.start()
    start = time.perf_counter() + 0.05
    first = one.sent
    for n in range(count):
        at = start + n * PACKET_SECONDS + (n * 7919 % 101) / 101 * jitter_ms / 1000
        if (wait := at - time.perf_counter()) > 0:
            time.sleep(wait)
        sent[one.sent] = time.perf_counter()
        one.send()
        other.send()
    listener.join()
    # The first half second is the beginning of a call, while buffers fill.
    for number in range(PIECES * (first + 25), PIECES * (first + count)):
        if number in arrived:
            measured.delays.append((arrived[number] - sent[number // PIECES]) * 1000)
        else:
            measured.lost += 1
    return measured
