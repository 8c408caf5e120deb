"""The whole store of one office, opened and closed as one: what a crash left is put right before the first call."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import trio

from appliance.config.models import Configuration
from appliance.control.controller_messages import Trouble
from appliance.office_layout import OfficeLayout
from appliance.store.atomic import last_good_copy
from appliance.store.database import copy_database
from appliance.store.mailboxes import StoredMailboxes
from appliance.store.messages import StoredMessages
from appliance.store.records import CallRecords, RecordsReader
from appliance.store.settings import SettingsStore
from appliance.store.writer import Writer

log = logging.getLogger(__name__)

NEVER_SAVED = 0
"""The version of an office nobody has set up yet."""

CALLS_KEPT = 100_000
COPY_AFTER_SECONDS = 24 * 3600.0
_FIRST_COPY_SECONDS = 60.0
"""The first minutes after a start belong to calls."""


class HouseStore:
    """Everything the controller keeps.

    Attributes:
        wall: The office's clock, for time stamps; until somebody sets it, moments are unknown.
        configuration: As it was when the store was opened.
        version: Of that configuration; `NEVER_SAVED` for an office that is not set up.
        notices: What was broken, for the one who runs the office.
    """

    def __init__(self, layout: OfficeLayout) -> None:
        self.wall: Callable[[], datetime | None] = _no_clock
        settings = SettingsStore(layout.settings_file)
        loaded = settings.load()
        self.configuration = loaded or Configuration(name="Office", default_desk="hang_up")
        self.version = settings.history()[0].number if loaded is not None else NEVER_SAVED
        self.writer = Writer(layout.records_file)
        self.settings = KeptSettings(self, settings)
        self.records = CallRecords(self.writer)
        self.mailboxes = StoredMailboxes(self.writer, layout.voicemail_folder, lambda: secrets.token_hex(8))
        self.messages = StoredMessages(self.writer, lambda: self.wall())
        self.reader = RecordsReader(layout.records_file)
        self.notices = [
            Trouble(where="store", cause=str(repaired), next_step="Look whether anything of the last day is missing.")
            for repaired in (settings.repaired, self.writer.repaired)
            if repaired is not None
        ]
        interrupted = self.records.close_interrupted()
        if interrupted:
            log.warning("%d calls were cut when the controller stopped; they are marked as interrupted.", interrupted)
        self.records.forget_all_but(CALLS_KEPT)

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing can be stored at present; None when all is well."""
        failed = self.writer.trouble
        return None if failed is None else Trouble(where="store", cause=failed.cause, next_step=failed.next_step or "")


class KeptSettings:
    """The settings as the running controller changes them: in a thread, so that no call waits."""

    def __init__(self, store: HouseStore, settings: SettingsStore) -> None:
        self._store = store
        self._settings = settings

    async def save(self, configuration: Configuration, *, by: str) -> int:
        """Durable when it returns; its version. Raises as `SettingsStore.save`."""
        at = self._store.wall()
        saved = await trio.to_thread.run_sync(lambda: self._settings.save(configuration, by=by, at=at))
        return saved.number

    async def previous(self) -> Configuration | None:
        """The configuration before the one in force; None when there is none."""
        versions = self._settings.history()
        return self._settings.version(versions[1].number) if len(versions) > 1 else None


@asynccontextmanager
async def open_store(layout: OfficeLayout) -> AsyncIterator[HouseStore]:
    """The store of an office; on leaving, what still waits is written.

    Raises:
        NewerSchema, NewerDatabase: A later release wrote what is there. Nothing is changed.
        StoreFailed: The disk does not let us.
    """
    store = await trio.to_thread.run_sync(lambda: HouseStore(layout))
    store.writer.call_back_in_trio()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_copy_daily, layout.records_file)
            yield store
            nursery.cancel_scope.cancel()
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(store.writer.close)


async def _copy_daily(file: Path) -> None:
    """Renew the last good copy of the database a while after the start, and once a day."""
    await trio.sleep(_FIRST_COPY_SECONDS)
    while True:
        try:
            await trio.to_thread.run_sync(copy_database, file)
        except (OSError, sqlite3.Error) as error:
            log.warning("The copy %s was not renewed: %s", last_good_copy(file), error)
        await trio.sleep(COPY_AFTER_SECONDS)


def _no_clock() -> datetime | None:
    """The default of `HouseStore.wall`."""
    return None
