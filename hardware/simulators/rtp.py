"""Sound of a simulated SIP far end as RTP packets of 20 ms in A-law, and its keys (RFC 3550, RFC 3551, RFC 4733)."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator

from hardware.audio.coding import Coding

A_LAW, MU_LAW = 8, 0
SAMPLES = 160
KEYS = "0123456789*#ABCD"
KEY_PACKETS, END_PACKETS, PAUSE_PACKETS = 5, 3, 4
"""A key lasts 100 ms, its end is said three times (RFC 4733 §2.5.1.4), and 80 ms pass before the next."""

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")


class RtpStream:
    """One direction of packets out, and what comes in."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._sequence = 0
        self._stamp = 0
        self._keys: deque[tuple[bytes, int] | None] = deque()
        self._last_key: int | None = None

    def press(self, keys: str) -> None:
        """Press keys, beside the sound. Raises ValueError for what is no key."""
        if not keys or not set(keys) <= set(KEYS):
            raise ValueError(f"{keys!r} are not keys of a telephone")
        for key in keys:
            self._keys.extend(_events(KEYS.index(key)))
            self._keys.extend([None] * PAUSE_PACKETS)

    def packet(self, frame: bytes, keys_payload: int | None) -> bytes:
        """The packet for the next 20 ms: a key that is pressed, else sound (s16le)."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._stamp = (self._stamp + SAMPLES) & 0xFFFFFFFF
        pressed = self._keys.popleft() if self._keys else None
        if pressed is not None and keys_payload is not None:
            event, began = pressed
            stamp = (self._stamp - began * SAMPLES) & 0xFFFFFFFF
            marker = 0x80 if began == 0 else 0
            return _HEADER.pack(0x80, marker | keys_payload, self._sequence, stamp, self._source) + event
        head = _HEADER.pack(0x80, A_LAW, self._sequence, self._stamp, self._source)
        return head + Coding.A_LAW.encode(frame)

    def heard(self, packet: bytes, keys_payload: int | None) -> bytes | str:
        """What a packet brings: sound as s16le, or a key when it is first told of; b"" for neither."""
        if len(packet) < _HEADER.size or packet[0] >> 6 != 2:
            return b""
        payload, body = packet[1] & 0x7F, packet[_HEADER.size + 4 * (packet[0] & 0x0F) :]
        if payload == keys_payload and len(body) >= _EVENT.size:
            stamp = int.from_bytes(packet[4:8], "big")
            is_new, self._last_key = stamp != self._last_key, stamp
            return KEYS[body[0]] if is_new and body[0] < len(KEYS) else b""
        coding = {A_LAW: Coding.A_LAW, MU_LAW: Coding.MU_LAW}.get(payload)
        return coding.decode(body) if coding is not None else b""


def _events(number: int) -> Iterator[tuple[bytes, int]]:
    """The packets of one key, each with how many of them went before."""
    for at in range(KEY_PACKETS):
        yield _EVENT.pack(number, 10, (at + 1) * SAMPLES), at
    for more in range(END_PACKETS):
        yield _EVENT.pack(number, 0x80 | 10, KEY_PACKETS * SAMPLES), KEY_PACKETS + more
