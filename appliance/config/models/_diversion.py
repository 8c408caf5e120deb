"""Diversion: where a person's calls go instead of her phones, or when nobody takes them there."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from appliance.config.models._base import Model, OutsideNumber, Seconds

DESK, MOBILE = "desk", "mobile"
"""Members of a stage: the person's own phones, and her registered mobile."""


class DivertRule(StrEnum):
    """When a diversion is taken; the names of the fields of `Diversion`."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


class DivertTimes(Model, frozen=True, kw_only=True):
    """When a rule holds: by opening hours of the office, or by periods of its own."""

    hours: str | None = None
    """Opening hours by name; None: `weekly` counts."""
    closed: bool = False
    """The rule holds while it is closed, and not while it is open."""
    weekly: dict[str, tuple[str, ...]] = {}
    """mon … sun to periods such as "18:00-23:00", in the office's time zone."""


class FollowStage(Model, frozen=True, kw_only=True):
    """Who rings together for a person's call, and for how long."""

    members: tuple[str, ...]
    """"desk", "mobile", extension numbers, `ring_group:NAME` for its members, or `outside:+…`. Who is named in the
    stage before goes on ringing."""
    seconds: Seconds = 15.0


class Diversion(Model, frozen=True, kw_only=True):
    """Where a person's calls go."""

    always: str | None = None
    busy: str | None = None
    no_answer: str | None = None
    unreachable: str | None = None
    """No phone of the extension is registered; None: as `no_answer`."""
    after_seconds: Seconds = 20.0
    """How long the phones ring before `no_answer`, where there are no stages in `follow_me`."""
    when: dict[DivertRule, DivertTimes] = {}
    """When a rule holds; one that is not named here holds at any time."""
    allowed: tuple[OutsideNumber, ...] = ()
    """Numbers outside the person may divert to by a code, beside her own mobile, without the right to any number."""
    announce: bool = True
    """Who answers outside hears who calls before he presses 1."""
    show: Literal["caller", "line"] = "caller"
    """Whose number is shown outside: the caller's, where the line can show one that is not its own, or the line's."""
    sms_first: bool = False
    """Where the line cannot show the caller's number, it is sent by SMS while it begins to ring."""
