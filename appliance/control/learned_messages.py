"""What real calls taught of a line, for observers, and having it forgotten."""

from __future__ import annotations

import msgspec

from appliance.control.messages import Ask, Done


class LearnedTone(msgspec.Struct, frozen=True, kw_only=True):
    """A tone of the line as it was measured."""

    kind: str
    """"dial", "ringback", "busy" or "congestion"."""
    hz: tuple[float, ...]
    ms: tuple[int, ...]
    """On and off; () when continuous."""
    times: int
    """How often it was heard."""


class LiveLearned(msgspec.Struct, frozen=True, kw_only=True):
    """What a line has learned."""

    tones: tuple[LearnedTone, ...]
    caller_id: str
    """When the number of a caller comes: "before_ring", "after_ring", "never" or "unknown"."""
    caller_id_mode: str
    """The modem's setting that brings it; "" for its usual one."""
    echo_loss_db: float | None
    """How much quieter our own sound comes back; None: not measured yet."""
    released_by: str
    """How the end of the last talk was noticed, by a name of `hardware.modem.release`; "" before the first one."""


class ForgetLine(Ask[Done], frozen=True, kw_only=True, tag="forget_line"):
    """Forget what calls taught of a line, as on its first day."""

    line: str
    by: str
