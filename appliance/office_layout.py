"""Where an office keeps and hears everything: one root folder and one base port, all else derived from them.

Two offices run side by side when their folders differ and their base ports are `PORTS` apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.errors import PorterError

PORTS = 1000
"""How many ports, from the base port on, belong to one office."""

DEFAULT_BASE_PORT = 5060

_PRIVATE, _SHARED = 0o750, 0o2770
"""Shared folders keep the group `porter`: a reader of a WAL file needs write access to its folder."""


class BadLayout(PorterError):
    """A folder or a port no office can have."""


@dataclass(frozen=True, slots=True)
class OfficeLayout:
    """Every path, socket and port of one office."""

    root: Path
    """Absolute."""
    base_port: int = DEFAULT_BASE_PORT

    def __post_init__(self) -> None:
        if not self.root.is_absolute():
            raise BadLayout(f"{self.root} is not an absolute path.", "Name the office's folder from `/` on.")
        if not 1024 <= self.base_port <= 65535 - PORTS:
            raise BadLayout(
                f"{self.base_port} cannot be the base port.", f"Choose one between 1024 and {65535 - PORTS}."
            )

    # Ports. SIP as phones expect it when the base is 5060: UDP and TCP at 5060, TLS at 5061.

    @property
    def sip_port(self) -> int:
        return self.base_port

    @property
    def sip_tls_port(self) -> int:
        return self.base_port + 1

    @property
    def engine_port(self) -> int:
        """The controller's SIP, UDP on loopback only."""
        return self.base_port + 10

    @property
    def publisher_port(self) -> int:
        """From where lamps are published, UDP on loopback only."""
        return self.base_port + 11

    @property
    def lines_port(self) -> int:
        """From where SIP lines register at their operators, UDP on loopback only."""
        return self.base_port + 12

    @property
    def web_port(self) -> int:
        return self.base_port + 80

    @property
    def rtp_ports(self) -> range:
        """UDP ports of the sound: two for each leg (RTP and RTCP)."""
        return range(self.base_port + 100, self.base_port + PORTS)

    # Sockets between the processes.

    @property
    def run_folder(self) -> Path:
        return self.root / "run"

    @property
    def controller_socket(self) -> Path:
        return self.run_folder / "controller.sock"

    @property
    def door_socket(self) -> Path:
        return self.run_folder / "door.sock"

    # What is kept.

    @property
    def settings_folder(self) -> Path:
        return self.root / "settings"

    @property
    def settings_file(self) -> Path:
        return self.settings_folder / "settings.json"

    @property
    def line_lore_file(self) -> Path:
        """What real calls taught of analog lines."""
        return self.settings_folder / "learned-lines.json"

    @property
    def records_folder(self) -> Path:
        return self.root / "records"

    @property
    def records_file(self) -> Path:
        """SQLite: calls, the index of the mailboxes, short messages."""
        return self.records_folder / "records.sqlite"

    @property
    def voicemail_folder(self) -> Path:
        return self.root / "voicemail"

    @property
    def recordings_folder(self) -> Path:
        """Recordings of talks."""
        return self.root / "recordings"

    @property
    def scratch_folder(self) -> Path:
        """Recordings that live no longer than their call."""
        return self.root / "scratch"

    @property
    def door_folder(self) -> Path:
        return self.root / "door"

    @property
    def edge_folder(self) -> Path:
        return self.root / "edge"

    @property
    def web_folder(self) -> Path:
        return self.root / "web"

    @property
    def prompts_folder(self) -> Path:
        """The office's own recordings of prompts, a folder for each language."""
        return self.root / "prompts"

    @property
    def prompts_cache(self) -> Path:
        return self.root / "prompts-cache"

    # Simulators.

    @property
    def simulators_folder(self) -> Path:
        """Also the working folder of lgpio (`LG_WD`)."""
        return self.root / "simulators"

    @property
    def simulated_usb(self) -> Path:
        """The simulated USB bus: `sys` and `dev` as the kernel would show them, for simulated modems."""
        return self.simulators_folder / "usb"

    def analog_modem_link(self, line: str) -> Path:
        """The port of a simulated modem on an analog line: a link to its pseudo-terminal."""
        return self.simulators_folder / f"{line}.port"

    def sip_operator_place(self, line: str) -> Path:
        """Where the simulated operator of a SIP line says where it listens."""
        return self.simulators_folder / f"{line}.sip"

    def modem_far_end_socket(self, line: str) -> Path:
        """Where the simulated network is told what to do: ring, send a message, pull the plug."""
        return self.simulators_folder / f"{line}.sock"

    def room_folder(self, door: str) -> Path:
        """The simulated room behind a door's microphone: see `hardware.simulators.room`."""
        return self.simulators_folder / f"room-{door}"

    def make_folders(self) -> None:
        """Create what is missing; raises BadLayout when the system does not allow it."""
        private = [self.settings_folder, self.door_folder, self.edge_folder, self.web_folder]
        private += [self.prompts_folder, self.prompts_cache, self.simulators_folder, self.scratch_folder]
        shared = [self.run_folder, self.records_folder, self.voicemail_folder, self.recordings_folder]
        try:
            self.root.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            for folders, mode in ((private, _PRIVATE), (shared, _SHARED)):
                for folder in folders:
                    if not folder.is_dir():
                        folder.mkdir()
                        folder.chmod(mode)
        except OSError as error:
            raise BadLayout(
                f"The folders below {self.root} cannot be made: {error.strerror}.",
                "Name another folder, or let this user write there.",
            ) from error
