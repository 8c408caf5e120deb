"""The file of SIP accounts that Kamailio reads at its start; the live twin is `rpc.EdgeRpc.put_account`."""

import hashlib
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from appliance.errors import PorterError

# The layout Kamailio's htable module reads (its README, "Loading from database"), and the realm of the hashes.
SCHEMA = """
CREATE TABLE IF NOT EXISTS version (
    id INTEGER PRIMARY KEY NOT NULL, table_name VARCHAR(32) NOT NULL UNIQUE, table_version INTEGER NOT NULL);
INSERT OR IGNORE INTO version (table_name, table_version) VALUES ('accounts', 2);
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY NOT NULL, key_name VARCHAR(64) NOT NULL UNIQUE, key_type INTEGER DEFAULT 0 NOT NULL,
    value_type INTEGER DEFAULT 0 NOT NULL, key_value VARCHAR(128) NOT NULL, expires INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE IF NOT EXISTS realm (name TEXT NOT NULL);
"""
_USER = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HA1 = re.compile(r"[0-9a-f]{32}")


class BadAccount(PorterError):
    """An account the edge cannot hold: a user with odd characters, or something that is not an HA1."""


def ha1(user: str, realm: str, password: str) -> str:
    """The hash a digest is checked against (RFC 2617 3.2.2.2, MD5): as good as the password itself in this realm."""
    return hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


def check_account(user: str, digest: str) -> None:
    """Raises BadAccount unless the user is 1–64 letters, digits, `_`, `.` or `-`, and the digest an HA1."""
    if not _USER.fullmatch(user):
        raise BadAccount(f"SIP account {user!r} may only hold letters, digits, '_', '.' and '-', 64 at most.")
    if not _HA1.fullmatch(digest):
        raise BadAccount(f"The password of SIP account {user} is not given as 32 hexadecimal digits (HA1).")


def write_accounts(database: Path, realm: str, accounts: Mapping[str, str]) -> None:
    """Replace all accounts (user → HA1) in one durable transaction. Raises BadAccount before anything is changed."""
    for user, digest in accounts.items():
        check_account(user, digest)
    if not database.exists():
        database.touch()
        database.chmod(0o660)  # the edge and the controller are two users of one group
    with closing(sqlite3.connect(database, timeout=5)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(SCHEMA)
        with connection:
            connection.execute("DELETE FROM accounts")
            connection.execute("DELETE FROM realm")
            connection.execute("INSERT INTO realm (name) VALUES (?)", (realm,))
            connection.executemany("INSERT INTO accounts (key_name, key_value) VALUES (?, ?)", accounts.items())


def stored_realm(database: Path) -> str | None:
    """The realm the stored accounts were made for; None while there are none."""
    with closing(sqlite3.connect(database, timeout=5)) as connection:
        row = connection.execute("SELECT name FROM realm").fetchone()
    return None if row is None else str(row[0])
