"""How a voice modem writes a sample in one octet (ITU-T G.711, and linear): s16le to it and back."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from enum import Enum

from hardware.tones.generate import octets, samples_of


class Coding(Enum):
    """Formats of 8000 samples a second with one octet each."""

    MU_LAW = "mu-law"
    A_LAW = "a-law"
    LINEAR = "linear"
    """Unsigned, 128 is silence."""

    def encode(self, sound: bytes) -> bytes:
        """s16le as octets of this coding, half as long."""
        table = _TABLES[self]
        return bytes([table.of_sample[value + 32768] for value in samples_of(sound)])

    def decode(self, data: bytes) -> bytes:
        """Octets of this coding as s16le."""
        values = _TABLES[self].of_octet
        return octets(array("h", [values[octet] for octet in data]))

    @property
    def silence(self) -> int:
        return _TABLES[self].of_sample[32768]


def _mu_law(octet: int) -> int:
    inverted = ~octet & 0xFF
    magnitude = (((inverted & 0x0F) << 3) + 0x84 << (inverted >> 4 & 7)) - 0x84
    return -magnitude if inverted & 0x80 else magnitude


def _a_law(octet: int) -> int:
    toggled = octet ^ 0x55
    segment, step = toggled >> 4 & 7, toggled & 0x0F
    magnitude = (step << 4) + 8 if segment == 0 else ((step << 4) + 0x108) << (segment - 1)
    return magnitude if toggled & 0x80 else -magnitude


def _linear(octet: int) -> int:
    return (octet - 128) * 256


class _Table:
    """Both ways of one coding; a sample is written as the octet whose value is nearest."""

    def __init__(self, value_of: Callable[[int], int]) -> None:
        self.of_octet = [value_of(octet) for octet in range(256)]
        ordered = sorted((value, octet) for octet, value in enumerate(self.of_octet))
        nearest = bytearray(65536)
        at = 0
        for sample in range(-32768, 32768):
            while at + 1 < 256 and abs(ordered[at + 1][0] - sample) <= abs(ordered[at][0] - sample):
                at += 1
            nearest[sample + 32768] = ordered[at][1]
        self.of_sample = bytes(nearest)


_TABLES = {Coding.MU_LAW: _Table(_mu_law), Coding.A_LAW: _Table(_a_law), Coding.LINEAR: _Table(_linear)}
