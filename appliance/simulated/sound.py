"""Sound without samples: who is attached to what, and prompts that last as long as they would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import trio

from appliance.calls.names import LegId
from appliance.calls.ports import AudioFrames, Prompt, Tone

SECONDS_A_PROMPT = 2.0
"""How long one prompt is taken to last."""


class SimulatedAttachment(msgspec.Struct, eq=False):
    """What is attached; `close` takes it out of the sound's list."""

    what: str
    legs: tuple[LegId, ...]
    prompts: tuple[Prompt, ...]
    finished: trio.Event
    on_close: Callable[[SimulatedAttachment], None]
    began: float = 0.0
    spoken_to: tuple[LegId, ...] = ()
    """Of a tap: who hears the first of the legs."""

    @property
    def seconds(self) -> float:
        return trio.current_time() - self.began if self.what == "record" else 0.0

    def close(self) -> None:
        self.on_close(self)


class SimulatedSound:
    """The `Sound` port. `attached` is what sounds now, `heard` every prompt ever played with its leg."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self._timers: dict[SimulatedAttachment, trio.CancelScope] = {}
        self.attached: list[SimulatedAttachment] = []
        self.heard: list[tuple[LegId, Prompt]] = []
        self.recording_seconds = 10.0

    def bridge(self, *legs: LegId) -> SimulatedAttachment:
        return self._attach("bridge", legs)

    def play(self, leg: LegId, prompts: Sequence[Prompt]) -> SimulatedAttachment:
        attachment = self._attach("play", (leg,), tuple(prompts))
        self.heard.extend((leg, prompt) for prompt in prompts)
        seconds = sum(_seconds(prompt) for prompt in prompts)
        if seconds != float("inf"):
            self._nursery.start_soon(self._finish, attachment, seconds)
        return attachment

    def music(self, leg: LegId) -> SimulatedAttachment:
        return self._attach("music", (leg,))

    def record(self, legs: Sequence[LegId], path: str) -> SimulatedAttachment:
        return self._attach("record", tuple(legs))

    def tap(self, listener: LegId, heard: Sequence[LegId], *, spoken_to: Sequence[LegId] = ()) -> SimulatedAttachment:
        return self._attach("tap", (listener, *heard), spoken_to=tuple(spoken_to))

    def attach(self, leg: LegId, frames: AudioFrames) -> None:
        """Simulated sound has no frames."""

    def detach(self, leg: LegId) -> None:
        """Simulated sound has no frames."""

    def heard_by(self, leg: LegId) -> list[str]:
        """What a leg hears now: the names of its attachments."""
        return [attachment.what for attachment in self.attached if leg in attachment.legs]

    def _attach(
        self,
        what: str,
        legs: tuple[LegId, ...],
        prompts: tuple[Prompt, ...] = (),
        spoken_to: tuple[LegId, ...] = (),
    ) -> SimulatedAttachment:
        attachment = SimulatedAttachment(
            what, legs, prompts, trio.Event(), self._close, trio.current_time(), spoken_to=spoken_to
        )
        self.attached.append(attachment)
        return attachment

    def _close(self, attachment: SimulatedAttachment) -> None:
        if attachment in self.attached:
            self.attached.remove(attachment)
        if timer := self._timers.pop(attachment, None):
            timer.cancel()

    async def _finish(self, attachment: SimulatedAttachment, seconds: float) -> None:
        if attachment not in self.attached:
            return
        with trio.CancelScope() as self._timers[attachment]:
            await trio.sleep(seconds)
            attachment.finished.set()
        self._timers.pop(attachment, None)


def _seconds(prompt: Prompt) -> float:
    if not isinstance(prompt, Tone):
        return SECONDS_A_PROMPT
    if prompt.cycles == 0:
        return float("inf")
    return (prompt.on_ms + prompt.off_ms) * prompt.cycles / 1000
