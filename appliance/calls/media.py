"""One sound attachment of one or more legs: a bridge, music, a prompt, a recording, a tap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Self

import trio

if TYPE_CHECKING:
    from appliance.calls.leg import Leg
    from appliance.calls.ports import Attachment


class MediaKind(StrEnum):
    """What the legs of an attachment hear."""

    BRIDGE = "bridge"
    MUSIC = "music"
    PROMPT = "prompt"
    TONE = "tone"
    RECORDING = "recording"
    TAP = "tap"
    NOTICE = "notice"
    TALK_RECORDING = "talk_recording"


BESIDE = frozenset({MediaKind.TAP, MediaKind.NOTICE, MediaKind.TALK_RECORDING})
"""Kinds that stand beside what a leg hears anyway."""


class Media:
    """An attachment as a context manager inside a step.

    Each leg has one attachment at a time, those of `BESIDE` not counted: attaching closes what the leg had. Closing is
    idempotent and undoes only this attachment. A leg that is gone takes no part; with no leg left nothing is opened.
    `finished` is set then at once, as it is by closing, so that nobody waits for sound that cannot come.
    """

    def __init__(
        self,
        kind: MediaKind,
        legs: Iterable[Leg],
        attach: Callable[[list[Leg]], Attachment],
        *,
        registry: set[Media],
    ) -> None:
        self.kind = kind
        self.legs = [leg for leg in legs if not leg.is_gone]
        self._registry = registry
        self._attachment: Attachment | None = None
        self.finished = trio.Event()
        if kind not in BESIDE:
            for leg in self.legs:
                leg.silence()
                leg.media = self
        if self.legs:
            registry.add(self)
            self._attachment = attach(self.legs)
            self.finished = self._attachment.finished
        else:
            self.finished.set()

    @property
    def seconds(self) -> float:
        """How much sound a recording has so far, in seconds; 0.0 for the other kinds."""
        return self._attachment.seconds if self._attachment is not None else 0.0

    def close(self) -> None:
        self._registry.discard(self)
        for leg in self.legs:
            if leg.media is self:
                leg.media = None
        if self._attachment is not None:
            self._attachment.close()
        self.finished.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
