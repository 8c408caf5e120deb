"""Promised callbacks: a customer hung up and keeps his place in a queue. They outlive his call and the process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from appliance.config.models import Language


class PromisedCall(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one callback. Times are office seconds."""

    id: str
    queue: str
    """Name of the queue."""
    number: str
    """E.164, or an extension."""
    name: str = ""
    language: Language
    """What the customer is spoken to in."""
    entered: float
    """When he came to the queue, from which his place counts."""
    steps: int = 0
    """Of priority."""
    asked_at: float
    tries: int = 0
    """How often he was called in vain."""
    apologies: int = 0
    """How often he was called in vain to be told that nobody could call him back in time."""
    not_before: float = 0.0
    """When he may be called again."""
    kept_at: float = 0.0
    """When this was kept."""
    kept_wall: datetime | None = None
    """The time of day then; None when the clock was not set."""


class PromiseStore(Protocol):
    """Keeps promised callbacks. `keep` and `forget` hand over to the store's queue, in order, and return at once."""

    def load(self) -> Sequence[PromisedCall]: ...
    def keep(self, promised: PromisedCall) -> None: ...
    def forget(self, id: str) -> None: ...

    async def settled(self) -> None:
        """Returns when all that was handed over is durable; raises `PorterError` when it cannot be."""
        ...
