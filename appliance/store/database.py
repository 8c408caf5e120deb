"""The SQLite file of the office: how it is opened, its tables, and what happens when it is broken."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from appliance.store.atomic import last_good_copy, set_aside_name, sync_folder
from appliance.store.failures import NewerDatabase, Repaired

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
_SHARED_FILE, _SHARED_FOLDER = 0o660, 0o2770
"""For the group: a reader of a WAL file writes to its -shm file, which has the mode of the database."""

_TABLES = (
    """
    CREATE TABLE calls (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        began_at REAL,
        caller TEXT NOT NULL,
        caller_name TEXT NOT NULL,
        called TEXT NOT NULL,
        line TEXT,
        answered_at REAL,
        seconds REAL,
        talk_seconds REAL NOT NULL,
        cause INTEGER,
        interrupted INTEGER NOT NULL,
        search TEXT NOT NULL
    );
    CREATE INDEX calls_by_time ON calls (began_at);
    CREATE INDEX calls_open ON calls (seq) WHERE cause IS NULL;
    CREATE INDEX calls_missed ON calls (seq) WHERE answered_at IS NULL;

    CREATE TABLE call_documents (seq INTEGER PRIMARY KEY, document BLOB NOT NULL);
    CREATE TABLE call_numbers (number TEXT, seq INTEGER, PRIMARY KEY (number, seq)) WITHOUT ROWID;

    CREATE VIRTUAL TABLE call_search USING fts5 (
        search, content='calls', content_rowid='seq', tokenize='trigram', columnsize=0
    );
    CREATE TRIGGER call_search_insert AFTER INSERT ON calls BEGIN
        INSERT INTO call_search (rowid, search) VALUES (new.seq, new.search);
    END;
    CREATE TRIGGER call_search_delete AFTER DELETE ON calls BEGIN
        INSERT INTO call_search (call_search, rowid, search) VALUES ('delete', old.seq, old.search);
        DELETE FROM call_documents WHERE seq = old.seq;
        DELETE FROM call_numbers WHERE seq = old.seq;
    END;
    CREATE TRIGGER call_search_update AFTER UPDATE OF search ON calls WHEN old.search IS NOT new.search BEGIN
        INSERT INTO call_search (call_search, rowid, search) VALUES ('delete', old.seq, old.search);
        INSERT INTO call_search (rowid, search) VALUES (new.seq, new.search);
    END;

    CREATE TABLE voice_messages (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        box TEXT NOT NULL,
        file TEXT NOT NULL,
        caller TEXT NOT NULL,
        caller_name TEXT NOT NULL,
        left_at TEXT,
        seconds REAL NOT NULL,
        heard INTEGER NOT NULL
    );
    CREATE INDEX voice_messages_by_box ON voice_messages (box, seq);

    CREATE TABLE sms_in (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        line TEXT NOT NULL,
        sender TEXT NOT NULL,
        text TEXT NOT NULL,
        sent_at TEXT,
        received_at TEXT
    );

    CREATE TABLE sms_out (
        seq INTEGER PRIMARY KEY,
        receiver TEXT NOT NULL,
        text TEXT NOT NULL,
        line TEXT,
        state TEXT NOT NULL,
        queued_at TEXT,
        reason TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX sms_out_waiting ON sms_out (seq) WHERE state = 'waiting';
    """,
    """
    CREATE TABLE agents (number TEXT PRIMARY KEY, changed_at REAL NOT NULL, wall TEXT, document BLOB NOT NULL);
    CREATE TABLE team_turns (team TEXT PRIMARY KEY, member TEXT NOT NULL);
    """,
    """
    CREATE TABLE last_talks (number TEXT PRIMARY KEY, extension TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX last_talks_by_age ON last_talks (seq);
    CREATE TABLE last_callers (extension TEXT PRIMARY KEY, number TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE talk_recordings (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        call TEXT NOT NULL,
        file TEXT NOT NULL,
        started_by TEXT NOT NULL,
        parties TEXT NOT NULL,
        began_at TEXT,
        seconds REAL NOT NULL
    );
    CREATE INDEX talk_recordings_by_call ON talk_recordings (call);
    """,
    """
    CREATE TABLE last_dialled (extension TEXT PRIMARY KEY, number TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE promised_calls (id TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
    """,
    """
    ALTER TABLE voice_messages ADD COLUMN deleted_at TEXT;
    ALTER TABLE voice_messages ADD COLUMN forwarded_by TEXT NOT NULL DEFAULT '';
    CREATE TABLE mail_out (
        seq INTEGER PRIMARY KEY,
        message TEXT NOT NULL UNIQUE,
        receiver TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX mail_out_waiting ON mail_out (seq) WHERE state = 'waiting';
    """,
    """
    CREATE TABLE appointments (
        calendar TEXT NOT NULL,
        starts_at REAL NOT NULL,
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (calendar, starts_at)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE tolls (
        account TEXT NOT NULL,
        period TEXT NOT NULL,
        calls INTEGER NOT NULL,
        minutes INTEGER NOT NULL,
        money REAL NOT NULL,
        PRIMARY KEY (account, period)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE appointments ADD COLUMN minutes INTEGER NOT NULL DEFAULT 30;
    """,
    """
    CREATE TABLE sms_parts (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        line TEXT NOT NULL,
        pdu TEXT NOT NULL
    );
    CREATE INDEX sms_parts_waiting ON sms_parts (line, seq) WHERE pdu != '';
    CREATE TABLE sms_out_parts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        message INTEGER NOT NULL,
        part INTEGER NOT NULL,
        line TEXT NOT NULL,
        state TEXT NOT NULL,
        is_last INTEGER NOT NULL DEFAULT 0,
        reference INTEGER,
        fate TEXT NOT NULL DEFAULT '',
        UNIQUE (message, part)
    );
    CREATE INDEX sms_out_parts_unreported ON sms_out_parts (line, seq) WHERE fate IN ('', 'trying');
    ALTER TABLE sms_in ADD COLUMN raw TEXT NOT NULL DEFAULT '';
    ALTER TABLE sms_out ADD COLUMN reason_value TEXT NOT NULL DEFAULT '';
    ALTER TABLE sms_out ADD COLUMN changed_at TEXT;
    UPDATE sms_out SET state = 'failed' WHERE state = 'given_up';
    """,
    """
    CREATE TABLE notices (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document BLOB NOT NULL);
    """,
    """
    CREATE TABLE handled_calls (seq INTEGER PRIMARY KEY, team TEXT NOT NULL, seconds REAL NOT NULL);
    CREATE INDEX handled_calls_by_team ON handled_calls (team, seq);
    CREATE TABLE wrong_pins (what TEXT PRIMARY KEY, wrong INTEGER NOT NULL, until TEXT) WITHOUT ROWID;
    """,
)
"""`_TABLES[n]` takes a database of version n to n + 1; released ones never change."""


class Opened(NamedTuple):
    """A database that can be used."""

    connection: sqlite3.Connection
    repaired: Repaired | None


def open_database(path: Path) -> Opened:
    """The office's database for the one thread that writes, with its tables up to date.

    A broken one is set aside with a time stamp; the last good copy takes its place, or an empty one.

    Raises:
        NewerDatabase: A later release wrote it. Nothing is changed.
        OSError, sqlite3.Error: It cannot be opened or made.
    """
    path.parent.mkdir(mode=_SHARED_FOLDER, parents=True, exist_ok=True)
    repaired = _recover(path)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _SHARED_FILE))
        path.chmod(_SHARED_FILE)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return Opened(connection, repaired)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _refuse_newer(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA journal_size_limit = 4194304")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for at in range(version, len(_TABLES)):
        connection.executescript(f"BEGIN IMMEDIATE;{_TABLES[at]}PRAGMA user_version = {at + 1};COMMIT;")


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_TABLES):
        raise NewerDatabase(
            f"{path} is of version {version}, and this release understands up to {len(_TABLES)}.",
            "Install the newer release, or restore a backup of this one.",
        )


def copy_database(path: Path) -> None:
    """Renew the last good copy of a database, also of one in use; durable when this returns.

    Takes seconds on a large one, and then blocks nobody who writes. Raises OSError or sqlite3.Error, with the former
    copy in place.
    """
    copy = last_good_copy(path)
    temporary = copy.with_name(f".{copy.name}.new")
    temporary.unlink(missing_ok=True)
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=BUSY_SECONDS)
    try:
        connection.execute("VACUUM INTO ?", (str(temporary),))
        temporary.chmod(_SHARED_FILE)
        _sync_file(temporary)
        temporary.replace(copy)
    finally:
        connection.close()
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _recover(path: Path) -> Repaired | None:
    """Set a broken database aside and put the last good copy in its place; None when all is well.

    The write-ahead log belongs to the broken file and goes with it.
    """
    copy = last_good_copy(path)
    if _is_good(path) or (not copy.exists() and _is_empty(path)):
        return None
    aside = set_aside_name(path) if path.exists() else None
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(f"{aside or set_aside_name(path)}{suffix}")
    restored = _is_good(copy)
    if restored:
        temporary = path.with_name(f".{path.name}.new")
        shutil.copyfile(copy, temporary)  # no second name for it: SQLite writes in place
        temporary.chmod(_SHARED_FILE)
        _sync_file(temporary)
        temporary.replace(path)
    sync_folder(path.parent)
    found = Repaired(file=path, kept_as=aside, restored=restored)
    log.error("%s", found)
    return found


def _is_empty(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _is_good(path: Path) -> bool:
    """Whether SQLite can read all of a file. Reading brings in the write-ahead log, as it does after any crash.

    Raises sqlite3.OperationalError when it cannot be opened for a reason that says nothing about its content.
    """
    if _is_empty(path):
        return False
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return False
    finally:
        connection.close()
