"""Call records: written through the one writer, read by anybody, also from the page's process."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from appliance.calls.names import CallId, Cause
from appliance.calls.record import CallRecord, ToldFact
from appliance.store import acquaintances
from appliance.store.failures import as_store_failed
from appliance.store.writer import Writer

BUSY_SECONDS = 2.0
LARGEST_PAGE = 500

_COLUMNS = (
    "seq, id, began_at, caller, caller_name, called, line, answered_at, seconds, talk_seconds, cause, interrupted"
)
_SHORTEST_INDEXED = 3
"""Characters; a trigram index knows nothing shorter."""


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call in a list; the rest of it is in its record."""

    seq: int
    """Grows with each call; where the next page begins."""
    id: CallId
    began_at: datetime | None
    """In UTC; None when the clock was not set."""
    caller: str
    """Number of who called; "" when withheld."""
    caller_name: str
    called: str
    line: str | None
    """The line it came in on; None for calls of the house."""
    answered_at: float | None
    """Seconds after the beginning; None: a missed call."""
    seconds: float | None
    """None while it lasts, and when it was interrupted."""
    talk_seconds: float
    cause: Cause | None
    """None while it lasts."""
    interrupted: bool


class CallPage(msgspec.Struct, frozen=True):
    """Some calls, newest first."""

    calls: tuple[CallRow, ...]
    older: int | None
    """`before` of the next page; None when there are no more."""


