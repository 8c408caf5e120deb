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

    async def one_time_code(self, door: str, *, ring: str, person: str, seconds: float) -> str | None:
        """A code that opens a door once, for one ring and one person; None: the door process gives none now.

        Args:
            ring: The call of the door.
            person: The number it is for, which has to be the `person` who asks with it.
            seconds: How long it opens, 30 to 300.
        """
        ...
