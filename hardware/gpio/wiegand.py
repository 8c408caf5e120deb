"""What a Wiegand keypad or card reader says, from the bits on its two data lines. No input or output here.

Each bit is a short pulse, on DATA0 for 0 and on DATA1 for 1, some 50 µs long and 1-2 ms apart; a pause ends a message.
A message of 4 bits is one key. One of 8 bits is a key too, whose upper half is the complement of the lower. One of 26
or 34 bits is a card, or a keypad's whole number, with even parity over the first half and odd parity over the second
(the 26-bit format of the Security Industry Association's access control standard, and its longer sister). Some keypads
say 10 for `*` and 11 for `#`, others 14 and 15 (from makers' manuals; not tried).
"""

from __future__ import annotations

from typing import NamedTuple

PAUSE_SECONDS = 0.05
"""Without a bit for so long a message is over: the standard has 20 ms at most, and Python may be late."""
LONGEST_BITS = 64

_KEYS = {**{number: str(number) for number in range(10)}, 10: "*", 11: "#", 14: "*", 15: "#"}


class Key(NamedTuple):
    """A key was pressed: "0" to "9", "*" or "#"."""

    key: str


class Card(NamedTuple):
    """A card was read."""

    number: int
    """All bits between the two of parity: 24 or 32."""


class Garbled(NamedTuple):
    """Bits that are no message."""

    bits: int
    why: str


Said = Key | Card
Heard = Said | Garbled


class WiegandDecoder:
    """Collects bits; `finish` is called when the line has been silent for `PAUSE_SECONDS`."""

    def __init__(self) -> None:
        self._bits: list[int] = []

    def bit(self, bit: int) -> None:
        """A pulse came; bits that no message can have are counted and not kept."""
        if len(self._bits) <= LONGEST_BITS:
            self._bits.append(bit)

    def finish(self) -> Heard | None:
        """What the bits since the last time say; None when there were none."""
        bits, self._bits = self._bits, []
        match len(bits):
            case 0:
                return None
            case 4:
                return _key(_number(bits), 4)
            case 8:
                high, low = _number(bits[:4]), _number(bits[4:])
                return _key(low, 8) if high ^ low == 0b1111 else Garbled(8, "the halves do not match")
            case 26 | 34:
                return _card(bits)
            case count:
                return Garbled(count, "no message has so many bits")


def card_bits(number: int) -> list[int]:
    """The 26 bits a reader sends for a card of 24 bits."""
    middle = [number >> shift & 1 for shift in range(23, -1, -1)]
    return [sum(middle[:12]) % 2, *middle, 1 - sum(middle[12:]) % 2]


def key_bits(key: str) -> list[int]:
    """The 4 bits a keypad sends for a key."""
    number = next(number for number, name in _KEYS.items() if name == key)
    return [number >> shift & 1 for shift in range(3, -1, -1)]


def _key(number: int, bits: int) -> Heard:
    return Key(_KEYS[number]) if number in _KEYS else Garbled(bits, f"there is no key {number}")


def _card(bits: list[int]) -> Heard:
    half = len(bits) // 2
    if sum(bits[:half]) % 2 != 0:
        return Garbled(len(bits), "the parity of the first half is wrong")
    if sum(bits[half:]) % 2 != 1:
        return Garbled(len(bits), "the parity of the second half is wrong")
    return Card(_number(bits[1:-1]))


def _number(bits: list[int]) -> int:
    number = 0
    for bit in bits:
        number = number << 1 | bit
    return number
