"""Short messages, in and out, that no crash loses or doubles as far as a network allows (docs/decisions/0006).

Coming in, a message is kept before the line may delete it from the SIM, and known again by its key when it is read
twice: it is handed over exactly once, and a command in it runs at most once. Parts of longer ones are kept one by one.

Going out, a message waits here until the network took all its parts. Each part is noted before it is sent, so that
after a crash those are known of which nobody can say whether the network took them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from appliance.calls.ports import PartNumbers, QueuedSms, ReceivedSms, SmsFate, SmsReport
from appliance.store.writer import Writer

KNOWN_PARTS = 20_000
"""Parts of messages already kept whose keys are remembered, to know them when a network repeats them."""
UNDELIVERED = "undelivered"
"""Name of the reason when a report says so."""
SAME_DIGITS = 8
"""Numbers are the same when so many of their last digits are: a report may leave out the country."""


class SmsIn(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came in."""

    id: str
    key: str
    line: str
    sender: str
    text: str
    sent_at: datetime | None
    """By the service centre's clock."""
    received_at: datetime | None
    """None when our clock was not set."""
    raw: str = ""
    """The PDU of a message that could not be read as it should; "" otherwise."""


class SmsState(StrEnum):
    """How far an outgoing message is."""

    WAITING = "waiting"
    SENT = "sent"
    """The network took all of it."""
    DELIVERED = "delivered"
    """The network says that the recipient's phone has it."""
    FAILED = "failed"
    CANCELLED = "cancelled"


class SmsOut(msgspec.Struct, frozen=True, kw_only=True):
    """An outgoing message, as people see it."""

    id: str
    to: str
    text: str
    line: str | None
    """Which took it, or is to take it; None: any."""
    state: SmsState
    queued_at: datetime | None
    changed_at: datetime | None = None
    """When it came into this state; None while it waits, and where the clock was not set."""
    reason: str = ""
    """Why it failed or still waits, by a name of `appliance.control.sms_reasons`; "" for no particular reason."""
    reason_value: str = ""
    """What that name leaves open."""
    doubt: str = ""
    """The line that may have taken a part of it without our learning of it; "" for none."""


class StoredMessages:
    """The durable queue behind the outbox (`SmsQueue`), and what came in. Every method returns when it is durable.

    Attributes:
        on_change: Called after anything a list of messages shows has changed.
    """

    def __init__(self, writer: Writer, wall: Callable[[], datetime | None]) -> None:
        self._writer = writer
        self._wall = wall
        self.on_change: Callable[[], None] = lambda: None

    # Coming in.

    async def keep_received(self, sms: ReceivedSms) -> bool:
        """Keep a message that came in; False when one of that key is there already."""
        is_new = await self._writer.done(lambda connection: _keep(connection, sms, self._now()))
        if is_new:
            self.on_change()
        return is_new

    async def keep_part(self, line: str, key: str, pdu: str) -> bool:
        """See `Inbox.sms_part_came`."""
        return await self._writer.done(lambda connection: _keep_part(connection, line, key, pdu))

    async def parts(self, line: str) -> Sequence[tuple[str, str]]:
        """See `Inbox.sms_parts`."""
        query = "SELECT key, pdu FROM sms_parts WHERE line = ? AND pdu != '' ORDER BY seq"
        return await self._writer.done(lambda connection: connection.execute(query, (line,)).fetchall())

    async def received(self, count: int = 50) -> Sequence[SmsIn]:
        """The last messages that came in, newest first."""
        return await self._writer.done(lambda connection: _select_in(connection, count))

    # Going out, as the outbox sees it.

    async def add_sms(self, to: str, text: str, line: str | None) -> str:
        """Queue a message to be sent; its id."""
        values = (to, text, line, SmsState.WAITING, self._now())
        seq = await self._writer.done(
            lambda connection: (
                connection.execute(
                    "INSERT INTO sms_out (receiver, text, line, state, queued_at) VALUES (?, ?, ?, ?, ?)", values
                ).lastrowid
            )
        )
        self.on_change()
        return str(seq)

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        """Those of which parts are still to be sent, oldest first."""
        return await self._writer.done(_select_waiting)

    async def part_begins(self, id: str, part: int, line: str, *, is_last: bool) -> PartNumbers | None:
        """See `SmsQueue.part_begins`. A part that is sent again keeps its numbers."""
        return await self._writer.done(lambda connection: _begin_part(connection, int(id), part, line, is_last))

    async def part_refused(self, id: str, part: int) -> None:
        """It was not taken, without doubt."""
        await self._writer.done(
            lambda connection: (
                connection.execute(
                    "UPDATE sms_out_parts SET state = 'refused' WHERE message = ? AND part = ? AND state = 'sending'",
                    (int(id), part),
                ).rowcount
            )
        )

    async def part_taken(self, id: str, part: int, reference: int | None) -> None:
        """The network took it; with the last one the message is sent."""
        now = self._now()
        await self._writer.done(lambda connection: _part_taken(connection, int(id), part, reference, now))
        self.on_change()

    async def sms_waits(self, id: str, reason: str, value: str) -> None:
        """Why it still waits."""
        await self._writer.done(
            lambda connection: (
                connection.execute(
                    "UPDATE sms_out SET reason = ?, reason_value = ? WHERE seq = ? AND state = 'waiting'",
                    (reason, value, int(id)),
                ).rowcount
            )
        )
        self.on_change()

    async def sms_failed(self, id: str, reason: str, value: str) -> None:
        """It cannot be sent; kept for people to see."""
        now = self._now()
        await self._writer.done(
            lambda connection: _change(connection, int(id), (SmsState.WAITING,), SmsState.FAILED, now, reason, value)
        )
        self.on_change()

    async def reported(self, report: SmsReport) -> bool:
        """Note what became of a part; False when it fits none of ours."""
        now = self._now()
        found = await self._writer.done(lambda connection: _report(connection, report, now))
        if found:
            self.on_change()
        return found

    # Going out, as people see it.

    async def outgoing(self, count: int = 50) -> Sequence[SmsOut]:
        """The last outgoing messages in any state, newest first."""
        return await self._writer.done(lambda connection: _select_out(connection, count))

    async def cancel(self, id: str) -> bool:
        """Send no further part of a message; False when it does not wait. Parts the network took are not undone."""
        now = self._now()
        changed = await self._writer.done(
            lambda connection: _change(connection, int(id), (SmsState.WAITING,), SmsState.CANCELLED, now)
        )
        self.on_change()
        return changed

    async def retry(self, id: str) -> bool:
        """Send a failed or cancelled message again, the parts the network did not take; all of them when it could not
        deliver them. False when it is in another state."""
        changed = await self._writer.done(lambda connection: _retry(connection, int(id)))
        self.on_change()
        return changed

    def _now(self) -> str | None:
        wall = self._wall()
        return None if wall is None else wall.isoformat()


