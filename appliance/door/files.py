"""Small files that are whole at any moment, whatever dies: a temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TypeVar

import msgspec

logger = logging.getLogger(__name__)

Content = TypeVar("Content")


def save(path: Path, content: object) -> None:
    """Write `content` as JSON; durable when this returns, and the previous one is kept beside it as `.last`.

    Raises OSError with the old file still in place.
    """
    temporary = path.with_name(path.name + ".new")
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(file, "wb") as new:
        new.write(msgspec.json.format(msgspec.json.encode(content)))
        new.flush()
        os.fsync(new.fileno())
    last = last_good(path)
    last.unlink(missing_ok=True)
    if path.exists():
        os.link(path, last)
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path, kind: type[Content], default: Content) -> Content:
    """What was saved; from the last good copy when the file is broken, `default` when there is none at all.

    A broken file is kept as `.broken` for whoever wants to know.
    """
    for candidate in (path, last_good(path)):
        try:
            return msgspec.json.decode(candidate.read_bytes(), type=kind)
        except FileNotFoundError:
            continue
        except (msgspec.MsgspecError, OSError) as error:
            logger.error("%s cannot be read (%s); trying the last good copy.", candidate, error)
            _set_aside(candidate)
    return default


def last_good(path: Path) -> Path:
    """Where the content before the newest is kept."""
    return path.with_name(path.name + ".last")


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(path.name + ".broken"))
    except OSError as error:
        logger.error("%s cannot be set aside: %s", path, error)
