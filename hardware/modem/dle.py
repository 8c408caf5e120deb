"""The octet stream of a voice modem (ITU-T V.253 §9): sound and text, and between them events behind the octet DLE."""

from enum import StrEnum

import msgspec

DLE, ETX, SUB = 0x10, 0x03, 0x1A
LEAVE_DUPLEX = b"\x10^"
"""Ends +VTR (V.253 §9.2); the modem answers with DLE ETX and OK."""
LEAVE = b"\x10\x03"
"""Ends +VTX, and +VTR of modems that know no other."""
DROP_UNSENT = b"\x10\x18"
"""DLE CAN: forget the sound that is not on the line yet."""
MOST_PACKET = 256
"""Octets of a complex event; a longer one is none."""

_DIGITS = b"0123456789*#ABCD"


class LineEvent(StrEnum):
    """What the modem notices on the line, by its code behind DLE."""

    RING = "R"
    BUSY = "b"
    DIAL_TONE = "d"
    LOOP_BREAK = "l"
    """The exchange interrupted the current: the other side has hung up."""
    SILENCE = "s"
    QUIET = "q"
    RINGBACK = "r"
    EXTENSION_OFF_HOOK = "P"
    EXTENSION_ON_HOOK = "p"
    UNDERRUN = "u"
    OVERRUN = "o"


_EVENTS = {ord(event.value): event for event in LineEvent}


class KeyHeard(msgspec.Struct, frozen=True):
    """A key of the other side, once however long it is held."""

    digit: str


class StreamEnded(msgspec.Struct, frozen=True):
    """DLE ETX: what follows is text again."""


Piece = bytes | LineEvent | KeyHeard | StreamEnded


def shielded(sound: bytes) -> bytes:
    """Octets for the stream, such that none of them is taken for an event."""
    return sound.replace(b"\x10", b"\x10\x10")


class DleReader:
    """Takes a stream apart, however it is cut."""

    def __init__(self) -> None:
        self._after_dle = False
        self._packet: int | None = None
        self._key: str | None = None

    def feed(self, data: bytes) -> list[Piece]:
        """Octets in between, and events, in their order. Events that mean nothing here are left out."""
        pieces: list[Piece] = []
        plain = bytearray()

        def add(piece: Piece | None) -> None:
            if piece is not None:
                if plain:
                    pieces.append(bytes(plain))
                    plain.clear()
                pieces.append(piece)

        at = 0
        while at < len(data):
            if self._after_dle:
                self._after_dle = False
                code = data[at]
                at += 1
                if self._packet is None and code in (DLE, SUB):
                    plain += b"\x10" if code == DLE else b"\x10\x10"
                else:
                    add(self._event(code))
                continue
            found = data.find(DLE, at)
            end = len(data) if found < 0 else found
            self._plain(plain, data[at:end])
            at = end + 1
            self._after_dle = found >= 0
        if plain:
            pieces.append(bytes(plain))
        return pieces

    def _plain(self, plain: bytearray, octets: bytes) -> None:
        if self._packet is None:
            plain += octets
            return
        room = MOST_PACKET - self._packet
        self._packet += len(octets)
        if self._packet >= MOST_PACKET:  # its end got lost; what follows is sound
            self._packet = None
            plain += octets[room:]

    def _event(self, code: int) -> Piece | None:
        if code == ord("X"):
            self._packet = 0
        elif code == ord("."):
            self._packet = None
        elif code == ETX:
            self._packet = self._key = None
            return StreamEnded()
        elif self._packet is not None:
            return None
        elif code == ord("/"):
            self._key = ""
        elif code == ord("~"):
            self._key = None
        elif code in _DIGITS:
            return self._digit(chr(code))
        else:
            return _EVENTS.get(code)
        return None

    def _digit(self, digit: str) -> KeyHeard | None:
        """Between `/` and `~` the modem repeats a key every 70 ms; one that writes neither tells each key once."""
        if self._key is None:
            return KeyHeard(digit)
        is_new, self._key = self._key != digit, digit
        return KeyHeard(digit) if is_new else None
