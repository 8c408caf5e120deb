"""Diversions of a person as observers see them."""

from __future__ import annotations

import msgspec


class LiveDiversion(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a person."""

    rule: str
    """"always", "busy", "no_answer" or "unreachable"."""
    to: str
    """Number or name to which calls go."""
    holds: bool
    """Whether the rule counts at this moment."""
    after_seconds: float | None
    """How long the phones ring before; None for rules that do not wait."""
    hours: str
    """Opening hours in which it holds; "": none are named."""
    closed: bool
    """It holds while it is closed by those hours, and not while it is open."""
    weekly: dict[str, tuple[str, ...]]
    """mon … sun to periods in which it holds; empty: at any time, or by `hours`."""
