"""The SIP and the sound of the simulated operator, without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.rtp import KEYS, RtpStream
from hardware.simulators.sip_text import answer_to, encode, keys_payload, offer, parse, sound_at, user_of
from hardware.tones.generate import ToneSource


def test_a_message_is_read_as_it_was_written() -> None:
    packet = encode(
        "INVITE sip:+371@x SIP/2.0", [("v", "SIP/2.0/UDP a"), ("To", "<sip:b@c>"), ("m", "<sip:d@e>;x=y")], "v=0"
    )
    message = parse(packet)
    assert message is not None
    assert (message.method, message.status, message.first("via"), message.contact) == (
        "INVITE",
        0,
        "SIP/2.0/UDP a",
        "sip:d@e",
    )
    assert message.body == "v=0" and message.first("content-length") == "3"
    answer = parse(answer_to(message, 486, tag="t"))
    assert answer is not None
    assert (answer.status, answer.first("to"), answer.first("contact")) == (486, "<sip:b@c>;tag=t", "")


@given(st.binary(max_size=400))
def test_anything_else_is_no_message_or_a_harmless_one(packet: bytes) -> None:
    message = parse(packet)
    assert message is None or message.method or message.status


@pytest.mark.parametrize(
    ("uri", "user"), [("<sip:+371@x>;tag=1", "+371"), ("sip:a@b", "a"), ("sip:b", ""), ("", ""), ("tel:+1", "")]
)
def test_the_user_of_an_address(uri: str, user: str) -> None:
    assert user_of(uri) == user


def test_an_offer_names_where_sound_and_keys_go() -> None:
    sdp = offer("127.0.0.1", 4000)
    assert (sound_at(sdp), keys_payload(sdp)) == (("127.0.0.1", 4000), 101)
    assert sound_at("v=0\r\nm=audio 0 RTP/AVP 8") is None
    assert keys_payload("m=audio 4 RTP/AVP 0") is None


def test_sound_goes_over_packets_and_lost_or_foreign_ones_harm_nothing() -> None:
    talker, listener = RtpStream(1), RtpStream(2)
    frame = ToneSource(440.0).take(160)
    heard = listener.heard(talker.packet(frame, 101), 101)
    assert isinstance(heard, bytes) and len(heard) == 320
    for packet in (b"", b"\x80\x08", b"\xff" * 400, talker.packet(frame, 101)[:13], b"\x8f\x08" + bytes(12)):
        assert isinstance(listener.heard(packet, 101), bytes)


@given(st.text(KEYS, min_size=1, max_size=12), st.sets(st.integers(0, 2)))
def test_every_key_arrives_once_although_packets_are_lost(keys: str, lost: set[int]) -> None:
    talker, listener = RtpStream(1), RtpStream(2)
    talker.press(keys)
    heard = ""
    for at in range(12 * len(keys)):
        packet = talker.packet(bytes(320), 101)
        told = listener.heard(packet, 101) if at % 12 not in lost else b""
        heard += told if isinstance(told, str) else ""
    assert heard == keys


def test_what_is_no_key_is_refused() -> None:
    for keys in ("", "hello", "1 2"):
        with pytest.raises(ValueError, match="not keys"):
            RtpStream(1).press(keys)
