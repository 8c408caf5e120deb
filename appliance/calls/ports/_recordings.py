"""Recordings of talks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from appliance.calls.names import CallId


class TalkRecording(msgspec.Struct, frozen=True, kw_only=True):
    """The recording of one talk, of everybody who took part in it."""

    id: str
    """Name of the file without its suffix, so that it is known again after a crash."""
    call: CallId
    path: str
    by: str
    """Number of who asked for it; "" where talks are always recorded, or where a crash left nothing but the sound."""
    parties: tuple[str, ...] = ()
    """Names or numbers of who talked."""
    began_at: datetime | None = None
    """None when the clock was not set."""
    seconds: float = 0.0


class Recordings(Protocol):
    """Recordings of talks. The `…_soon` methods are used in cleanup, as those of `Mailboxes`; a recording that is
    neither kept nor discarded, because the process died, is found at the next start, repaired and kept."""

    async def new_recording(self, call: CallId, *, most_bytes: int) -> str:
        """A path to record a talk of a call to.

        Args:
            most_bytes: Room that all recordings may take.

        Raises `PorterError` when they take that already, or the disk is full.
        """
        ...

    def keep_soon(self, recording: TalkRecording) -> None: ...
    def discard_soon(self, path: str) -> None: ...

    async def recordings(self, most: int = 50) -> Sequence[TalkRecording]:
        """The last ones, newest first."""
        ...

    async def remove(self, id: str) -> bool:
        """Whether there was such a recording; it is gone now."""
        ...
