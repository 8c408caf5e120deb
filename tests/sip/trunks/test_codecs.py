"""Which codecs a line offers."""

from __future__ import annotations

import pytest

from appliance.sip.trunks.codecs import only_codecs

OFFER = "\r\n".join(
    [
        "v=0",
        "m=audio 4000 RTP/AVP 8 0 9 96 101 120",
        "c=IN IP4 127.0.0.1",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:96 opus/48000/2",
        "a=fmtp:96 useinbandfec=1",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
        "a=rtpmap:120 telephone-event/48000",
        "a=fmtp:120 0-16",
        "",
    ]
)


@pytest.mark.parametrize(
    ("codecs", "payloads"),
    [
        (("alaw",), "8 101"),
        (("ulaw", "alaw"), "0 8 101"),
        (("g722",), "9 101"),
        (("opus",), "96 120"),
        (("opus", "alaw"), "96 8 120"),
    ],
)
def test_only_the_lines_codecs_are_offered_in_its_order(codecs: tuple[str, ...], payloads: str) -> None:
    sdp = only_codecs(OFFER, codecs)
    assert f"m=audio 4000 RTP/AVP {payloads}\r\n" in sdp
    kept = payloads.split()
    assert all(payload in kept for payload in ("8", "0", "9", "96") if f"a=rtpmap:{payload} " in sdp)
    assert ("a=fmtp:96" in sdp) == ("96" in kept)
    assert sdp.startswith("v=0\r\n") and sdp.endswith("\r\n")


@pytest.mark.parametrize("sdp", ["", "v=0\r\n", "m=audio 4 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n", "m=audio \r\n"])
def test_what_would_have_no_codec_left_stays_as_it_is(sdp: str) -> None:
    assert only_codecs(sdp, ("alaw",)) == sdp


def test_codecs_without_a_name_are_known_by_their_number() -> None:
    assert only_codecs("m=audio 4 RTP/AVP 0 8", ("alaw",)) == "m=audio 4 RTP/AVP 8"
