"""Where everything of one office is: one root folder and one base port, all else derived, so that several run side by
side."""

from __future__ import annotations

from pathlib import Path

import msgspec

DEFAULT_BASE_PORT = 5060


class OfficeLayout(msgspec.Struct, frozen=True):
    """The folders, sockets and ports of one office.

    `base_port` is the SIP port of the edge (UDP and TCP); the ports after it up to `base_port + 19` belong to the
    office, and RTP has a range of its own.
    """

    folder: Path
    base_port: int = DEFAULT_BASE_PORT
    web_port: int = 8080
    listen: tuple[str, ...] = ("127.0.0.1",)
    """Addresses phones reach us at."""

    @property
    def sip_port(self) -> int:
        return self.base_port

    @property
    def sip_tls_port(self) -> int:
        return self.base_port + 1

    @property
    def engine_port(self) -> int:
        """Where the controller's SIP side listens, on loopback only."""
        return self.base_port + 10

    @property
    def publisher_port(self) -> int:
        """Where the controller publishes lamps from, on loopback only."""
        return self.base_port + 11

    @property
    def rtp_port(self) -> int:
        """First port of the RTP range; even. 1,000 ports from it, apart for neighbouring base ports."""
        return 20000 + (self.base_port % 40) * 1000

    @property
    def rtp_ports(self) -> int:
        return 1000

    @property
    def run_folder(self) -> Path:
        """Sockets."""
        return self.folder / "run"

    @property
    def controller_socket(self) -> Path:
        return self.run_folder / "controller.sock"

    @property
    def door_socket(self) -> Path:
        return self.run_folder / "door.sock"

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings" / "office.json"

    @property
    def records_file(self) -> Path:
        return self.folder / "records" / "calls.sqlite"

    @property
    def voicemail_folder(self) -> Path:
        return self.folder / "voicemail"

    @property
    def messages_file(self) -> Path:
        return self.folder / "records" / "messages.sqlite"

    @property
    def door_folder(self) -> Path:
        return self.folder / "door"

    @property
    def edge_folder(self) -> Path:
        return self.folder / "edge"

    @property
    def prompts_folder(self) -> Path:
        """Rendered prompts; may be deleted, is made again."""
        return self.folder / "prompts"

    @property
    def simulators_folder(self) -> Path:
        """Links to the simulated modems' terminals and their sockets, the simulated pins."""
        return self.folder / "simulators"

    @property
    def web_folder(self) -> Path:
        return self.folder / "web"
