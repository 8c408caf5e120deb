"""The door process."""

from __future__ import annotations

from typing import Protocol

import msgspec


class OpenAnswer(msgspec.Struct, frozen=True):
    """What the door decided."""

    granted: bool
    reason: str = ""
    """Why not, in plain words."""
    why: str = ""
    """Why not, by the door's own word for it, such as "wrong_code"; "" where the door was not asked."""


class DoorPort(Protocol):
    """The door process, which decides every opening itself."""

    async def request_open(
        self, door: str, *, channel: str, person: str, code: str | None, call_id: str | None, leg_side: str
    ) -> OpenAnswer:
        """Ask for one opening; an unreachable door process is a refusal with the reason, never an exception.

        Args:
            channel: "dtmf", "page", "sms" or "code".
            person: Extension or number of who asks.
            leg_side: "answerer" or "street": digits heard from the street open nothing (CHECKLIST A15).
        """
        ...
