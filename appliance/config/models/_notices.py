"""Notices: what people are told of when it happens, and who."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import Language, Model, Name, OutsideNumber


class NoticeKind(StrEnum):
    """What happened at a door; the door process raises them (`appliance.control.door_alarms.AlarmKind`)."""

    FORCED = "forced"
    HELD_OPEN = "held_open"
    NOT_OPENED = "not_opened"
    TAMPER = "tamper"
    PANIC = "panic"
    DURESS = "duress"
    TOO_MANY_TRIES = "too_many_tries"
    OPENED_TOO_OFTEN = "opened_too_often"
    UNSTEADY_INPUT = "unsteady_input"
    RELAY = "relay"
    LEDGER = "ledger"


class NoticeReceiver(Model, frozen=True, kw_only=True):
    """Somebody who is told by one way."""

    by: Literal["sms"] = "sms"
    to: OutsideNumber
    kinds: tuple[NoticeKind, ...] = ()
    """None written: all of them."""
    doors: tuple[Name, ...] = ()
    """None written: all of them."""
    language: Language | None = None
    """None: the office's."""


class Notices(Model, frozen=True, kw_only=True):
    """Who is told of what."""

    receivers: tuple[NoticeReceiver, ...] = ()
    """None: notices are on the page only."""
    not_on_page: tuple[NoticeKind, ...] = (NoticeKind.DURESS,)
    """What the page does not show: who forces somebody to open may look at it as well."""
    quiet_seconds: Annotated[float, Meta(ge=0, le=86400, description="seconds, 0 to 86400")] = 600.0
    """For how long the same thing at the same door is only counted, unless somebody has acknowledged it meanwhile."""