class CallRecords:
    """The `Records` port: both methods hand over and return at once."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def call_started(self, record: CallRecord) -> None:
        self._writer.submit(lambda connection: _insert(connection, record))

    def calls_go_on(self, records: Sequence[CallRecord]) -> None:
        """Calls as they are by now: what a crash leaves of them. Not kept while the disk refuses even their ends."""
        if self._writer.trouble is None:
            self._writer.submit(lambda connection: _insert_all(connection, records))

    def call_ended(self, record: CallRecord) -> None:
        self._writer.submit(lambda connection: _insert(connection, record))

    def close_interrupted(self) -> int:
        """Close the calls a crash cut, with cause 41; how many. Call it once, before the first call. Blocks."""
        return self._writer.do(_close_interrupted)

    def forget_all_but(self, newest: int) -> None:
        """Keep the card from filling up: forget all but that many calls."""
        self._writer.submit(lambda connection: _forget(connection, newest))


def _insert(connection: sqlite3.Connection, record: CallRecord) -> None:
    """Write a record in place of what was kept of the call so far; a finished one stays."""
    numbers = {
        party.number: party.name for party in (record.caller, *(leg.party for leg in record.legs)) if party.number
    }
    values = {
        "id": record.id,
        "began_at": None if record.began_at is None else record.began_at.timestamp(),
        "caller": record.caller.number,
        "caller_name": record.caller.name,
        "called": record.called,
        "line": record.caller.line,
        "answered_at": record.answered_at,
        "seconds": record.seconds,
        "talk_seconds": record.talk_seconds,
        "cause": record.cause,
        "interrupted": record.interrupted,
        "search": " ".join(dict.fromkeys(word for pair in numbers.items() for word in (*pair, record.called) if word)),
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    update = ", ".join(f"{name} = excluded.{name}" for name in values if name != "id")
    found = connection.execute(
        f"INSERT INTO calls ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {update} "
        "WHERE calls.cause IS NULL RETURNING seq",
        values,
    ).fetchall()
    for (seq,) in found:
        document = msgspec.json.encode(record)
        connection.execute("INSERT OR REPLACE INTO call_documents VALUES (?, ?)", (seq, document))
        connection.executemany(
            "INSERT OR IGNORE INTO call_numbers VALUES (?, ?)", [(number, seq) for number in (*numbers, record.called)]
        )
        if record.cause is not None:
            acquaintances.note(connection, record, seq)


def _insert_all(connection: sqlite3.Connection, records: Sequence[CallRecord]) -> None:
    for record in records:
        _insert(connection, record)


def _close_interrupted(connection: sqlite3.Connection) -> int:
    rows = connection.execute(
        "SELECT document FROM call_documents JOIN calls USING (seq) WHERE calls.cause IS NULL"
    ).fetchall()
    for (document,) in rows:
        record = _decoded(document)
        closed = msgspec.structs.replace(record, cause=Cause.TEMPORARY_FAILURE, interrupted=True)
        _insert(connection, closed)
    return len(rows)


def _forget(connection: sqlite3.Connection, newest: int) -> None:
    oldest = connection.execute("SELECT seq FROM calls ORDER BY seq DESC LIMIT 1 OFFSET ?", (newest - 1,)).fetchone()
    if oldest is not None:
        connection.execute("DELETE FROM calls WHERE seq < ? AND cause IS NOT NULL", oldest)
        acquaintances.forget(connection, *oldest)


class RecordsReader:
    """Reads call records beside the writer, in any thread or process that may write to the file's folder."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def page(
        self,
        *,
        text: str = "",
        number: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        missed: bool = False,
        before: int | None = None,
        size: int = 50,
    ) -> CallPage:
        """Calls, newest first.

        Args:
            text: Part of a number or of a name of anybody who took part, in any case; "" for all.
            number: A whole number that took part: an extension, or E.164.
            since: First moment of the time asked for; calls whose time is unknown are left out then.
            until: First moment after it.
            missed: Only those from outside that nobody answered, neither a person nor a mailbox, and which are over.
            before: `older` of the page before; None for the newest.
            size: How many at most, 1 to 500.

        Raises:
            StoreFailed: There are no records yet, or they cannot be read.
        """
        size = max(1, min(size, LARGEST_PAGE))
        wheres, values = _conditions(text, number, since, until, missed)
        if before is not None:
            wheres.append("calls.seq < :before")
        values |= {"before": before, "limit": size + 1}
        where = f"WHERE {' AND '.join(wheres)}" if wheres else ""
        rows = self._all(f"SELECT {_COLUMNS} FROM calls {where} ORDER BY seq DESC LIMIT :limit", values)
        calls = tuple(_row(row) for row in rows[:size])
        return CallPage(calls, calls[-1].seq if len(rows) > size else None)

    def call(self, call_id: str) -> CallRecord | None:
        """The whole record of a call, with its story; None when there is none of that id."""
        rows = self._all(
            "SELECT document FROM call_documents JOIN calls USING (seq) WHERE calls.id = :id", {"id": call_id}
        )
        return _decoded(rows[0][0]) if rows else None

    def latest_from_outside(self, most: int = 200) -> tuple[CallRecord, ...]:
        """The whole records of the latest calls that came in over a line, newest first."""
        rows = self._all(
            "SELECT document FROM call_documents JOIN calls USING (seq) WHERE line IS NOT NULL "
            "ORDER BY seq DESC LIMIT :most",
            {"most": most},
        )
        return tuple(_decoded(document) for (document,) in rows)

    def count(self) -> int:
        """How many calls are kept."""
        (count,) = self._all("SELECT count(*) FROM calls", {})[0]
        return int(count)

    def _all(self, statement: str, values: dict[str, Any]) -> list[Any]:
        with self._connected() as connection:
            return connection.execute(statement, values).fetchall()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each question: 0.2 ms, and no thread holds on to a database that was replaced."""
        try:
            with closing(
                sqlite3.connect(f"file:{quote(str(self._file))}?mode=rw", uri=True, timeout=BUSY_SECONDS)
            ) as connection:
                connection.execute("PRAGMA query_only = 1")
                yield connection
        except sqlite3.Error as error:
            raise as_store_failed(error) from error


def _conditions(
    text: str, number: str | None, since: datetime | None, until: datetime | None, missed: bool
) -> tuple[list[str], dict[str, Any]]:
    """Conditions of SQL, and their values."""
    wheres: list[str] = []
    values: dict[str, Any] = {}
    if wanted := _searched(text):
        if len(wanted) >= _SHORTEST_INDEXED:
            wheres.append("calls.seq IN (SELECT rowid FROM call_search WHERE call_search MATCH :text)")
            values["text"] = '"' + wanted.replace('"', '""') + '"'
        else:
            wheres.append("calls.search LIKE :text ESCAPE '\\'")
            values["text"] = "%" + re.sub(r"([\\%_])", r"\\\1", wanted) + "%"
    if number is not None:
        wheres.append("calls.seq IN (SELECT seq FROM call_numbers WHERE number = :number)")
        values["number"] = number
    for name, moment, sign in (("since", since, ">="), ("until", until, "<")):
        if moment is not None:
            wheres.append(f"began_at {sign} :{name}")
            values[name] = moment.timestamp()
    if missed:
        wheres.append("answered_at IS NULL AND cause IS NOT NULL AND line IS NOT NULL")
    return wheres, values


def _searched(text: str) -> str:
    """What to look for: a number without the separators people write, any other text without spaces around it."""
    trimmed = text.replace("\0", " ").strip()
    return re.sub(r"[ ()/-]", "", trimmed) if re.fullmatch(r"\+?[0-9 ()/-]+", trimmed) else trimmed


def _row(row: tuple[Any, ...]) -> CallRow:
    names = _COLUMNS.split(", ")
    values = dict(zip(names, row, strict=True))
    began_at, cause = values.pop("began_at"), values.pop("cause")
    return CallRow(
        **{**values, "interrupted": bool(values["interrupted"])},
        began_at=None if began_at is None else datetime.fromtimestamp(began_at, UTC),
        cause=None if cause is None else Cause(cause),
    )


def _decoded(document: bytes) -> CallRecord:
    """A record of this release, or of another as far as it is understood: facts that are unknown now are left out."""
    try:
        return msgspec.json.decode(document, type=CallRecord)
    except msgspec.ValidationError:
        plain = msgspec.json.decode(document)
        story = tuple(fact for told in plain.pop("story", ()) if (fact := _told(told)) is not None)
        return msgspec.structs.replace(msgspec.convert(plain, CallRecord), story=story)


def _told(plain: object) -> ToldFact | None:
    try:
        return msgspec.convert(plain, ToldFact)
    except msgspec.ValidationError:
        return None
