"""The sound of legs: prompts, bridges, recordings, and parties without RTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import trio

from appliance.calls.names import LegId
from appliance.calls.ports._prompts import Prompt


class Attachment(Protocol):
    """Sound that was connected. `close` is idempotent and undoes only this."""

    finished: trio.Event
    """Set when a prompt has been played to its end, or when a recording ended because nothing was heard for long;
    never for bridges and music."""

    @property
    def seconds(self) -> float:
        """Sound recorded so far, in seconds, and still known after closing; 0.0 where nothing is recorded."""
        ...

    def close(self) -> None: ...


class AudioFrames(Protocol):
    """Sound of a party without RTP, such as a modem or the door: 20 ms of s16le mono at 8 kHz, 320 bytes a frame."""

    def pull(self) -> bytes:
        """The next frame the party said; silence when there is none. Called from the bridge's clock thread."""
        ...

    def push(self, frame: bytes) -> None:
        """A frame for the party to hear. Called from the bridge's clock thread; must not block."""
        ...


class Sound(Protocol):
    """The bridge. Wishes about a leg whose sound is not up yet are kept and fulfilled when it comes up."""

    def bridge(self, *legs: LegId) -> Attachment:
        """Let each of the legs hear all the others; a leg named twice hears itself."""
        ...

    def play(self, leg: LegId, prompts: Sequence[Prompt]) -> Attachment: ...
    def music(self, leg: LegId) -> Attachment: ...

    def record(self, legs: Sequence[LegId], path: str) -> Attachment:
        """Write what the legs say to a WAV file, s16le 8 kHz mono; whole as soon as the attachment is closed."""
        ...

    def tap(self, listener: LegId, heard: Sequence[LegId], *, spoken_to: Sequence[LegId] = ()) -> Attachment:
        """Let a supervisor hear what legs say, and be heard by some of them, beside what they hear anyway."""
        ...

    def attach(self, leg: LegId, frames: AudioFrames) -> None:
        """The sound of a leg that has no RTP of its own."""
        ...

    def detach(self, leg: LegId) -> None: ...


class Scratch(Protocol):
    """Recordings that live no longer than their call, such as a caller's name."""

    async def new_recording(self) -> str:
        """A path to record to. Raises `PorterError` when there is no room."""
        ...

    def discard_soon(self, path: str) -> None:
        """Remove a recording; returns at once."""
        ...
