"""Voicemail: recordings as WAV files, one folder for each box, and their index in the database.

A file without an index row is a recording a crash has cut: it is repaired and kept at the next start. So a message is
removed file first, row second.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import trio

from appliance.calls.ports import VoiceMessage
from appliance.errors import PorterError
from appliance.store.atomic import sync_folder
from appliance.store.failures import StoreFailed, as_store_failed
from appliance.store.wav import repair
from appliance.store.writer import Writer

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 2.0
"""What a crash left of a shorter recording is no message."""

LEAST_ROOM_BYTES = 500_000
"""Free space for half a minute of a message; with less a caller is told that none can be recorded."""

GREETING = "greeting.wav"
_COLUMNS = "id, box, file, caller, caller_name, left_at, seconds, heard"
_BOX = re.compile(r"[0-9]{1,16}")
_EARLIEST_YEAR = 2024
"""A file with an older date was written while the clock was not set."""

OnChange = Callable[[str, int, int], None]


class NoSuchBox(PorterError):
    """A name no mailbox can have."""


class StoredMailboxes:
    """The `Mailboxes` port. Opening it repairs what a crash left, and blocks as long.

    Attributes:
        on_change: Called with a box and its new and old messages whenever these may have changed, in Trio's thread.
    """

    def __init__(
        self, writer: Writer, folder: Path, new_id: Callable[[], str], on_change: OnChange | None = None
    ) -> None:
        self.on_change: OnChange = on_change or _nobody_looks
        self._writer = writer
        self._folder = folder
        self._new_id = new_id
        writer.do(self._reconcile)

    async def new_recording(self, box: str) -> str:
        path = self._box_folder(box) / f"{self._new_id()}.wav"
        try:
            await trio.to_thread.run_sync(_make_folder, path.parent)
            room = (await trio.to_thread.run_sync(shutil.disk_usage, path.parent)).free
        except OSError as error:
            raise as_store_failed(error) from error
        if room < LEAST_ROOM_BYTES:
            raise StoreFailed("The disk is full; no message can be recorded.", "Remove old recordings or make room.")
        return str(path)

    async def keep(self, message: VoiceMessage) -> None:
        counts = await self._writer.done(lambda connection: self._insert(connection, message))
        self.on_change(message.box, *counts)

    def keep_soon(self, message: VoiceMessage) -> None:
        self._writer.submit(
            lambda connection: self._insert(connection, message),
            lambda counts: self.on_change(message.box, *counts),
        )

    def discard_soon(self, path: str) -> None:
        recording = Path(path)
        if recording.parent.parent != self._folder or recording.suffix != ".wav":
            raise ValueError(f"{path} is not a recording of a mailbox")
        self._writer.submit(lambda _: recording.unlink(missing_ok=True))

    async def messages(self, box: str) -> Sequence[VoiceMessage]:
        """What is in a box, oldest first."""
        return await self._writer.done(lambda connection: self._select(connection, box))

    async def mark_heard(self, message_id: str) -> None:
        changed = await self._writer.done(lambda connection: _mark_heard(connection, message_id))
        self._tell(changed)

    async def delete(self, message_id: str) -> None:
        self._tell(await self._writer.done(lambda connection: self._delete(connection, message_id)))

    def delete_soon(self, message_id: str) -> None:
        self._writer.submit(lambda connection: self._delete(connection, message_id), self._tell)

    async def greeting(self, box: str) -> str | None:
        path = self._box_folder(box) / GREETING
        return str(path) if await trio.to_thread.run_sync(path.is_file) else None

    async def counts(self) -> dict[str, tuple[int, int]]:
        """New and old messages of every box that has any: what the lamps show at start."""
        return await self._writer.done(_all_counts)

    def _tell(self, changed: tuple[str, int, int] | None) -> None:
        if changed is not None:
            self.on_change(*changed)

    def _box_folder(self, box: str) -> Path:
        if not _BOX.fullmatch(box):
            raise NoSuchBox(f'"{box}" is no mailbox.', "A mailbox is named by the number of its extension.")
        return self._folder / box

    # Jobs, in the writer's thread. Each may run twice.

    def _insert(self, connection: sqlite3.Connection, message: VoiceMessage) -> tuple[int, int]:
        path = Path(message.path)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
        _write_row(connection, message)
        return _counts(connection, message.box)

    def _select(self, connection: sqlite3.Connection, box: str) -> list[VoiceMessage]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM voice_messages WHERE box = ? ORDER BY seq", (box,))
        return [
            VoiceMessage(
                id=message_id,
                box=box,
                path=str(self._folder / box / file),
                caller=caller,
                caller_name=caller_name,
                left_at=None if left_at is None else datetime.fromisoformat(left_at),
                seconds=seconds,
                heard=bool(heard),
            )
            for message_id, _, file, caller, caller_name, left_at, seconds, heard in rows
        ]

    def _delete(self, connection: sqlite3.Connection, message_id: str) -> tuple[str, int, int] | None:
        row = connection.execute("SELECT box, file FROM voice_messages WHERE id = ?", (message_id,)).fetchone()
        if row is None:
            return None
        box, file = row
        (self._folder / box / file).unlink(missing_ok=True)
        connection.execute("DELETE FROM voice_messages WHERE id = ?", (message_id,))
        return (box, *_counts(connection, box))

    def _reconcile(self, connection: sqlite3.Connection) -> None:
        """After a crash: keep recordings that have no row, forget rows whose recording is gone."""
        known = {(box, file) for box, file in connection.execute("SELECT box, file FROM voice_messages")}
        there = {(path.parent.name, path.name): path for path in sorted(self._folder.glob("*/*.wav"))}
        for box, file in known - set(there):
            log.warning("The recording %s of mailbox %s is gone.", file, box)
            connection.execute("DELETE FROM voice_messages WHERE box = ? AND file = ?", (box, file))
        for (box, file), path in there.items():
            if (box, file) in known or file == GREETING or not _BOX.fullmatch(box):
                continue
            seconds = repair(path)
            if seconds < SHORTEST_SECONDS:
                path.unlink()
                continue
            log.warning("A recording of %.1f s for mailbox %s was cut and is kept: %s", seconds, box, file)
            _write_row(
                connection,
                VoiceMessage(
                    id=path.stem, box=box, path=str(path), caller="", left_at=_written_at(path), seconds=seconds
                ),
            )


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):  # made by another user of the group
            folder.chmod(0o2770)
        sync_folder(folder.parent)


def _written_at(path: Path) -> datetime | None:
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return written if written.year >= _EARLIEST_YEAR else None


def _write_row(connection: sqlite3.Connection, message: VoiceMessage) -> None:
    connection.execute(
        f"INSERT OR IGNORE INTO voice_messages ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.id,
            message.box,
            Path(message.path).name,
            message.caller,
            message.caller_name,
            None if message.left_at is None else message.left_at.isoformat(),
            message.seconds,
            message.heard,
        ),
    )


def _mark_heard(connection: sqlite3.Connection, message_id: str) -> tuple[str, int, int] | None:
    row = connection.execute("UPDATE voice_messages SET heard = 1 WHERE id = ? RETURNING box", (message_id,)).fetchone()
    return None if row is None else (row[0], *_counts(connection, row[0]))


def _counts(connection: sqlite3.Connection, box: str) -> tuple[int, int]:
    """New and old messages of a box."""
    new, old = connection.execute(
        "SELECT coalesce(sum(heard = 0), 0), coalesce(sum(heard), 0) FROM voice_messages WHERE box = ?", (box,)
    ).fetchone()
    return int(new), int(old)


def _all_counts(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute("SELECT box, sum(heard = 0), sum(heard) FROM voice_messages GROUP BY box")
    return {box: (new, old) for box, new, old in rows}


def _nobody_looks(box: str, new: int, old: int) -> None:
    """The default of `StoredMailboxes.on_change`."""
