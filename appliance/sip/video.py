"""Video of a door station, which Porter neither sees nor carries.

The station's part of an SDP is offered to the phones that ring for it, and the part of the phone that takes the call is
answered to the station, so that their packets go from one to the other. PJSIP, built without video, leaves both alone.
"""

from __future__ import annotations

import re

_SECTION = re.compile(r"(?m)^(?=m=)")
_REFUSED = re.compile(r"m=\S+ 0[ /]")


def body_of(message: str) -> str:
    """The body of a SIP message; "" when there is none."""
    return message.partition("\r\n\r\n")[2]


def video_of(sdp: str) -> str:
    """The section of the first video stream with an address of its own (`c=`); "" without one, or when it is refused.

    Args:
        sdp: RFC 8866, or "".
    """
    session, *sections = _SECTION.split(sdp)
    section = next((section for section in sections if section.startswith("m=video ")), "")
    if not section or _REFUSED.match(section):
        return ""
    lines = section.splitlines()
    if not any(line.startswith("c=") for line in lines):
        address = next((line for line in session.splitlines() if line.startswith("c=")), "")
        if not address:
            return ""
        lines.insert(1, address)
    return "".join(f"{line}\r\n" for line in lines)


def offered_with(sdp: str, video: str) -> str:
    """An offer of ours with somebody else's video after its own streams."""
    return sdp if not video or "m=video" in sdp else f"{sdp.rstrip()}\r\n{video}"


def answered_with(sdp: str, video: str) -> str:
    """An answer of ours in which the video that was offered is taken by somebody else (RFC 3264 §6)."""
    session, *sections = _SECTION.split(sdp)
    at = next((at for at, section in enumerate(sections) if section.startswith("m=video ")), None)
    if not video or at is None:
        return sdp
    sections[at] = video
    return session + "".join(sections)
