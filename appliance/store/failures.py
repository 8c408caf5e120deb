"""What the store says when it cannot do what it should."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import msgspec

from appliance.errors import PorterError


class StoreFailed(PorterError):
    """Something could not be stored or read; nothing was changed."""


class NewerDatabase(PorterError):
    """A later release wrote the database."""


class Repaired(msgspec.Struct, frozen=True, kw_only=True):
    """A broken file was found at start, and what was done about it: for the one who runs the office to read."""

    file: Path
    kept_as: Path | None
    """Where the broken one is now; None when it was simply gone."""
    restored: bool
    """Whether the last good copy took its place; otherwise it begins anew."""

    @property
    def next_step(self) -> str:
        """What the one who runs the office does now."""
        if self.restored:
            return "Look whether the latest changes are there, and make them again where they are not."
        return "Restore a backup, or apply the last export with `porter apply FILE.yaml`."

    def __str__(self) -> str:
        what = f"{self.file} was broken and is kept as {self.kept_as}." if self.kept_as else f"{self.file} was gone."
        return f"{what} {'The last good copy is used.' if self.restored else 'There was no good copy: it begins anew.'}"


def as_store_failed(error: Exception) -> StoreFailed:
    """An error of the system or of SQLite in words."""
    if isinstance(error, StoreFailed):
        return error
    if is_full(error):
        return StoreFailed("The disk is full; nothing was changed.", "Remove old recordings or make room, then repeat.")
    if _is_read_only(error):
        return StoreFailed("The disk is read-only; nothing was changed.", "Check the card: `dmesg` names its faults.")
    return StoreFailed(f"The store failed: {error}; nothing was changed.", "Try again; `dmesg` tells more.")


def not_opened(file: Path, error: Exception) -> StoreFailed:
    """A file of the store that cannot be opened, in words."""
    if is_full(error) or _is_read_only(error):
        return as_store_failed(error)
    return StoreFailed(f"{file} cannot be opened: {error}.", "Let the controller's user write there.")


def is_full(error: Exception) -> bool:
    return _is_one_of(error, {sqlite3.SQLITE_FULL}, {errno.ENOSPC, errno.EDQUOT})


def is_disk_fault(error: Exception) -> bool:
    """Whether an error is the disk's, so that the same may work later; all others are our own."""
    return is_full(error) or _is_read_only(error) or _is_one_of(error, _OTHER_DISK_FAULTS, {errno.EIO})


_OTHER_DISK_FAULTS = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
}


def _is_read_only(error: Exception) -> bool:
    return _is_one_of(error, {sqlite3.SQLITE_READONLY}, {errno.EROFS})


def _is_one_of(error: Exception, codes: set[int], numbers: set[int]) -> bool:
    """Compare an error with result codes of SQLite (the primary part) or the system; their numbers overlap."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in codes
    return isinstance(error, OSError) and error.errno in numbers
