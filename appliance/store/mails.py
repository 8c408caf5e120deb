"""Voicemails that wait to be sent by mail, durably: a message is queued in the same transaction that keeps it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from appliance.calls.ports import VoiceMessage
from appliance.store.writer import Writer

MOST_AT_ONCE = 100


class QueuedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A voicemail that waits to be sent."""

    to: str
    message: VoiceMessage


class StoredMails:
    """The durable queue of mail. Every method returns when it is durable."""

    def __init__(self, writer: Writer, voicemail_folder: Path) -> None:
        self._writer = writer
        self._folder = voicemail_folder

    async def add(self, message_id: str, to: str) -> None:
        """Queue a message that is in its box already; once, however often."""
        await self._writer.done(lambda connection: add_mail(connection, message_id, to))

    async def waiting(self) -> Sequence[QueuedMail]:
        """Those neither sent nor given up, oldest first. What was removed from its box meanwhile is not sent."""
        return await self._writer.done(self._waiting)

    async def sent(self, message_id: str) -> None:
        """The server took it."""
        await self._writer.done(lambda connection: _end(connection, message_id, "sent", ""))

    async def given_up(self, message_id: str, reason: str) -> None:
        """It can never be sent, such as to an address that does not exist; the message stays in its box."""
        await self._writer.done(lambda connection: _end(connection, message_id, "given_up", reason))

    async def refused(self) -> Mapping[str, str]:
        """By address, why the last mail to it was given up; addresses whose last mail was sent are not among them."""
        return await self._writer.done(_refused)

    def _waiting(self, connection: sqlite3.Connection) -> list[QueuedMail]:
        connection.execute(
            "DELETE FROM mail_out WHERE state = 'waiting' AND message NOT IN (SELECT id FROM voice_messages)"
        )
        rows = connection.execute(
            "SELECT receiver, id, box, file, caller, caller_name, left_at, voice_messages.seconds, heard, forwarded_by "
            "FROM mail_out JOIN voice_messages ON id = message WHERE state = 'waiting' ORDER BY mail_out.seq LIMIT ?",
            (MOST_AT_ONCE,),
        )
        return [
            QueuedMail(
                to=receiver,
                message=VoiceMessage(
                    id=message_id,
                    box=box,
                    path=str(self._folder / box / file),
                    caller=caller,
                    caller_name=caller_name,
                    left_at=None if left_at is None else datetime.fromisoformat(left_at),
                    seconds=seconds,
                    heard=bool(heard),
                    forwarded_by=by,
                ),
            )
            for receiver, message_id, box, file, caller, caller_name, left_at, seconds, heard, by in rows
        ]


def add_mail(connection: sqlite3.Connection, message_id: str, to: str) -> None:
    """Queue a message, as part of a job that keeps it."""
    connection.execute(
        "INSERT OR IGNORE INTO mail_out (message, receiver, state) VALUES (?, ?, 'waiting')", (message_id, to)
    )


def _end(connection: sqlite3.Connection, message_id: str, state: str, reason: str) -> None:
    connection.execute(
        "UPDATE mail_out SET state = ?, reason = ? WHERE message = ? AND state = 'waiting'",
        (state, reason, message_id),
    )


def _refused(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT receiver, reason FROM mail_out WHERE state = 'given_up' AND seq IN "
        "(SELECT max(seq) FROM mail_out WHERE state != 'waiting' GROUP BY receiver)"
    )
    return dict(rows.fetchall())
