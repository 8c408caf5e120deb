"""Inbound routes: where a call from outside goes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model, ShownName
from appliance.config.models._screening import CallerPattern


class QueueCondition(Model, frozen=True, kw_only=True):
    """How it must be in a queue; one of the two that are named is enough."""

    queue: str
    longer_than: Annotated[int, Meta(ge=0, le=1000, description="callers, 0 to 1000")] | None = None
    """More callers than this wait."""
    without_agents: bool = False
    """Nobody is logged in."""


class InboundRoute(Model, frozen=True, kw_only=True):
    """What matches a call from outside, and where it goes. The first route that matches wins."""

    name: ShownName
    line: str | None = None
    """None: any line."""
    did: str | None = None
    caller: CallerPattern | None = None
    redirected_from: str | None = None
    """The number that was called first, where the network says that the call was diverted to us (RFC 5806, RFC 7044):
    a number or its beginning and `*`."""
    queue: QueueCondition | None = None
    hours: str | None = None
    """Opening hours to ask; None: `to` at any time."""
    to: str
    closed: str | None = None
    """Where it goes outside of the hours."""
    then: tuple[str, ...] = ()
    """Destinations that follow `to`, one after the other, while nobody takes the call."""
