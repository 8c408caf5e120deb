"""Moments as the office's clock shows them, in the reader's language."""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from flask_babel import format_datetime

from appliance.config.models import Configuration
from appliance.config.text import read_yaml
from appliance.control.controller_messages import ExportConfiguration
from appliance.errors import PorterError
from web.control import Control

log = logging.getLogger(__name__)

_DEFAULT = next(field.default for field in msgspec.structs.fields(Configuration) if field.name == "timezone")


class OfficeTime:
    """Knows the time zone of the configuration in force, and the last one while the controller is away."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._version: int | None = None
        self._zone = ZoneInfo("UTC")

    def follow(self, version: int | None) -> None:
        """Learn the zone anew when the configuration has another version than last time."""
        if version is None or version == self._version:
            return
        try:
            data = read_yaml(self._control.ask(ExportConfiguration()).text).data
            name = data.get("timezone", _DEFAULT) if isinstance(data, dict) else _DEFAULT
            self._zone = ZoneInfo(name)
            self._version = version
        except (PorterError, ZoneInfoNotFoundError, ValueError) as error:
            log.warning("The office's time zone is not known now: %s", error)

    def shown(self, moment: datetime) -> str:
        """Day and time, such as "24 Nov, 10:05"."""
        local = moment.astimezone(self._zone).replace(tzinfo=None)
        this_year = datetime.now(self._zone).year
        pattern = "d MMM, HH:mm" if local.year == this_year else "d MMM yyyy, HH:mm"
        return str(format_datetime(local, pattern, rebase=False))
