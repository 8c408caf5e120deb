"""Small files that only the page may read, written so that a power cut leaves either the old one or the new one."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)


def write_privately(path: Path, data: bytes) -> None:
    """Replace a file; durable when this returns, mode 0600 from its first byte on."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renamed and removed names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def secret_of(path: Path) -> str:
    """The secret in a file, made at first use, and anew when the file is broken."""
    try:
        kept = path.read_text().strip()
    except FileNotFoundError:
        kept = ""
    except UnicodeDecodeError as error:
        log.warning("%s is broken and is written anew: %s", path, error)
        kept = ""
    if not kept:
        kept = secrets.token_hex(32)
        write_privately(path, kept.encode())
    return kept