def _keep(connection: sqlite3.Connection, sms: ReceivedSms, now: str | None) -> bool:
    sent_at = None if sms.sent_at is None else sms.sent_at.isoformat()
    added = connection.execute(
        "INSERT OR IGNORE INTO sms_in (key, line, sender, text, sent_at, received_at, raw)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (sms.key, sms.line, sms.sender, sms.text, sent_at, now, sms.raw),
    )
    connection.executemany("UPDATE sms_parts SET pdu = '' WHERE key = ?", [(key,) for key in sms.parts])
    return added.rowcount == 1


def _keep_part(connection: sqlite3.Connection, line: str, key: str, pdu: str) -> bool:
    added = connection.execute("INSERT OR IGNORE INTO sms_parts (key, line, pdu) VALUES (?, ?, ?)", (key, line, pdu))
    if added.rowcount == 1:
        connection.execute(
            "DELETE FROM sms_parts WHERE pdu = '' AND seq <= (SELECT max(seq) FROM sms_parts) - ?", (KNOWN_PARTS,)
        )
        return True
    (kept,) = connection.execute("SELECT pdu FROM sms_parts WHERE key = ?", (key,)).fetchone()
    return bool(kept)


def _select_in(connection: sqlite3.Connection, count: int) -> list[SmsIn]:
    rows = connection.execute(
        "SELECT seq, key, line, sender, text, sent_at, received_at, raw FROM sms_in ORDER BY seq DESC LIMIT ?", (count,)
    )
    return [
        SmsIn(
            id=str(seq),
            key=key,
            line=line,
            sender=sender,
            text=text,
            sent_at=_as_time(sent_at),
            received_at=_as_time(received_at),
            raw=raw,
        )
        for seq, key, line, sender, text, sent_at, received_at, raw in rows
    ]


def _select_waiting(connection: sqlite3.Connection) -> list[QueuedSms]:
    rows = connection.execute(
        "SELECT seq, receiver, text, sms_out.line,"
        " (SELECT count(*) FROM sms_out_parts WHERE message = sms_out.seq AND state = 'taken'),"
        " coalesce((SELECT line FROM sms_out_parts WHERE message = sms_out.seq AND state = 'sending'), '')"
        " FROM sms_out WHERE state = 'waiting' ORDER BY seq LIMIT 1000"
    )
    return [
        QueuedSms(id=str(seq), to=to, text=text, line=line, next_part=taken + 1, doubt=doubt)
        for seq, to, text, line, taken, doubt in rows
    ]


def _begin_part(
    connection: sqlite3.Connection, message: int, part: int, line: str, is_last: bool
) -> PartNumbers | None:
    found = connection.execute("SELECT 1 FROM sms_out WHERE seq = ? AND state = 'waiting'", (message,)).fetchone()
    if found is None:
        return None
    connection.execute(
        "INSERT INTO sms_out_parts (message, part, line, state, is_last) VALUES (?, ?, ?, 'sending', ?)"
        " ON CONFLICT (message, part) DO UPDATE SET line = excluded.line, state = 'sending' WHERE state != 'taken'",
        (message, part, line, is_last),
    )
    query = "SELECT seq FROM sms_out_parts WHERE message = ? AND part = ?"
    (first,) = connection.execute(query, (message, 1)).fetchone()
    (own,) = connection.execute(query, (message, part)).fetchone()
    return PartNumbers(joining=first % 256, reference=own % 256)


