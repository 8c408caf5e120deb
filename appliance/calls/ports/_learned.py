"""What real calls taught of a line."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import msgspec


class LearnedTone(msgspec.Struct, frozen=True, kw_only=True):
    """A tone of the line as it was measured."""

    kind: str
    """"dial", "ringback", "busy" or "congestion"."""
    hz: tuple[float, ...]
    ms: tuple[int, ...]
    """On and off; () when continuous."""
    times: int
    """How often it was heard."""


class LineLearned(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, for people to see and to have forgotten."""

    tones: tuple[LearnedTone, ...] = ()
    caller_id: str = "unknown"
    """When the number of a caller comes: "before_ring", "after_ring", "never" or "unknown"."""
    caller_id_mode: str = ""
    """The modem's setting that brings it; "" for its usual one."""
    echo_loss_db: float | None = None
    """How much quieter our own sound comes back; None: not measured yet."""
    released_by: str = ""
    """How the last talk's end was noticed; "" before the first one."""


@runtime_checkable
class LearningLine(Protocol):
    """A line that learns from real calls."""

    def forget(self) -> None:
        """Know only what the country and the settings say, as on the first day."""
        ...
