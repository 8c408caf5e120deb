"""Routes: where a call from outside goes, and which lines carry a call to the outside."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model, ShownName


class InboundRoute(Model, frozen=True, kw_only=True):
    """What matches a call from outside, and where it goes. The first route that matches wins."""

    name: ShownName
    line: str | None = None
    """None: any line."""
    did: str | None = None
    caller: str | None = None
    """A number, or a prefix that ends in `*`, or "withheld"."""
    hours: str | None = None
    """Opening hours to ask; None: `to` at any time."""
    to: str
    closed: str | None = None
    """Where it goes outside of the hours."""


class OutboundRoute(Model, frozen=True, kw_only=True):
    """Which lines carry which dialled numbers, in order."""

    name: ShownName
    prefix: Annotated[str, Meta(pattern=r"^\+?[0-9]*$", description='the first digits, such as "+371"')] = ""
    """What the number begins with, after normalisation to E.164; "" matches all."""
    lines: tuple[str, ...]
