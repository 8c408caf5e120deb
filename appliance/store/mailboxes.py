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
from appliance.store.atomic import sync_folder, write_whole
from appliance.store.failures import StoreFailed, as_store_failed
from appliance.store.mails import add_mail
from appliance.store.wav import join, repair
from appliance.store.writer import Writer

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 2.0
"""What a crash left of a shorter recording is no message."""

LEAST_ROOM_BYTES = 500_000
"""Free space for half a minute of a message; with less a caller is told that none can be recorded."""

PART = ".part"
ANY_REASON = "always"
_GREETING = re.compile(r"greeting(-[a-z_]+)?\.wav")
_COLUMNS = "id, box, file, caller, caller_name, left_at, seconds, heard, deleted_at, forwarded_by"
_BOX = re.compile(r"\w[\w-]{0,31}")
_EARLIEST_YEAR = 2024
"""A file with an older date was written while the clock was not set."""

OnChange = Callable[[str, int, int], None]


class NoSuchBox(PorterError):
    """A name no mailbox can have."""


class StoredMailboxes:
    """The `Mailboxes` port. Opening it repairs what a crash left, and blocks as long.

    Args:
        now: The wall clock; None while nobody trusts it: what is deleted then stays in the bin.

    Attributes:
        on_change: Called with a box and its new and old messages whenever these may have changed, in Trio's thread.
        found: Messages that a crash had cut and that were kept when this was opened; nobody was told of them.
    """

    def __init__(
        self,
        writer: Writer,
        folder: Path,
        new_id: Callable[[], str],
        on_change: OnChange | None = None,
        now: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self.on_change: OnChange = on_change or _nobody_looks
        self._now = now
        self._writer = writer
        self._folder = folder
        self._new_id = new_id
        self.found: Sequence[VoiceMessage] = writer.do(self._reconcile)

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

    async def messages(self, box: str, *, deleted: bool = False) -> Sequence[VoiceMessage]:
        return await self._writer.done(lambda connection: self._select(connection, box, deleted))

    async def mark_heard(self, message_id: str) -> None:
        changed = await self._writer.done(lambda connection: _mark_heard(connection, message_id))
        self._tell(changed)

    async def delete(self, message_id: str) -> None:
        now = self._now()
        self._tell(await self._writer.done(lambda connection: _delete(connection, message_id, now)))

    def delete_soon(self, message_id: str) -> None:
        now = self._now()
        self._writer.submit(lambda connection: _delete(connection, message_id, now), self._tell)

    async def restore(self, message_id: str) -> None:
        self._tell(await self._writer.done(lambda connection: _restore(connection, message_id)))

    async def forward(
        self, message_id: str, box: str, *, by: str, mail_to: str = "", comment: str | None = None
    ) -> None:
        path = Path(await self.new_recording(box))
        before = () if comment is None else (Path(comment),)
        self._tell(
            await self._writer.done(lambda connection: self._forward(connection, message_id, path, by, mail_to, before))
        )

    async def greeting(self, box: str, reason: str = ANY_REASON) -> str | None:
        folder = self._box_folder(box)
        for path in (folder / _greeting_file(reason), folder / _greeting_file(ANY_REASON)):
            if await trio.to_thread.run_sync(path.is_file):
                return str(path)
        return None

    async def keep_greeting(self, box: str, reason: str, path: str) -> None:
        folder = self._box_folder(box)
        try:
            await trio.to_thread.run_sync(_make_folder, folder)
            await trio.to_thread.run_sync(lambda: write_whole(folder / _greeting_file(reason), Path(path).read_bytes()))
        except OSError as error:
            raise as_store_failed(error) from error

    async def remove_greeting(self, box: str, reason: str) -> None:
        path = self._box_folder(box) / _greeting_file(reason)
        await trio.to_thread.run_sync(lambda: path.unlink(missing_ok=True))

    async def purge(self, box: str, *, heard_before: datetime | None, binned_before: datetime) -> int:
        """Remove what is too old, for good; how many messages. What has no date stays.

        Args:
            heard_before: For messages that were heard, by the day they were left; None: none of them.
            binned_before: For messages in the bin, by the day they were deleted.
        """
        gone, changed = await self._writer.done(
            lambda connection: self._purge(connection, box, heard_before, binned_before)
        )
        self._tell(changed)
        return gone

    async def counts(self) -> dict[str, tuple[int, int]]:
        """New and old messages of every box that has any: what the lamps show at start."""
        return await self._writer.done(_all_counts)

    def _tell(self, changed: tuple[str, int, int] | None) -> None:
        if changed is not None:
            self.on_change(*changed)

    def _box_folder(self, box: str) -> Path:
        if not _BOX.fullmatch(box):
            raise NoSuchBox(
                f'"{box}" is no mailbox.',
                "It is an extension's number, or one of `mailboxes`.",
            )
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

    def _select(self, connection: sqlite3.Connection, box: str, deleted: bool) -> list[VoiceMessage]:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM voice_messages WHERE box = ? AND (deleted_at IS NOT NULL) = ? ORDER BY seq",
            (box, deleted),
        )
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
                deleted=deleted,
                forwarded_by=by,
            )
            for message_id, _, file, caller, caller_name, left_at, seconds, heard, _, by in rows
        ]

    def _forward(
        self,
        connection: sqlite3.Connection,
        message_id: str,
        path: Path,
        by: str,
        mail_to: str,
        before: tuple[Path, ...],
    ) -> tuple[str, int, int] | None:
        found = connection.execute(f"SELECT {_COLUMNS} FROM voice_messages WHERE id = ?", (message_id,)).fetchone()
        if found is None:
            return None
        _, box, file, caller, caller_name, left_at, *_ = found
        part = path.with_suffix(PART)  # half a copy must not be taken for a message that a crash has cut
        seconds = join([*before, self._folder / box / file], part)
        part.replace(path)
        copy = VoiceMessage(
            id=path.stem,
            box=path.parent.name,
            path=str(path),
            caller=caller,
            caller_name=caller_name,
            left_at=None if left_at is None else datetime.fromisoformat(left_at),
            seconds=seconds,
            forwarded_by=by,
            mail_to=mail_to,
        )
        return (copy.box, *self._insert(connection, copy))

    def _purge(
        self, connection: sqlite3.Connection, box: str, heard_before: datetime | None, binned_before: datetime
    ) -> tuple[int, tuple[str, int, int] | None]:
        rows = connection.execute(
            "SELECT id, file, left_at, deleted_at FROM voice_messages WHERE box = ? AND (heard OR deleted_at NOTNULL)",
            (box,),
        ).fetchall()
        gone = 0
        for message_id, file, left_at, deleted_at in rows:
            at, before = (left_at, heard_before) if deleted_at is None else (deleted_at or None, binned_before)
            if at is not None and before is not None and datetime.fromisoformat(at) < before:
                (self._folder / box / file).unlink(missing_ok=True)
                connection.execute("DELETE FROM voice_messages WHERE id = ?", (message_id,))
                gone += 1
        return gone, (box, *_counts(connection, box)) if gone else None

    def _reconcile(self, connection: sqlite3.Connection) -> list[VoiceMessage]:
        """After a crash: keep recordings that have no row, and say which; forget rows whose recording is gone."""
        found: list[VoiceMessage] = []
        for part in self._folder.glob(f"*/*{PART}"):
            part.unlink()
        known = {(box, file) for box, file in connection.execute("SELECT box, file FROM voice_messages")}
        there = {(path.parent.name, path.name): path for path in sorted(self._folder.glob("*/*.wav"))}
        for box, file in known - set(there):
            log.warning("The recording %s of mailbox %s is gone.", file, box)
            connection.execute("DELETE FROM voice_messages WHERE box = ? AND file = ?", (box, file))
        for (box, file), path in there.items():
            if (box, file) in known or _GREETING.fullmatch(file) or not _BOX.fullmatch(box):
                continue
            seconds = repair(path)
            if seconds < SHORTEST_SECONDS:
                path.unlink()
                continue
            log.warning("A recording of %.1f s for mailbox %s was cut and is kept: %s", seconds, box, file)
            found.append(
                VoiceMessage(
                    id=path.stem, box=box, path=str(path), caller="", left_at=_written_at(path), seconds=seconds
                )
            )
            _write_row(connection, found[-1])
        return found


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
        f"INSERT OR IGNORE INTO voice_messages ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
        (
            message.id,
            message.box,
            Path(message.path).name,
            message.caller,
            message.caller_name,
            None if message.left_at is None else message.left_at.isoformat(),
            message.seconds,
            message.heard,
            message.forwarded_by,
        ),
    )
    if message.mail_to:
        add_mail(connection, message.id, message.mail_to)


