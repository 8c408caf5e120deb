"""Notices, kept through restarts: the `NoticeStore` port on the office's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from appliance.calls.notices import Notice
from appliance.store.writer import Writer


class StoredNotices:
    """One row for each notice, in the order in which they changed last."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def load(self) -> Sequence[Notice]:
        """What is kept. Blocks for some milliseconds; called once, before anything happens."""
        return self._writer.do(_load)

    def keep(self, notice: Notice) -> None:
        values = (notice.id, msgspec.json.encode(notice))
        self._writer.submit(
            lambda connection: connection.execute("INSERT OR REPLACE INTO notices (id, document) VALUES (?, ?)", values)
        )

    def forget(self, id: str) -> None:
        self._writer.submit(lambda connection: connection.execute("DELETE FROM notices WHERE id = ?", (id,)))


def _load(connection: sqlite3.Connection) -> list[Notice]:
    rows = connection.execute("SELECT document FROM notices ORDER BY seq DESC").fetchall()
    return [msgspec.json.decode(document, type=Notice) for (document,) in rows]
