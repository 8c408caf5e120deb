"""Callbacks that queues promised, kept through restarts: the `PromiseStore` port on the office's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from appliance.calls.promises import PromisedCall
from appliance.store.writer import Writer


class StoredPromises:
    """Implements `PromiseStore`. Each promise has one row until it is kept or void."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def load(self) -> Sequence[PromisedCall]:
        """What was promised before the start. Blocks for some milliseconds; called once, before the first call."""
        return self._writer.do(_load)

    def keep(self, promised: PromisedCall) -> None:
        values = (promised.id, msgspec.json.encode(promised))
        self._writer.submit(
            lambda connection: connection.execute("INSERT OR REPLACE INTO promised_calls VALUES (?, ?)", values)
        )

    def forget(self, id: str) -> None:
        self._writer.submit(lambda connection: connection.execute("DELETE FROM promised_calls WHERE id = ?", (id,)))

    async def settled(self) -> None:
        """Returns when all of the above is durable; raises `StoreFailed` when the disk does not let us."""
        await self._writer.done(_nothing)
        if self._writer.trouble is not None:
            raise self._writer.trouble


def _load(connection: sqlite3.Connection) -> list[PromisedCall]:
    rows = connection.execute("SELECT document FROM promised_calls").fetchall()
    promised = [msgspec.json.decode(document, type=PromisedCall) for (document,) in rows]
    return sorted(promised, key=lambda one: one.asked_at)


def _nothing(_: sqlite3.Connection) -> None:
    """A job that is done when all before it are."""
