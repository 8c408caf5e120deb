"""Who of the house knows whom outside: one row for each number and each extension, written with the records, so that
asking is one look-up however many calls there were."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import trio

from appliance.calls.record import CallRecord, dialled_by, rung_from_outside, talked

log = logging.getLogger(__name__)

BUSY_SECONDS = 1.0
"""A caller waits meanwhile."""


def note(connection: sqlite3.Connection, record: CallRecord, seq: int) -> None:
    """Keep what a call that is over tells. Runs in the writer's thread, perhaps twice."""
    if (pair := talked(record)) is not None:
        connection.execute("INSERT OR REPLACE INTO last_talks VALUES (?, ?, ?)", (*pair, seq))
    connection.executemany(
        "INSERT OR REPLACE INTO last_callers VALUES (?, ?, ?)",
        [(extension, record.caller.number, seq) for extension in rung_from_outside(record)],
    )
    if (dialled := dialled_by(record, record.caller.number)) is not None:
        connection.execute("INSERT OR REPLACE INTO last_dialled VALUES (?, ?, ?)", (record.caller.number, dialled, seq))


def forget(connection: sqlite3.Connection, before: int) -> None:
    """Forget what calls before a sequence number told."""
    connection.execute("DELETE FROM last_talks WHERE seq < ?", (before,))
    connection.execute("DELETE FROM last_callers WHERE seq < ?", (before,))
    connection.execute("DELETE FROM last_dialled WHERE seq < ?", (before,))


class StoredAcquaintances:
    """The `Acquaintances` port. A store that cannot be read knows nobody; the call goes its usual way."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def last_talk(self, number: str) -> str | None:
        return await self._ask("SELECT extension FROM last_talks WHERE number = ?", number)

    async def last_caller(self, extension: str) -> str | None:
        return await self._ask("SELECT number FROM last_callers WHERE extension = ?", extension)

    async def last_dialled(self, extension: str) -> str | None:
        return await self._ask("SELECT number FROM last_dialled WHERE extension = ?", extension)

    async def _ask(self, statement: str, key: str) -> str | None:
        try:
            return await trio.to_thread.run_sync(self._look_up, statement, key)
        except sqlite3.Error as error:
            log.warning("Who knows %s cannot be read: %s", key, error)
            return None

    def _look_up(self, statement: str, key: str) -> str | None:
        uri = f"file:{quote(str(self._file))}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA query_only = 1")
            row = connection.execute(statement, (key,)).fetchone()
        return None if row is None else str(row[0])