def _part_taken(
    connection: sqlite3.Connection, message: int, part: int, reference: int | None, now: str | None
) -> None:
    connection.execute(
        "UPDATE sms_out_parts SET state = 'taken', reference = coalesce(?, reference) WHERE message = ? AND part = ?",
        (reference, message, part),
    )
    _settle(connection, message, now)


def _report(connection: sqlite3.Connection, report: SmsReport, now: str | None) -> bool:
    rows = connection.execute(
        "SELECT sms_out_parts.seq, message, receiver, sms_out_parts.state, reference FROM sms_out_parts"
        " JOIN sms_out ON sms_out.seq = message"
        " WHERE sms_out_parts.line = ? AND fate IN ('', 'trying') ORDER BY sms_out_parts.seq DESC",
        (report.line,),
    ).fetchall()
    ours = [row for row in rows if _is_same_number(row[2], report.to)]
    named = [row for row in ours if row[3] == "taken" and row[4] == report.reference]
    # A part in doubt has no reference yet: a report that fits no other says that the network took it.
    doubtful = [row for row in reversed(ours) if row[3] == "sending"]
    for seq, message, *_ in [*named, *doubtful][:1]:
        connection.execute(
            "UPDATE sms_out_parts SET state = 'taken', reference = ?, fate = ? WHERE seq = ?",
            (report.reference, report.fate, seq),
        )
        _settle(connection, message, now)
        return True
    return False


def _settle(connection: sqlite3.Connection, message: int, now: str | None) -> None:
    """A message is sent when its last part was taken; all reports tell whether it is delivered or has failed."""
    parts = connection.execute(
        "SELECT state, is_last, fate, line FROM sms_out_parts WHERE message = ? ORDER BY part", (message,)
    ).fetchall()
    state, is_last, _, line = parts[-1]
    if state != "taken" or not is_last:
        return
    connection.execute("UPDATE sms_out SET line = ? WHERE seq = ?", (line, message))
    # A message that was cancelled while its last part was under way is sent all the same.
    _change(connection, message, (SmsState.WAITING, SmsState.CANCELLED), SmsState.SENT, now)
    fates = {fate for _, _, fate, _ in parts}
    if SmsFate.FAILED in fates:
        _change(connection, message, (SmsState.SENT,), SmsState.FAILED, now, UNDELIVERED)
    elif fates == {SmsFate.DELIVERED}:
        _change(connection, message, (SmsState.SENT,), SmsState.DELIVERED, now)


def _retry(connection: sqlite3.Connection, message: int) -> bool:
    undelivered = "SELECT 1 FROM sms_out_parts WHERE message = ? AND fate = 'failed'"
    if connection.execute(undelivered, (message,)).fetchone() is not None:
        connection.execute("DELETE FROM sms_out_parts WHERE message = ?", (message,))
    return _change(connection, message, (SmsState.FAILED, SmsState.CANCELLED), SmsState.WAITING, None)


def _change(
    connection: sqlite3.Connection,
    message: int,
    before: tuple[SmsState, ...],
    after: SmsState,
    now: str | None,
    reason: str = "",
    value: str = "",
) -> bool:
    places = ", ".join("?" * len(before))
    changed = connection.execute(
        "UPDATE sms_out SET state = ?, changed_at = ?, reason = ?, reason_value = ?"
        f" WHERE seq = ? AND state IN ({places})",
        (after, now, reason, value, message, *before),
    )
    return changed.rowcount == 1


def _select_out(connection: sqlite3.Connection, count: int) -> list[SmsOut]:
    rows = connection.execute(
        "SELECT seq, receiver, text, line, state, queued_at, changed_at, reason, reason_value,"
        " coalesce((SELECT line FROM sms_out_parts WHERE message = sms_out.seq AND state = 'sending'), '')"
        " FROM sms_out ORDER BY seq DESC LIMIT ?",
        (count,),
    )
    return [
        SmsOut(
            id=str(seq),
            to=to,
            text=text,
            line=line,
            state=SmsState(state),
            queued_at=_as_time(queued_at),
            changed_at=_as_time(changed_at),
            reason=reason,
            reason_value=value,
            doubt=doubt,
        )
        for seq, to, text, line, state, queued_at, changed_at, reason, value, doubt in rows
    ]


def _is_same_number(one: str, other: str) -> bool:
    """Whether two ways to write a number mean the same; short ones must agree whole."""
    digits, others = one.lstrip("+"), other.lstrip("+")
    both_long = min(len(digits), len(others)) >= SAME_DIGITS
    return digits == others or (both_long and digits[-SAME_DIGITS:] == others[-SAME_DIGITS:])


def _as_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
