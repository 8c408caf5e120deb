"""What one edge needs to know: addresses, ports, folder and limits. Nothing here touches the system."""

import re
from pathlib import Path

import msgspec

from appliance.errors import PorterError

LOOPBACK = "127.0.0.1"
_LONGEST_SOCKET_PATH = 107  # sun_path of unix(7), less its closing NUL


class EdgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One edge. Several run side by side when folder and ports differ."""

    folder: Path
    """What must outlive a power cut (the accounts), and everything else unless `runtime` is given; absolute."""
    sip_port: int
    """Where phones find it, UDP and TCP, on each of `listen`."""
    engine_port: int
    """UDP port on 127.0.0.1 from which requests count as the engine's."""
    publisher_port: int
    """UDP port on 127.0.0.1 from which PUBLISH is accepted."""
    listen: tuple[str, ...] = (LOOPBACK,)
    """Our addresses on the phones' networks. Named, never 0.0.0.0: multicast provisioning shares port 5060."""
    realm: str = "porter"
    """The digest realm, part of every HA1: a change makes all passwords wrong."""
    registration_seconds: int = 120
    """The longest registration granted, and so how long a phone may stay lost after a power cut; 30–3600."""
    flood_requests: int = 200
    """Requests from one address within 2 s before it is ignored for a while. A phone with fifty lamps to watch sends a
    hundred when it starts, half of them to be challenged."""
    wrong_per_address: int = 10
    """Wrong passwords in a minute before an address is not heard."""
    wrong_per_account: int = 50
    """Wrong passwords in a minute, from anywhere, before an account is heard only from where it registered before."""
    silence_seconds: int = 300
    """How long the two limits above last."""
    flood_exempt: tuple[str, ...] = ()
    """Addresses without a flood limit; for load tests only."""
    runtime: Path | None = None
    """What need only outlive a crash: registrations, dialogs, subscriptions, the socket. On a memory card this wants to
    be a folder in RAM, since registrations are written all day and ending a call waits for a write."""

    @property
    def lines_port(self) -> int:
        """UDP port on 127.0.0.1 from which lines register at their operators."""
        return self.engine_port + 2

    @property
    def runtime_folder(self) -> Path:
        return self.runtime or self.folder

    @property
    def rpc_socket(self) -> Path:
        return self.runtime_folder / "rpc.sock"

    @property
    def accounts_db(self) -> Path:
        return self.folder / "accounts.db"

    @property
    def location_db(self) -> Path:
        return self.runtime_folder / "location.db"

    @property
    def dialogs_db(self) -> Path:
        return self.runtime_folder / "dialogs.db"

    @property
    def presence_db(self) -> Path:
        return self.runtime_folder / "presence.db"

    @property
    def configuration_file(self) -> Path:
        return self.runtime_folder / "kamailio.cfg"

    @property
    def pid_file(self) -> Path:
        return self.runtime_folder / "kamailio.pid"

    @property
    def sockets(self) -> tuple[tuple[str, str], ...]:
        """(transport, address) of every socket opened at `sip_port`; the engine's own is always among them."""
        phones = [(transport, address) for address in self.listen for transport in ("udp", "tcp")]
        return tuple(phones if LOOPBACK in self.listen else [("udp", LOOPBACK), *phones])


class BadEdgeSettings(PorterError):
    """Settings no edge can run with; the message names every mistake."""


def check(settings: EdgeSettings) -> None:
    """Raises BadEdgeSettings naming all mistakes at once; returns when there are none."""
    mistakes = [*_wrong_ports(settings), *_wrong_texts(settings)]
    if not 30 <= settings.registration_seconds <= 3600:
        mistakes.append(f"registration_seconds: {settings.registration_seconds} is not between 30 and 3600")
    for name in ("flood_requests", "wrong_per_address", "wrong_per_account", "silence_seconds"):
        if getattr(settings, name) < 1:
            mistakes.append(f"{name}: {getattr(settings, name)} is less than 1")
    if mistakes:
        raise BadEdgeSettings("The edge cannot run with these settings: " + "; ".join(mistakes) + ".")


def _wrong_ports(settings: EdgeSettings) -> list[str]:
    ports = {name: getattr(settings, name) for name in ("sip_port", "engine_port", "publisher_port")}
    wrong = [f"{name}: {port} is not a port (1024–65535)" for name, port in ports.items() if not 1024 <= port <= 65535]
    ports_taken = [*ports.values(), settings.lines_port]
    if len(set(ports_taken)) < len(ports_taken):
        wrong.append(
            "sip_port, engine_port, publisher_port and the port of lines (engine_port + 2) must differ: "
            + ", ".join(map(str, ports_taken))
        )
    return wrong


def _wrong_texts(settings: EdgeSettings) -> list[str]:
    wrong = []
    if not settings.listen:
        wrong.append("listen: no address at all")
    wrong += [
        f"{name}: {address!r} is not an IPv4 address"
        for name in ("listen", "flood_exempt")
        for address in getattr(settings, name)
        if not _is_ipv4(address)
    ]
    if "0.0.0.0" in settings.listen:
        wrong.append("listen: 0.0.0.0 means every network; name the addresses of the phones' networks")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}", settings.realm):
        wrong.append(f"realm: {settings.realm!r} may only hold letters, digits, dots and hyphens")
    wrong += [
        f"folder: {str(folder)!r} is not an absolute path of plain characters"
        for folder in {settings.folder, settings.runtime_folder}
        if not folder.is_absolute() or not re.fullmatch(r"[-A-Za-z0-9_./+~@ ]+", str(folder))
    ]
    if (excess := len(str(settings.rpc_socket)) - _LONGEST_SOCKET_PATH) > 0:
        wrong.append(f"folder: {settings.runtime_folder} is {excess} characters too long for a socket in it")
    return wrong


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdecimal() and len(part) <= 3 and int(part) <= 255 for part in parts)
