"""What a Wiegand reader says: keys, cards, and bits that are neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hardware.gpio.wiegand import LONGEST_BITS, Card, Garbled, Heard, Key, WiegandDecoder, card_bits, key_bits


def said(bits: list[int]) -> Heard | None:
    decoder = WiegandDecoder()
    for bit in bits:
        decoder.bit(bit)
    return decoder.finish()


def bits(text: str) -> list[int]:
    return [int(bit) for bit in text.replace(" ", "")]


def long_card(number: int) -> list[int]:
    middle = [number >> shift & 1 for shift in range(31, -1, -1)]
    return [sum(middle[:16]) % 2, *middle, 1 - sum(middle[16:]) % 2]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("0101", Key("5")),
        ("0000", Key("0")),
        ("1010", Key("*")),
        ("1011", Key("#")),
        ("1110", Key("*")),
        ("1111", Key("#")),
        ("1100", Garbled(4, "there is no key 12")),
        ("1010 0101", Key("5")),
        ("0100 1011", Key("#")),
        ("1010 0111", Garbled(8, "the halves do not match")),
        ("010", Garbled(3, "no message has so many bits")),
        ("", None),
        # Facility 1, card 2 (00000001 0000000000000010): even parity 1 in front, odd parity 0 behind.
        ("1 00000001 00000000 00000010 0", Card(1 << 16 | 2)),
        ("0 00000001 00000000 00000010 0", Garbled(26, "the parity of the first half is wrong")),
        ("1 00000001 00000000 00000010 1", Garbled(26, "the parity of the second half is wrong")),
    ],
)
def test_messages(heard: str, meant: Heard | None) -> None:
    assert said(bits(heard)) == meant


@given(some.integers(0, (1 << 24) - 1))
def test_every_short_card_comes_through(number: int) -> None:
    assert said(card_bits(number)) == Card(number)


@given(some.integers(0, (1 << 32) - 1))
def test_every_long_card_comes_through(number: int) -> None:
    assert said(long_card(number)) == Card(number)


@given(some.integers(0, (1 << 24) - 1), some.integers(0, 25))
def test_one_wrong_bit_is_no_card(number: int, at: int) -> None:
    heard = card_bits(number)
    heard[at] = 1 - heard[at]
    assert isinstance(said(heard), Garbled)


@given(some.integers(0, (1 << 24) - 1), some.integers(0, 25))
def test_a_lost_bit_is_no_card(number: int, at: int) -> None:
    heard = card_bits(number)
    del heard[at]
    assert said(heard) == Garbled(25, "no message has so many bits")


@pytest.mark.parametrize("key", "0123456789*#")
def test_what_a_keypad_sends_is_understood(key: str) -> None:
    assert said(key_bits(key)) == Key(key)


def test_endless_bits_take_no_memory_and_the_next_message_counts() -> None:
    decoder = WiegandDecoder()
    for _ in range(10_000):
        decoder.bit(1)
    assert decoder.finish() == Garbled(LONGEST_BITS + 1, "no message has so many bits")
    for bit in key_bits("7"):
        decoder.bit(bit)
    assert decoder.finish() == Key("7")
