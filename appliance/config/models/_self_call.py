"""The nightly self-call: every line calls every other."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model, OutsideNumber

ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description='a time such as "03:30"')]


class SelfCall(Model, frozen=True, kw_only=True):
    """When the lines are tried, and who hears of one that failed."""

    at: ClockTime | None = None
    """Every night at this time of the office's zone; None: only when somebody asks for it. Operators charge the calls,
    each of some 30 seconds."""
    alert: tuple[OutsideNumber, ...] = ()
    """Numbers told by SMS, in one line, when a line did not pass."""