def _mark_heard(connection: sqlite3.Connection, message_id: str) -> tuple[str, int, int] | None:
    row = connection.execute("UPDATE voice_messages SET heard = 1 WHERE id = ? RETURNING box", (message_id,)).fetchone()
    return None if row is None else (row[0], *_counts(connection, row[0]))


def _delete(connection: sqlite3.Connection, message_id: str, now: datetime | None) -> tuple[str, int, int] | None:
    """Into the bin; "" stands for a day nobody knew."""
    row = connection.execute(
        "UPDATE voice_messages SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL RETURNING box",
        ("" if now is None else now.isoformat(), message_id),
    ).fetchone()
    return None if row is None else (row[0], *_counts(connection, row[0]))


def _restore(connection: sqlite3.Connection, message_id: str) -> tuple[str, int, int] | None:
    row = connection.execute(
        "UPDATE voice_messages SET deleted_at = NULL, heard = 1 WHERE id = ? RETURNING box", (message_id,)
    ).fetchone()
    return None if row is None else (row[0], *_counts(connection, row[0]))


def _greeting_file(reason: str) -> str:
    return "greeting.wav" if reason == ANY_REASON else f"greeting-{reason}.wav"


def _counts(connection: sqlite3.Connection, box: str) -> tuple[int, int]:
    """New and old messages of a box."""
    new, old = connection.execute(
        "SELECT coalesce(sum(heard = 0), 0), coalesce(sum(heard), 0) FROM voice_messages "
        "WHERE box = ? AND deleted_at IS NULL",
        (box,),
    ).fetchone()
    return int(new), int(old)


def _all_counts(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute(
        "SELECT box, sum(heard = 0), sum(heard) FROM voice_messages WHERE deleted_at IS NULL GROUP BY box"
    )
    return {box: (new, old) for box, new, old in rows}


def _nobody_looks(box: str, new: int, old: int) -> None:
    """The default of `StoredMailboxes.on_change`."""
