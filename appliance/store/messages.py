"""Short messages, in and out, that no crash loses.

Coming in, a message is kept before the line may delete it from the SIM, and known again by its key when it is read
twice: it is handed over exactly once, and a command in it runs at most once.

Going out, a message waits here until the network took it. A crash between the two cannot be told from one just before,
so it is sent again: a message that comes twice does less harm than an alarm that never comes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from appliance.calls.ports import QueuedSms
from appliance.store.writer import Writer


class SmsIn(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came in."""

    key: str
    line: str
    sender: str
    text: str
    sent_at: datetime | None
    """By the service centre's clock."""
    received_at: datetime | None
    """None when our clock was not set."""


class SmsState(StrEnum):
    """How far an outgoing message is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class SmsOut(msgspec.Struct, frozen=True, kw_only=True):
    """An outgoing message, as people see it."""

    id: str
    to: str
    text: str
    line: str | None
    """Which took it, or is to take it; None: any."""
    state: SmsState
    queued_at: datetime | None
    reason: str = ""
    """Why it was given up."""


class StoredMessages:
    """The durable queue behind the outbox (`SmsQueue`), and what came in. Every method returns when it is durable."""

    def __init__(self, writer: Writer, wall: Callable[[], datetime | None]) -> None:
        self._writer = writer
        self._wall = wall

    async def keep_received(self, *, line: str, sender: str, text: str, sent_at: datetime | None, key: str) -> bool:
        """Keep a message that came in; False when one of that key is there already."""
        values = (key, line, sender, text, _as_text(sent_at), _as_text(self._wall()))
        return await self._writer.done(lambda connection: _insert(connection, values))

    async def received(self, count: int = 50) -> Sequence[SmsIn]:
        """The last messages that came in, newest first."""
        return await self._writer.done(lambda connection: _select_in(connection, count))

    async def add_sms(self, to: str, text: str, line: str | None) -> None:
        """Queue a message to be sent."""
        values = (to, text, line, SmsState.WAITING, _as_text(self._wall()))
        await self._writer.done(
            lambda connection: (
                connection.execute(
                    "INSERT INTO sms_out (receiver, text, line, state, queued_at) VALUES (?, ?, ?, ?, ?)", values
                ).rowcount
            )
        )

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        """Those neither sent nor given up, oldest first."""
        found = await self._writer.done(
            lambda connection: _select_out(connection, "state = 'waiting' ORDER BY seq LIMIT ?", 1000)
        )
        return [QueuedSms(id=sms.id, to=sms.to, text=sms.text, line=sms.line) for sms in found]

    async def sms_sent(self, id: str, line: str) -> None:
        """The network took it."""
        await self._writer.done(lambda connection: _end(connection, id, SmsState.SENT, line=line))

    async def sms_given_up(self, id: str, reason: str) -> None:
        """It can never be sent; kept for people to see."""
        await self._writer.done(lambda connection: _end(connection, id, SmsState.GIVEN_UP, reason=reason))

    async def outgoing(self, count: int = 50) -> Sequence[SmsOut]:
        """The last outgoing messages in any state, newest first."""
        return await self._writer.done(lambda connection: _select_out(connection, "1 ORDER BY seq DESC LIMIT ?", count))


def _insert(connection: sqlite3.Connection, values: tuple[Any, ...]) -> bool:
    added = connection.execute(
        "INSERT OR IGNORE INTO sms_in (key, line, sender, text, sent_at, received_at) VALUES (?, ?, ?, ?, ?, ?)", values
    )
    return added.rowcount == 1


def _select_in(connection: sqlite3.Connection, count: int) -> list[SmsIn]:
    rows = connection.execute(
        "SELECT key, line, sender, text, sent_at, received_at FROM sms_in ORDER BY seq DESC LIMIT ?", (count,)
    )
    return [
        SmsIn(
            key=key, line=line, sender=sender, text=text, sent_at=_as_time(sent_at), received_at=_as_time(received_at)
        )
        for key, line, sender, text, sent_at, received_at in rows
    ]


def _select_out(connection: sqlite3.Connection, where: str, count: int) -> list[SmsOut]:
    rows = connection.execute(
        f"SELECT seq, receiver, text, line, state, queued_at, reason FROM sms_out WHERE {where}", (count,)
    )
    return [
        SmsOut(
            id=str(seq),
            to=to,
            text=text,
            line=line,
            state=SmsState(state),
            queued_at=_as_time(queued_at),
            reason=reason,
        )
        for seq, to, text, line, state, queued_at, reason in rows
    ]


def _end(
    connection: sqlite3.Connection, id: str, state: SmsState, *, line: str | None = None, reason: str = ""
) -> None:
    connection.execute(
        "UPDATE sms_out SET state = ?, line = coalesce(?, line), reason = ? WHERE seq = ? AND state = 'waiting'",
        (state, line, reason, int(id)),
    )


def _as_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _as_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
