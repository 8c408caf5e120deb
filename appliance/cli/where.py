"""Which office a command means, and how to reach it."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from appliance.control.client import Client
from appliance.control.controller_messages import CONTROLLER
from appliance.office_layout import DEFAULT_BASE_PORT, OfficeLayout

INSTALLED = Path("/var/lib/porter")
DEMO = Path("demo-office")


def office_folder(given: Namespace) -> Path:
    """The folder meant: `--folder`, $PORTER_FOLDER, the installed office, or the demo office below this folder."""
    named = given.folder or os.environ.get("PORTER_FOLDER")
    if named:
        return Path(named).absolute()
    return INSTALLED if INSTALLED.is_dir() else DEMO.absolute()


def office_layout(given: Namespace) -> OfficeLayout:
    """Paths and ports of that office."""
    return OfficeLayout(office_folder(given), getattr(given, "base_port", DEFAULT_BASE_PORT))


def controller(given: Namespace) -> Client:
    """The running office's controller; `ask` raises ServiceUnreachable when nobody is there."""
    return Client(office_layout(given).controller_socket, CONTROLLER, "command")
