"""What differs between makes of SIP door stations: how each is told to fire its relay. Data, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Make(msgspec.Struct, frozen=True, kw_only=True):
    """One family of stations."""

    open_path: str
    """Path and query of the request that fires a relay; `{number}`, `{user}` and `{password}` stand for themselves."""
    code_end: str = ""
    """Key that ends a code within a call."""
    source: str

    @property
    def asks_login(self) -> bool:
        """Whether the request is answered by a challenge (RFC 7617, RFC 7616); else the query carries the secret."""
        return "{password}" not in self.open_path


MAKES: Mapping[str, Make] = {
    "2n": Make(
        open_path="/api/switch/ctrl?switch={number}&action=trigger",
        code_end="*",
        source="2N IP Intercoms, HTTP API manual, api switch ctrl; configuration manual, Switches: * confirms a code",
    ),
    "akuvox": Make(
        open_path="/fcgi/do?action=OpenDoor&UserName={user}&Password={password}&DoorNum={number}",
        source="Akuvox knowledge base, Opening the Door via HTTP Command; Unlock by DTMF Code, without an end key",
    ),
    "doorbird": Make(
        open_path="/bha-api/open-door.cgi?r={number}",
        source="DoorBird LAN-2-LAN API, revision 0.29, Open Door",
    ),
    "other": Make(open_path="/", source="no maker's; for stations that take a code within the call"),
}
