"""Supervision of talks: who may, and who hears the supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from appliance.config.models import EVERYBODY, Configuration


class Mode(StrEnum):
    """What a supervisor does with a talk."""

    LISTEN = "listen"
    WHISPER = "whisper"
    """Heard by the one who is supervised only."""
    BARGE = "barge"
    """Heard by everybody."""
    TAKE_OVER = "take_over"
    """Talks in the place of the one who was supervised."""


KEYS: Mapping[str, Mode] = {"4": Mode.LISTEN, "5": Mode.WHISPER, "6": Mode.BARGE, "7": Mode.TAKE_OVER}
"""What a supervisor presses to go from one to another."""


def may_supervise(configuration: Configuration, supervisor: str, other: str) -> bool:
    """Whether an extension may supervise another: named itself, by a ring group it is a member of, or by everybody."""
    own = configuration.extensions.get(supervisor)
    if own is None or supervisor == other:
        return False
    groups = [configuration.ring_groups[name] for name in own.may_supervise if name in configuration.ring_groups]
    return (
        EVERYBODY in own.may_supervise or other in own.may_supervise or any(other in group.members for group in groups)
    )
