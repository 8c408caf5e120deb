"""Durations as people read them."""

from __future__ import annotations


def as_clock(seconds: float) -> str:
    """Such as "0:07", "12:30" or "1:02:03"."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
