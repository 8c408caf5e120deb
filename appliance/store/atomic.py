"""Files that are whole at any moment: temporary file, fsync, rename, fsync of the folder, and a last good copy."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from appliance.store.failures import Repaired

log = logging.getLogger(__name__)

_PRIVATE = 0o600


def last_good_copy(path: Path) -> Path:
    """Where the content before the newest is kept."""
    return path.with_name(f"{path.name}.bak")


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file; durable when this returns, and after a crash at any moment it is the old or the new one.

    Raises OSError with the old file in place.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _PRIVATE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            _link(path, last_good_copy(path))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def recover(path: Path, is_good: Callable[[Path], bool]) -> Repaired | None:
    """Look at a file before it is used: a broken one is set aside and its last good copy takes its place.

    Args:
        is_good: Whether a file can be read; must not change it.

    None when all is well, also when there has never been a file.
    """
    copy = last_good_copy(path)
    if path.exists() and is_good(path):
        return None
    if not path.exists() and not copy.exists():
        return None
    aside = _set_aside(path) if path.exists() else None
    restored = copy.exists() and is_good(copy)
    if restored:
        _link(copy, path)
    sync_folder(path.parent)
    found = Repaired(file=path, kept_as=aside, restored=restored)
    log.error("%s", found)
    return found


def set_aside_name(path: Path) -> Path:
    """An unused name for a broken file, with the moment in it."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    names = (
        path.with_name(f"{path.name}.broken-{stamp}{suffix}") for suffix in ("", *(f"-{n}" for n in range(2, 1000)))
    )
    return next(name for name in names if not name.exists())


def _set_aside(path: Path) -> Path:
    aside = set_aside_name(path)
    path.rename(aside)
    return aside


def _link(path: Path, name: Path) -> None:
    """A second name for a file, replacing what had it in one step."""
    temporary = name.with_name(f".{name.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.hardlink_to(path)
    try:
        temporary.replace(name)
    except OSError:
        temporary.unlink()
        raise


class AtomicStorage(Storage):
    """TinyDB's storage on such a file; TinyDB's own one writes in place and loses everything when power fails."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        tables: dict[str, dict[str, Any]] = json.loads(content)
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        write_whole(self._path, json.dumps(data, ensure_ascii=False, indent=1).encode())


def is_tables(path: Path) -> bool:
    """Whether a file holds what TinyDB keeps there.

    Raises OSError when it cannot be read for a reason that says nothing about its content, such as missing rights.
    """
    try:
        tables = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return False
    return isinstance(tables, dict) and all(isinstance(table, dict) for table in tables.values())
