"""Records of a door that nobody waits for: alarms, and the way out, which no disk may keep shut."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable

import trio

from appliance.control.door_messages import LedgerEntry
from appliance.door.ledger import LedgerUnavailable
from appliance.door.memory import Kept

logger = logging.getLogger(__name__)

MOST_WAITING = 1000
"""Entries in memory while the disk does not answer; then the oldest are lost, and the log has them."""


class BackgroundRecords:
    """Writes entries one after the other in the order they came.

    Args:
        write: Durable when it returns; raises LedgerUnavailable.
    """

    def __init__(self, write: Callable[[LedgerEntry, Kept | None], Awaitable[int]]) -> None:
        self._write = write
        self._waiting: deque[tuple[LedgerEntry, Kept | None, trio.Event]] = deque(maxlen=MOST_WAITING)
        self._something = trio.Event()

    def put(self, entry: LedgerEntry, kept: Kept | None = None) -> trio.Event:
        """Have it written; the event comes when it is durable, or when it could not be written."""
        done = trio.Event()
        self._waiting.append((entry, kept, done))
        self._something.set()
        return done

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._something.wait()
            while self._waiting:
                entry, kept, done = self._waiting.popleft()
                try:
                    await self._write(entry, kept)
                except trio.Cancelled:
                    self._waiting.appendleft((entry, kept, done))
                    raise
                except LedgerUnavailable:
                    logger.error("Door %s: %s %s could not be recorded.", entry.door, entry.result, entry.reason or "")
                done.set()
            self._something = trio.Event()

    def unwritten(self) -> list[tuple[LedgerEntry, Kept | None]]:
        """What still waits when nobody writes any more, oldest first."""
        return [(entry, kept) for entry, kept, _ in self._waiting]
