"""What a running door needs of the process it lives in: the time, the codes, the ledger, and somebody to tell."""

from __future__ import annotations

from typing import Protocol

import msgspec
import trio

from appliance.control.door_messages import LedgerEntry
from appliance.door.memory import Instant, Kept
from appliance.door.rules import Grant, KnownCodes


class Surroundings(Protocol):
    """The door process, as one door sees it."""

    boot: str
    hashing: trio.CapacityLimiter
    """How many codes are compared at a time, over all doors: each takes 19 MiB for a moment."""

    def now(self) -> Instant: ...
    def codes(self, door: str) -> KnownCodes: ...
    def claim(self, door: str, grant: Grant) -> bool:
        """Take one use of the code a grant is based on; False when another door was faster."""
        ...

    async def write(self, entry: LedgerEntry, kept: Kept | None, code_used: str | None) -> int:
        """Durable when it returns; raises LedgerUnavailable."""
        ...

    def tell(self, notice: msgspec.Struct) -> None: ...
    def changed(self) -> None:
        """The door's state is another; a new snapshot is due."""
        ...
