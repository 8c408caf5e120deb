"""What can be asked about the mobile network of a line, and the answers."""

from __future__ import annotations

import msgspec

from appliance.control.messages import Ask, Done


class AskNetwork(Ask["NetworkAnswered"], frozen=True, kw_only=True, tag="ask_network"):
    """Send a code such as *100#, or the reply the network waits for."""

    line: str
    code: str


class NetworkAnswered(msgspec.Struct, frozen=True, tag="network_answered"):
    """The network answered."""

    text: str
    expects_reply: bool
    """It waits for a reply, sent as the next code."""


class CheckDivert(Ask["DivertShown"], frozen=True, kw_only=True, tag="check_divert"):
    """Ask the network where calls go that cannot reach the modem."""

    line: str


class DivertShown(msgspec.Struct, frozen=True, tag="divert_shown"):
    """The network told."""

    number: str
    """"": nowhere."""


class SetDivert(Ask[Done], frozen=True, kw_only=True, tag="set_divert"):
    """Have the network send calls elsewhere that cannot reach the modem. It is a setting: kept, and checked daily."""

    line: str
    number: str
    """"off": nowhere; "keep": what is set at the network stays."""
    by: str
    """Who did it, for the history."""


LineRequest = AskNetwork | CheckDivert | SetDivert
LineResult = NetworkAnswered | DivertShown
