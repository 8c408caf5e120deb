"""Appointments that callers booked: the `Appointments` port on the office's database.

The table itself lets each time of a calendar be booked once, however many callers choose it in the same moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from appliance.calls.ports import Appointment
from appliance.store.writer import Writer


class StoredAppointments:
    """Asks and writes through the one writer, so that what is read is what was booked last."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def booked(self, calendar: str, since: datetime) -> Sequence[Appointment]:
        def look(connection: sqlite3.Connection) -> list[tuple[float, str, str]]:
            return connection.execute(
                "SELECT starts_at, number, name FROM appointments WHERE calendar = ? AND starts_at >= ? "
                "ORDER BY starts_at",
                (calendar, since.timestamp()),
            ).fetchall()

        return [
            Appointment(calendar=calendar, starts_at=datetime.fromtimestamp(at, UTC), number=number, name=name)
            for at, number, name in await self._writer.done(look)
        ]

    async def book(self, appointment: Appointment) -> bool:
        values = (appointment.calendar, appointment.starts_at.timestamp(), appointment.number, appointment.name)

        def insert(connection: sqlite3.Connection) -> bool:
            done = connection.execute("INSERT OR IGNORE INTO appointments VALUES (?, ?, ?, ?)", values)
            return done.rowcount == 1

        return await self._writer.done(insert)

    async def cancel(self, appointment: Appointment) -> None:
        values = (appointment.calendar, appointment.starts_at.timestamp())

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM appointments WHERE calendar = ? AND starts_at = ?", values)

        await self._writer.done(delete)
