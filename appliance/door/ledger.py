"""The record of every try to open a door: append-only, durable before the relay moves, and chained by hashes.

Each entry carries the SHA-256 of itself and the entry before, so that a changed, removed or inserted entry is found.
The newest entry's hash also goes to the system's journal and into a file beside, which show a tail that was cut off.
What a door keeps over restarts and how often guests have come in live in the same database, in the same transaction:
pulling the plug gives no free tries.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from appliance.control.door_messages import LedgerEntry
from appliance.door import clock
from appliance.door.memory import SPOILED, Kept
from appliance.errors import PorterError

logger = logging.getLogger(__name__)

_SCHEMA = 2
_CREATE = """
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    at TEXT, boot TEXT NOT NULL, monotonic REAL NOT NULL,
    door TEXT NOT NULL, channel TEXT NOT NULL, asker TEXT, person TEXT, call_id TEXT,
    result TEXT NOT NULL, reason TEXT,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TABLE kept (door TEXT, kind TEXT, content TEXT NOT NULL, PRIMARY KEY (door, kind)) STRICT;
CREATE TABLE uses (code TEXT PRIMARY KEY, used INTEGER NOT NULL) STRICT;
"""
_COLUMNS = tuple(field.name for field in msgspec.structs.fields(LedgerEntry))
_SELECT = f"SELECT {', '.join(_COLUMNS)}, hash FROM entries"
_INSERT = f"INSERT INTO entries ({', '.join(_COLUMNS)}, hash) VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
_SEARCHED = " || ' ' || ".join(
    f"coalesce({column}, '')" for column in ("at", "door", "channel", "asker", "person", "call_id", "result", "reason")
)
_FIRST_HASH = "0" * 64
FAULT = "ledger_fault"
_BROKEN = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a file raises that somebody has changed; the second where SQLite wants to quote what it has read there."""


class LedgerUnavailable(PorterError):
    """The ledger cannot be written or read: a full disk, a read-only folder, a broken file."""


