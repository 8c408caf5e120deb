"""The stream of a voice modem gives the same however its octets are cut."""

import random
from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.audio.coding import Coding
from hardware.modem.dle import DleReader, KeyHeard, LineEvent, Piece, StreamEnded, shielded
from hardware.tones.generate import octets, tone
from hardware.tones.measure import find_tone


def read(*parts: bytes) -> list[Piece]:
    """All pieces; octets in a row joined."""
    reader = DleReader()
    joined: list[Piece] = []
    for piece in (piece for part in parts for piece in reader.feed(part)):
        if isinstance(piece, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


events = st.sampled_from(
    [b"\x10R", b"\x10b", b"\x10l", b"\x10/55\x105\x10~", b"\x10X..\x10.", b"\x10\x1a", b"\x10\x03"]
)
streams = st.lists(st.one_of(st.binary(max_size=40).map(shielded), events, st.binary(max_size=6))).map(b"".join)


@given(streams, st.lists(st.integers(0, 400)))
def test_any_cut_of_any_octets_gives_the_same(stream, cuts):
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert read(*(stream[a:b] for a, b in pairwise(edges))) == read(stream)
    assert read(*(bytes((octet,)) for octet in stream)) == read(stream)


@given(st.binary())
def test_sound_of_any_octets_comes_back_as_it_was(sound):
    assert b"".join(piece for piece in read(shielded(sound)) if isinstance(piece, bytes)) == sound


def test_events_come_in_their_place():
    stream = b"ab\x10lcd\x10\x10\x10\x1ae\x10b\x10\x03\r\nOK\r\n"
    assert read(stream) == [
        b"ab", LineEvent.LOOP_BREAK, b"cd\x10\x10\x10e", LineEvent.BUSY, StreamEnded(), b"\r\nOK\r\n"
    ]  # fmt: skip


def test_key_counts_once_however_long_it_is_held():
    held = b"\x10/" + b"\x105" * 4 + b"\x10~" + b"\x10/" + b"\x105" + b"\x10~"
    assert read(held) == [KeyHeard("5"), KeyHeard("5")]
    assert read(b"\x105\x105\x10#") == [KeyHeard("5"), KeyHeard("5"), KeyHeard("#")]


def test_complex_event_is_left_out_and_one_without_an_end_does_not_swallow_the_call():
    assert read(b"a\x10Xlong\x10b packet\x10.b") == [b"ab"]
    assert len(b"".join(piece for piece in read(b"\x10X" + b"s" * 1000) if isinstance(piece, bytes))) == 744


@pytest.mark.parametrize("coding", Coding)
def test_coding_keeps_a_tone_and_its_level(coding):
    sound = tone(440, seconds=0.5, level_db=-12)
    report = find_tone(coding.decode(coding.encode(sound)), 440)
    assert report.level_db == pytest.approx(-12, abs=0.2)
    assert report.gaps_ms == ()
    assert coding.encode(sound[:2]) == bytes((coding.silence,))


def test_codings_are_those_of_g711():
    values = octets(array("h", (0, 101, -101, 1000, -1000, 32767, -32768)))
    assert Coding.MU_LAW.encode(values).hex() == "fff272ce4e8000"
    assert Coding.A_LAW.encode(values).hex() == "d5d353fa7aaa2a"


@pytest.mark.parametrize("coding", Coding)
def test_every_octet_survives_there_and_back(coding):
    once = coding.encode(coding.decode(bytes(range(256))))
    assert coding.encode(coding.decode(once)) == once


def test_random_rubbish_ends_nothing():
    rng = random.Random(7)
    reader = DleReader()
    for _ in range(2000):
        reader.feed(rng.randbytes(rng.randrange(50)))
    reader.feed(b"\x10.")
    assert b"".join(piece for piece in reader.feed(b"x" * 20) if isinstance(piece, bytes)).endswith(b"x" * 19)
