"""The record of every try to open a door: append-only, durable before the relay moves, and chained by hashes.

Each entry carries the SHA-256 of itself and the entry before, so that a changed, removed or inserted entry is found.
The newest entry's hash also goes to the system's journal and into a file beside, which show a tail that was cut off.
The count of wrong codes lives in the same database, in the same transaction: pulling the plug gives no free tries.
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
from appliance.errors import PorterError

logger = logging.getLogger(__name__)

_SCHEMA = 1
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
CREATE TABLE wrong_codes (
    door TEXT PRIMARY KEY, count INTEGER NOT NULL, locked_out_until REAL NOT NULL, boot TEXT NOT NULL
) STRICT;
"""
_COLUMNS = tuple(field.name for field in msgspec.structs.fields(LedgerEntry))
_SELECT = f"SELECT {', '.join(_COLUMNS)}, hash FROM entries"
_INSERT = f"INSERT INTO entries ({', '.join(_COLUMNS)}, hash) VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
_FIRST_HASH = "0" * 64
FAULT = "ledger_fault"


class LedgerUnavailable(PorterError):
    """The ledger cannot be written or read: a full disk, a read-only folder, a broken file."""


class WrongCodes(msgspec.Struct, frozen=True):
    """Wrong codes of a door in a row."""

    count: int
    locked_out_until: float
    """Monotonic seconds of the boot in which it was written."""
    boot: str


class Ledger:
    """The ledger in a file. Blocking; use it from one thread at a time.

    It opens itself when needed, so that it works again by itself once the disk does. A file that is no database any
    more is set aside and a new ledger begins with an entry that says so.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._head = (0, _FIRST_HASH)

    def append(self, entry: LedgerEntry, wrong_codes: WrongCodes | None = None) -> int:
        """Write one try; durable when this returns its number. `entry.number` is ignored.

        Args:
            wrong_codes: What to remember of this door's wrong codes; None: as before.

        Raises LedgerUnavailable with nothing written.
        """
        with self._open() as database:
            number, previous = self._head
            numbered = msgspec.structs.replace(entry, number=number + 1)
            head = (number + 1, entry_hash(numbered, previous))
            with database:
                database.execute(_INSERT, (*_values(numbered), head[1]))
                if wrong_codes is not None:
                    row = (entry.door, wrong_codes.count, wrong_codes.locked_out_until, wrong_codes.boot)
                    database.execute("INSERT OR REPLACE INTO wrong_codes VALUES (?, ?, ?, ?)", row)
            self._head = head
        logger.info("Ledger entry %d: %s, door %s, %s.", *head, entry.door, entry.result)
        self._write_head()
        return head[0]

    def wrong_codes(self) -> dict[str, WrongCodes]:
        """What is remembered of each door."""
        with self._open() as database:
            rows = database.execute("SELECT door, count, locked_out_until, boot FROM wrong_codes")
            return {door: WrongCodes(count, until, boot) for door, count, until, boot in rows}

    def page(self, most: int, before: int | None = None) -> tuple[LedgerEntry, ...]:
        """Entries, newest first."""
        with self._open() as database:
            rows = database.execute(
                f"{_SELECT} WHERE number < ? ORDER BY number DESC LIMIT ?", (before or (1 << 62), most)
            )
            return tuple(_entry(row) for row in rows)

    def verify(self) -> tuple[int, tuple[str, ...]]:
        """How many entries there are, and every one that is not as it was written, in words."""
        faults: list[str] = []
        expected, previous = 1, _FIRST_HASH
        with self._open() as database:
            for row in database.execute(f"{_SELECT} ORDER BY number"):
                entry, written = _entry(row), row[-1]
                if entry.number != expected:
                    faults.append(f"Entries {expected} to {entry.number - 1} are missing.")
                elif entry_hash(entry, previous) != written:
                    faults.append(f"Entry {entry.number} was changed, or put in later.")
                expected, previous = entry.number + 1, written
        faults.extend(self._cut_off(expected - 1, previous))
        return expected - 1, tuple(faults)

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
        except (sqlite3.Error, OSError) as error:
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
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # disk full, read-only, busy: the file is not to blame
                raise
            kept = self._set_aside()
            logger.error("The ledger is broken (%s); it is kept as %s and a new one begins.", error, kept)
            self._database = self._prepared()
            self._note(f"The earlier ledger was broken and is kept as {kept.name}.")
        for fault in self._cut_off(*self._head):
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
            database.execute("PRAGMA synchronous = FULL")  # NORMAL loses acknowledged entries in a power cut
            (schema,) = database.execute("PRAGMA user_version").fetchone()
            if schema == 0:
                with database:
                    database.executescript(f"BEGIN; {_CREATE} PRAGMA user_version = {_SCHEMA}; COMMIT;")
            elif schema != _SCHEMA:
                cause = f"it is of another release (schema {schema}, not {_SCHEMA})"
                raise sqlite3.OperationalError(cause)  # noqa: TRY301 - closed and told like any other failure
            row = database.execute("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1").fetchone()
            self._head = row or (0, _FIRST_HASH)
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

    def _cut_off(self, number: int, newest: str) -> list[str]:
        try:
            noted, noted_hash = self._head_file.read_text().split()
            if int(noted) > number:
                return [f"Entries {number + 1} to {noted} were cut off the end of the ledger."]
            if int(noted) == number and noted_hash != newest:
                return [f"Entry {number} is not the one that was written."]
        except FileNotFoundError:
            return [f"The note of the newest entry is missing: {self._head_file}."] if number else []
        except (OSError, ValueError) as error:
            return [f"The note of the newest entry cannot be read: {error}."]
        return []


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
