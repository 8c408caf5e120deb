"""Recordings of talks: WAV files in one folder, named by their call, and their index in the database.

A file without an index row is a recording a crash has cut: it is repaired and kept at the next start. So a recording is
kept file first, row second, and removed in the same order.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import trio

from appliance.calls.names import CallId
from appliance.calls.ports import TalkRecording
from appliance.errors import PorterError
from appliance.store.atomic import sync_folder
from appliance.store.failures import StoreFailed, as_store_failed
from appliance.store.wav import FRAME_BYTES, RATE, repair
from appliance.store.writer import Writer

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 1.0
"""What a crash left of a shorter recording is not kept."""

LEAST_ROOM_BYTES = 50_000_000
"""Free space below which no talk is recorded: voicemail and settings need the rest."""

_COLUMNS = "id, call, file, started_by, parties, began_at, seconds"
_SHARED_FOLDER = 0o2770
_EARLIEST_YEAR = 2024
"""A file with an older date was written while the clock was not set."""


class StoredRecordings:
    """The `Recordings` port. Opening it repairs what a crash left, and blocks as long."""

    def __init__(self, writer: Writer, folder: Path, new_id: Callable[[], str]) -> None:
        self._writer = writer
        self._folder = folder
        self._new_id = new_id
        writer.do(self._reconcile)

    async def new_recording(self, call: CallId, *, most_bytes: int) -> str:
        try:
            await trio.to_thread.run_sync(_make_folder, self._folder)
            room = (await trio.to_thread.run_sync(shutil.disk_usage, self._folder)).free
        except OSError as error:
            raise as_store_failed(error) from error
        if room < LEAST_ROOM_BYTES:
            raise StoreFailed("The disk is nearly full; no talk is recorded.", "Remove old recordings or make room.")
        if await self._writer.done(_bytes_kept) >= most_bytes:
            raise StoreFailed(
                "The recordings of talks take all the room they may.",
                "Remove old ones, or raise `recordings.most_megabytes`.",
            )
        return str(self._folder / f"{call}.{self._new_id()}.wav")

    def keep_soon(self, recording: TalkRecording) -> None:
        self._writer.submit(lambda connection: self._insert(connection, recording))

    def discard_soon(self, path: str) -> None:
        file = Path(path)
        if file.parent != self._folder:
            raise PorterError(f"{path} is no recording of a talk.")
        self._writer.submit(lambda _: file.unlink(missing_ok=True))

    async def recordings(self, most: int = 50) -> Sequence[TalkRecording]:
        return await self._writer.done(lambda connection: self._select(connection, most))

    async def remove(self, id: str) -> bool:
        return await self._writer.done(lambda connection: self._remove(connection, id))

    async def forget_before(self, moment: datetime) -> int:
        """Remove the recordings that began before a moment; how many. Those without a time are kept."""
        return await self._writer.done(lambda connection: self._forget_before(connection, moment))

    # Jobs, in the writer's thread. Each may run twice.

    def _insert(self, connection: sqlite3.Connection, recording: TalkRecording) -> None:
        try:
            descriptor = os.open(recording.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            log.error("call %s: its recording %s was never written", recording.call, recording.path)
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(self._folder)
        _write_row(connection, recording)

    def _select(self, connection: sqlite3.Connection, most: int) -> list[TalkRecording]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM talk_recordings ORDER BY seq DESC LIMIT ?", (most,))
        return [
            TalkRecording(
                id=id,
                call=CallId(call),
                path=str(self._folder / file),
                by=by,
                parties=msgspec.json.decode(parties, type=tuple[str, ...]),
                began_at=None if began_at is None else datetime.fromisoformat(began_at),
                seconds=seconds,
            )
            for id, call, file, by, parties, began_at, seconds in rows
        ]

    def _remove(self, connection: sqlite3.Connection, id: str) -> bool:
        row = connection.execute("SELECT file FROM talk_recordings WHERE id = ?", (id,)).fetchone()
        if row is None:
            return False
        (self._folder / row[0]).unlink(missing_ok=True)
        connection.execute("DELETE FROM talk_recordings WHERE id = ?", (id,))
        return True

    def _forget_before(self, connection: sqlite3.Connection, moment: datetime) -> int:
        rows = connection.execute("SELECT id, began_at FROM talk_recordings WHERE began_at IS NOT NULL").fetchall()
        old = [id for id, began_at in rows if datetime.fromisoformat(began_at) < moment]
        for id in old:
            self._remove(connection, id)
        return len(old)

    def _reconcile(self, connection: sqlite3.Connection) -> None:
        """After a crash: keep files that have no row, forget rows whose file is gone."""
        known = {file for (file,) in connection.execute("SELECT file FROM talk_recordings")}
        there = {path.name: path for path in sorted(self._folder.glob("*.wav"))}
        for file in known - set(there):
            log.warning("The recording %s is gone.", file)
            connection.execute("DELETE FROM talk_recordings WHERE file = ?", (file,))
        for file, path in there.items():
            if file in known:
                continue
            seconds = repair(path)
            if seconds < SHORTEST_SECONDS:
                path.unlink()
                continue
            call = CallId(path.stem.partition(".")[0])
            log.warning("call %s: the recording of a talk of %.1f s was cut and is kept: %s", call, seconds, file)
            began_at = _began_at(path, seconds)
            kept = TalkRecording(id=path.stem, call=call, path=str(path), by="", began_at=began_at, seconds=seconds)
            _write_row(connection, kept)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):  # made by another user of the group
            folder.chmod(_SHARED_FOLDER)
        sync_folder(folder.parent)


def _began_at(path: Path, seconds: float) -> datetime | None:
    began = datetime.fromtimestamp(path.stat().st_mtime - seconds, UTC)
    return began if began.year >= _EARLIEST_YEAR else None


def _bytes_kept(connection: sqlite3.Connection) -> int:
    (seconds,) = connection.execute("SELECT coalesce(sum(seconds), 0) FROM talk_recordings").fetchone()
    return round(float(seconds) * RATE * FRAME_BYTES)


def _write_row(connection: sqlite3.Connection, recording: TalkRecording) -> None:
    connection.execute(
        f"INSERT OR IGNORE INTO talk_recordings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            recording.id,
            recording.call,
            Path(recording.path).name,
            recording.by,
            msgspec.json.encode(recording.parties).decode(),
            None if recording.began_at is None else recording.began_at.isoformat(),
            recording.seconds,
        ),
    )
