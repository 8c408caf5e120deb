"""The edge's SQLite files before Kamailio opens them: each is made, or checked and set aside when it is broken.

Kamailio refuses to start on a damaged file or on tables of another version. Nothing in these files is the only copy of
anything: the controller knows the accounts, phones register again, so an empty file is always better than no telephone.
Of the accounts a copy is kept at every good start, as no phone can register until the controller has written them anew.
"""

import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from appliance.errors import PorterError

from . import accounts
from .settings import EdgeSettings

log = logging.getLogger(__name__)

SCHEMAS = Path("/usr/share/kamailio/db_sqlite")


class SchemaMissing(PorterError):
    """Kamailio's own table definitions are not installed."""


def prepare(settings: EdgeSettings, now: Callable[[], datetime] = datetime.now) -> tuple[Path, ...]:
    """Make every database usable; returns the broken files, as they are now called."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    settings.runtime_folder.mkdir(parents=True, exist_ok=True)
    schemas = {
        settings.accounts_db: accounts.SCHEMA,
        settings.location_db: _packaged("standard", "usrloc"),
        settings.dialogs_db: _packaged("standard", "dialog"),
        settings.presence_db: _packaged("standard", "presence"),
    }
    set_aside = []
    for database, schema in schemas.items():
        fault = _fault(database, schema) if database.exists() else None
        if fault is not None:
            kept = _set_aside(database, now())
            log.error("database %s cannot be used (%s): kept as %s, going on without it", database, fault, kept)
            set_aside.append(kept)
        if database == settings.accounts_db:
            _bring_back(database, schema)
        if not database.exists():
            _create(database, schema)
    _keep_copy(settings.accounts_db)
    return tuple(set_aside)


def _bring_back(database: Path, schema: str) -> None:
    """Put the copy of the last good start in the place of a database that is gone, if there is a good one."""
    good = _last_good(database)
    if not database.exists() and good.exists() and _fault(good, schema) is None:
        shutil.copyfile(good, database)
        log.warning("database %s is the copy of the last good start: what changed since then is missing", database)


def _keep_copy(database: Path) -> None:
    new = database.with_name(database.name + ".new")
    shutil.copyfile(database, new)
    new.replace(_last_good(database))


def _last_good(database: Path) -> Path:
    return database.with_name(database.name + ".last-good")


def _packaged(*names: str) -> str:
    try:
        return "".join((SCHEMAS / f"{name}-create.sql").read_text(encoding="utf-8") for name in names)
    except FileNotFoundError as error:
        raise SchemaMissing(
            f"Kamailio's table definitions are missing ({error.filename}).",
            "Install them with: apt-get install kamailio-sqlite-modules",
        ) from error


def _create(database: Path, schema: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(schema)
    database.chmod(0o660)


def _fault(database: Path, schema: str) -> str | None:
    """Why the file cannot be used, or None. Tables of another Kamailio version are a fault too."""
    try:
        with closing(sqlite3.connect(database, timeout=5)) as connection, closing(sqlite3.connect(":memory:")) as fresh:
            fresh.executescript(schema)
            damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                return str(damage)
            if _versions(connection) != _versions(fresh):
                return "its tables belong to another version of Kamailio"
    except sqlite3.DatabaseError as error:
        return str(error)
    return None


def _versions(connection: sqlite3.Connection) -> set[tuple[str, int]]:
    return set(connection.execute("SELECT table_name, table_version FROM version"))


def _set_aside(database: Path, now: datetime) -> Path:
    """Rename the file, and the journal that belongs to it, so that nothing is lost and nothing is in the way."""
    suffix = f".broken-{now:%Y%m%d-%H%M%S}"
    kept = database.with_name(database.name + suffix)
    database.replace(kept)
    for tail in ("-wal", "-shm", "-journal"):
        journal = database.with_name(database.name + tail)
        if journal.exists():
            journal.replace(kept.with_name(kept.name + tail))
    return kept
