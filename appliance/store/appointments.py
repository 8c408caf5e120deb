"""Appointments that callers booked: the `Appointments` port on the office's database.

The one statement that books looks for what overlaps, so that each time of a calendar is booked once, however many
callers choose it in the same moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from appliance.calls.ports import Appointment
from appliance.store.writer import Writer

_BOOK = """
INSERT INTO appointments (calendar, starts_at, number, name, minutes)
SELECT :calendar, :starts_at, :number, :name, :minutes WHERE NOT EXISTS (
    SELECT 1 FROM appointments
    WHERE calendar = :calendar AND starts_at < :starts_at + :minutes * 60 AND starts_at + minutes * 60 > :starts_at
)
"""


class StoredAppointments:
    """Asks and writes through the one writer, so that what is read is what was booked last."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def booked(self, calendar: str | None, since: datetime) -> Sequence[Appointment]:
        values = {"calendar": calendar, "since": since.timestamp()}

        def look(connection: sqlite3.Connection) -> list[tuple[str, float, str, str, int]]:
            return connection.execute(
                "SELECT calendar, starts_at, number, name, minutes FROM appointments "
                "WHERE (:calendar IS NULL OR calendar = :calendar) AND starts_at + minutes * 60 > :since "
                "ORDER BY starts_at, calendar",
                values,
            ).fetchall()

        return [
            Appointment(
                calendar=calendar, starts_at=datetime.fromtimestamp(at, UTC), number=number, name=name, minutes=minutes
            )
            for calendar, at, number, name, minutes in await self._writer.done(look)
        ]

    async def book(self, appointment: Appointment) -> bool:
        values = {
            "calendar": appointment.calendar,
            "starts_at": appointment.starts_at.timestamp(),
            "number": appointment.number,
            "name": appointment.name,
            "minutes": appointment.minutes,
        }

        def insert(connection: sqlite3.Connection) -> bool:
            return connection.execute(_BOOK, values).rowcount == 1

        return await self._writer.done(insert)

    async def cancel(self, appointment: Appointment) -> None:
        values = (appointment.calendar, appointment.starts_at.timestamp())

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM appointments WHERE calendar = ? AND starts_at = ?", values)

        await self._writer.done(delete)
