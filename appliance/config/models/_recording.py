"""Recordings of talks: whose, how the parties learn of it, and how much room they may take."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model


class RecordTalks(StrEnum):
    """Whether the talks of an extension or a team are recorded."""

    ALWAYS = "always"
    ON_DEMAND = "on_demand"
    """When a person of the house asks by keys."""
    NEVER = "never"


class RecordingNotice(StrEnum):
    """How the parties learn that they are recorded; what the law asks differs by country."""

    ANNOUNCE = "announce"
    BEEP = "beep"
    NONE = "none"


class TalkRecordings(Model, frozen=True, kw_only=True):
    """Recordings of talks."""

    notice: RecordingNotice = RecordingNotice.ANNOUNCE
    most_megabytes: Annotated[int, Meta(ge=1, le=1_000_000, description="megabytes, 1 to 1000000")] = 2000
    """Room for all recordings, at 58 MB an hour; when it is used up no further one begins."""
    keep_days: Annotated[int, Meta(ge=1, le=3650, description="days, 1 to 3650")] | None = None
    """Then a recording is removed; None: it is kept until somebody removes it."""
