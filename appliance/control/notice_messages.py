"""Notices on the page: what happened at doors, until somebody has seen it."""

from __future__ import annotations

import msgspec

from appliance.control.messages import Ask, Done


class LiveNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    id: str
    kind: str
    """A `NoticeKind`, such as "forced"."""
    door: str
    """What people call the door."""
    person: str
    at: str | None
    """When it happened first, ISO 8601 with zone; None when the clock was not set."""
    last_at: str | None
    count: int
    is_over: bool
    acknowledged_by: str
    """"" until somebody has seen it."""


class AcknowledgeNotice(Ask[Done], frozen=True, kw_only=True, tag="acknowledge_notice"):
    """Somebody has seen a notice; refused when it is gone or somebody was faster."""

    id: str
    by: str
