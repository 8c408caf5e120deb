"""Wrong PINs kept through restarts: the `WrongPinStore` port on the office's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from appliance.calls.wrong_pins import KeptTries
from appliance.store.writer import Writer


class StoredWrongPins:
    """Each thing that a PIN opens has one row, which every wrong one replaces and a right one removes."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def load(self) -> Mapping[str, KeptTries]:
        """What was kept last. Blocks for some milliseconds; called once, before the first call."""
        return self._writer.do(_load)

    def keep(self, what: str, tries: KeptTries) -> None:
        values = (what, tries.wrong, None if tries.until is None else tries.until.isoformat())
        self._writer.submit(
            lambda connection: connection.execute("INSERT OR REPLACE INTO wrong_pins VALUES (?, ?, ?)", values)
        )

    def forget(self, what: str) -> None:
        self._writer.submit(lambda connection: connection.execute("DELETE FROM wrong_pins WHERE what = ?", (what,)))


def _load(connection: sqlite3.Connection) -> dict[str, KeptTries]:
    rows = connection.execute("SELECT what, wrong, until FROM wrong_pins")
    return {
        what: KeptTries(wrong, None if until is None else datetime.fromisoformat(until)) for what, wrong, until in rows
    }
