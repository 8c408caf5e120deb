"""Voicemail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class VoiceMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a mailbox."""

    id: str
    """Name of the recording's file without its suffix, so that it is known again after a crash."""
    box: str
    path: str
    caller: str
    caller_name: str = ""
    left_at: datetime | None = None
    """None when the clock was not set."""
    seconds: float = 0.0
    heard: bool = False
    deleted: bool = False
    """In the bin, from where it can be restored for a while."""
    forwarded_by: str = ""
    """Extension of who forwarded it from another box; "": it was left here."""
    mail_to: str = ""
    """Where it is to be sent by mail as soon as it is kept; "": nowhere."""


class Mailboxes(Protocol):
    """Voicemail storage. A message is there when `keep` has returned.

    The `…_soon` methods hand over to the store's queue and return at once, in the order they were called: a flow uses
    them in its cleanup, where the caller has hung up and nothing can be awaited. A recording that is neither kept nor
    discarded, because the process died, is found at the next start, repaired and kept.
    """

    async def new_recording(self, box: str) -> str:
        """A path to record a new message to; what is found there after a crash is repaired and kept.

        Raises `PorterError` when there is no room for a message.
        """
        ...

    async def keep(self, message: VoiceMessage) -> None: ...

    def keep_soon(self, message: VoiceMessage) -> None:
        """The recording was closed just before; its file may be completed some milliseconds later."""
        ...

    def discard_soon(self, path: str) -> None:
        """Remove a recording that holds no message; `path` is one of `new_recording`."""
        ...

    async def messages(self, box: str, *, deleted: bool = False) -> Sequence[VoiceMessage]:
        """What is in a box, or in its bin, oldest first."""
        ...

    async def mark_heard(self, message_id: str) -> None: ...

    async def delete(self, message_id: str) -> None:
        """Into the bin; see `restore`."""
        ...

    def delete_soon(self, message_id: str) -> None: ...

    async def restore(self, message_id: str) -> None:
        """Out of the bin, as a message that was heard."""
        ...

    async def forward(
        self, message_id: str, box: str, *, by: str, mail_to: str = "", comment: str | None = None
    ) -> None:
        """A copy for another box, new there; the message stays where it is. Raises `PorterError` without room.

        Args:
            by: Extension of who forwards.
            comment: A recording to be heard before the message, such as one of `Scratch`; None: there is none.
        """
        ...

    async def greeting(self, box: str, reason: str = "always") -> str | None:
        """Path of the owners' own greeting for a reason, or of the one for all reasons; None: neither is there.

        Args:
            reason: A value of `routing.boxes.Greeting`.
        """
        ...

    async def keep_greeting(self, box: str, reason: str, path: str) -> None:
        """Make a recording the greeting for a reason; the one before stays until the new one is whole.

        Args:
            path: A whole recording elsewhere, such as one of `Scratch`; it is copied.

        Raises `PorterError` without room.
        """
        ...

    async def remove_greeting(self, box: str, reason: str) -> None: ...