class Ledger:
    """The ledger in a file. Blocking; use it from one thread at a time.

    It opens itself when needed, so that it works again by itself once the disk does. A file that is no database any
    more is set aside and a new ledger begins with an entry that says so.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._head = (0, _FIRST_HASH)

    def append(self, entry: LedgerEntry, kept: Kept | None = None, code_used: str | None = None) -> int:
        """Write one try; durable when this returns its number. `entry.number` is ignored.

        Args:
            kept: What to keep of this door over a restart; None: all as before.
            code_used: Id of a code of which one use is gone now.

        Raises LedgerUnavailable with nothing written.
        """
        with self._open() as database:
            number, previous = self._head
            numbered = msgspec.structs.replace(entry, number=number + 1)
            head = (number + 1, entry_hash(numbered, previous))
            with database:
                database.execute(_INSERT, (*_values(numbered), head[1]))
                if kept is not None:
                    row = (entry.door, type(kept).__name__, msgspec.json.encode(kept).decode())
                    database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", row)
                if code_used is not None:
                    count = "INSERT INTO uses VALUES (?, 1) ON CONFLICT (code) DO UPDATE SET used = used + 1"
                    database.execute(count, (code_used,))
            self._head = head
        logger.info("Ledger entry %d: %s, door %s, %s.", *head, entry.door, entry.result)
        self._write_head()
        return head[0]

    def kept(self) -> tuple[tuple[str, Kept], ...]:
        """What is kept, with the door's name."""
        with self._open() as database:
            rows = database.execute("SELECT door, content FROM kept").fetchall()
            return tuple((door, kept) for door, content in rows for kept in _kept(content))

    def uses(self) -> dict[str, int]:
        """How often each limited code has opened, by its id."""
        with self._open() as database:
            return dict(database.execute("SELECT code, used FROM uses").fetchall())

    def page(self, most: int, before: int | None = None, text: str = "") -> tuple[LedgerEntry, ...]:
        """Entries, newest first.

        Args:
            before: Only those with a smaller number.
            text: Only those that hold it in one of their fields, whatever its case.
        """
        with self._open() as database:
            rows = database.execute(
                f"{_SELECT} WHERE number < ? AND instr(folded({_SEARCHED}), ?) ORDER BY number DESC LIMIT ?",
                (before or (1 << 62), text.casefold(), most),
            )
            return tuple(_shown(row) for row in rows)

    def verify(self) -> tuple[int, tuple[str, ...]]:
        """How many entries there are, and every one that is not as it was written, in words."""
        faults: list[str] = []
        number, previous = 0, _FIRST_HASH
        with self._open() as database:
            try:
                for row in database.execute(f"{_SELECT} ORDER BY number"):
                    if row[0] != number + 1:
                        faults.append(f"Entries {number + 1} to {row[0] - 1} are missing.")
                    elif not _is_as_written(row, previous):
                        faults.append(f"Entry {row[0]} was changed, or put in later.")
                    number, previous = row[0], str(row[-1])
            except _BROKEN as error:
                faults.append(f"The ledger cannot be read beyond entry {number}: {error}.")
            faults.extend(self._cut_off(database, number, previous))
        return number, tuple(faults)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._database is not None:
            database, self._database = self._database, None
            database.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._database is None:
                self._connect()
            assert self._database is not None
            yield self._database
        except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
            self._close_quietly()
            raise LedgerUnavailable(
                f"The ledger of the door cannot be used: {error}.", f"Check the disk: {self._path.parent}."
            ) from error

    def _close_quietly(self) -> None:
        try:
            self.close()
        except sqlite3.Error as error:
            logger.warning("The broken ledger did not close: %s", error)

    def _connect(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = self._prepared()
        except _BROKEN as error:
            if isinstance(error, sqlite3.OperationalError):  # disk full, read-only, busy: the file is not to blame
                raise
            kept = self._set_aside()
            logger.error("The ledger is broken (%s); it is kept as %s and a new one begins.", error, kept)
            self._database = self._prepared()
            self._note(f"The earlier ledger was broken and is kept as {kept.name}.")
        for fault in self._cut_off(self._database, *self._head):
            logger.error("%s", fault)
            self._note(fault)

    def _note(self, fault: str) -> None:
        """Put what is wrong with the ledger into it, for the notes beside it are soon overwritten."""
        boot, monotonic = clock.boot_id(), time.monotonic()
        self.append(
            LedgerEntry(
                number=0, at=None, boot=boot, monotonic=monotonic, door="", channel="", result=FAULT, reason=fault
            )
        )

    def _prepared(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=1.0, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.create_function("folded", 1, str.casefold, deterministic=True)
            database.execute("PRAGMA synchronous = FULL")  # NORMAL loses acknowledged entries in a power cut
            (schema,) = database.execute("PRAGMA user_version").fetchone()
            if schema == 0:
                with database:
                    database.executescript(f"BEGIN; {_CREATE} PRAGMA user_version = {_SCHEMA}; COMMIT;")
            elif schema != _SCHEMA:
                cause = f"it is of another release (schema {schema}, not {_SCHEMA})"
                raise sqlite3.OperationalError(cause)  # noqa: TRY301 - closed and told like any other failure
            newest = database.execute("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1").fetchone()
            number, hash = newest or (0, _FIRST_HASH)
            if not isinstance(hash, str):
                cause = "its newest entry has lost its hash"
                raise sqlite3.DatabaseError(cause)  # noqa: TRY301 - set aside like any other broken file
            self._head = (number, hash)
        except BaseException:
            database.close()
            raise
        return database

    def _set_aside(self) -> Path:
        kept = self._path.with_name(f"{self._path.name}.broken")
        tries = 1
        while kept.exists():
            tries += 1
            kept = self._path.with_name(f"{self._path.name}.broken-{tries}")
        self._path.replace(kept)
        for suffix in ("-wal", "-shm", ".head"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return kept

    @property
    def _head_file(self) -> Path:
        return self._path.with_name(self._path.name + ".head")

    def _write_head(self) -> None:
        """Note the newest entry outside the database; not synced, for it only has to show foul play."""
        try:
            temporary = self._head_file.with_name(self._head_file.name + ".new")
            temporary.write_text(f"{self._head[0]} {self._head[1]}\n")
            temporary.replace(self._head_file)
        except OSError as error:
            logger.warning("The ledger's newest entry was not noted beside it: %s", error)

    def _cut_off(self, database: sqlite3.Connection, number: int, newest: str) -> list[str]:
        """What the note beside says of an end that is not there any more. The note may be of an earlier entry."""
        try:
            noted_number, noted_hash = self._head_file.read_text().split()
            noted = int(noted_number)
        except FileNotFoundError:
            return [f"The note of the newest entry is missing: {self._head_file}."] if number else []
        except (OSError, ValueError) as error:
            return [f"The note of the newest entry cannot be read: {error}."]
        if noted > number:
            return [f"Entries {number + 1} to {noted} were cut off the end of the ledger."]
        written = newest
        if noted < number:
            row = database.execute("SELECT hash FROM entries WHERE number = ?", (noted,)).fetchone()
            written = row[0] if row else ""
        return [] if noted_hash == written else [f"Entry {noted} is not the one that was written."]


def entry_hash(entry: LedgerEntry, previous: str) -> str:
    """The link of the chain: SHA-256 over the previous link and the entry's fields as JSON."""
    return hashlib.sha256(previous.encode() + b"\n" + msgspec.json.encode(_values(entry))).hexdigest()


def read(path: Path) -> tuple[LedgerEntry, ...]:
    """All entries of a ledger file, oldest first, without changing anything; for tests and for reports."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return tuple(_entry(row) for row in database.execute(f"{_SELECT} ORDER BY number"))


def _values(entry: LedgerEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, column) for column in _COLUMNS)


def _entry(row: tuple[object, ...]) -> LedgerEntry:
    return msgspec.convert(dict(zip(_COLUMNS, row, strict=False)), LedgerEntry)


def _shown(row: tuple[object, ...]) -> LedgerEntry:
    """An entry to look at; one that somebody has made unreadable is shown as that."""
    try:
        return _entry(row)
    except msgspec.ValidationError:
        reason = "This entry cannot be read: it was changed."
        number = row[0] if isinstance(row[0], int) else 0
        return LedgerEntry(
            number=number, at=None, boot="", monotonic=0.0, door="", channel="", result=FAULT, reason=reason
        )


def _is_as_written(row: tuple[object, ...], previous: str) -> bool:
    try:
        return entry_hash(_entry(row), previous) == row[-1]
    except msgspec.ValidationError:  # a number where a text was, and the like
        return False


def _kept(content: str) -> tuple[Kept, ...]:
    try:
        return (msgspec.json.decode(content, type=Kept),)
    except msgspec.MsgspecError as error:
        logger.error("What a door had kept cannot be read: %s", error)
        return SPOILED
