"""Which codecs an SDP of ours offers, and in which order: PJSIP has one order for all calls, lines have their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STATIC = {"0": "pcmu", "8": "pcma", "9": "g722"}
"""Payload types that need no rtpmap (RFC 3551 §6)."""
_ENCODINGS = {"alaw": "pcma", "ulaw": "pcmu", "g722": "g722", "opus": "opus"}
_KEYS = "telephone-event"


def only_codecs(sdp: str, codecs: Sequence[str]) -> str:
    """The SDP with the audio codecs of the list, in its order, and the keys; unchanged where none would be left.

    Args:
        codecs: "alaw", "ulaw", "g722", "opus"; best first.
    """
    lines = sdp.split("\r\n")
    at = next((at for at, line in enumerate(lines) if line.startswith("m=audio ")), None)
    if at is None:
        return sdp
    start, payloads = lines[at].split(" ")[:3], lines[at].split(" ")[3:]
    names = dict(_STATIC) | {
        found[1]: found[2].lower() for line in lines[at:] if (found := re.match(r"a=rtpmap:(\d+) ([^/\s]+)", line))
    }
    wanted = [_ENCODINGS[codec] for codec in codecs]
    kept = sorted(
        (payload for payload in payloads if names.get(payload) in wanted),
        key=lambda payload: wanted.index(names[payload]),
    )
    if not kept:
        return sdp
    kept += [payload for payload in payloads if names.get(payload) == _KEYS and _rate_fits(lines, payload, names, kept)]
    gone = set(payloads) - set(kept)
    lines[at] = " ".join([*start, *kept])
    about = re.compile(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d+)\b")
    left = (line for line in lines if (found := about.match(line)) is None or found[1] not in gone)
    return "\r\n".join(left)


def _rate_fits(lines: Sequence[str], payload: str, names: dict[str, str], kept: Sequence[str]) -> bool:
    """Keys at the clock rate of a codec that is offered: 48 kHz goes with Opus (RFC 4733 §2.1)."""
    needs_wide = f"a=rtpmap:{payload} {_KEYS}/48000" in lines
    return needs_wide == (names[kept[0]] == "opus") or (needs_wide and any(names[one] == "opus" for one in kept))
