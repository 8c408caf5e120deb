"""What was called outside, kept through restarts: the `TollStore` port on the office's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from appliance.calls.names import Used
from appliance.store.writer import Writer


class StoredTolls:
    """Implements `TollStore`: one row for each account and period, which every minute of a call replaces."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def load(self) -> Mapping[tuple[str, str], Used]:
        """Blocks for some milliseconds."""
        return self._writer.do(_load)

    def keep_used(self, account: str, period: str, used: Used) -> None:
        values = (account, period, used.calls, used.minutes, used.money)
        self._writer.submit(
            lambda connection: connection.execute("INSERT OR REPLACE INTO tolls VALUES (?, ?, ?, ?, ?)", values)
        )

    def forget_used(self, account: str, period: str) -> None:
        self._writer.submit(
            lambda connection: connection.execute(
                "DELETE FROM tolls WHERE account = ? AND period = ?", (account, period)
            )
        )


def _load(connection: sqlite3.Connection) -> Mapping[tuple[str, str], Used]:
    rows = connection.execute("SELECT account, period, calls, minutes, money FROM tolls").fetchall()
    return {(account, period): Used(calls, minutes, money) for account, period, calls, minutes, money in rows}
