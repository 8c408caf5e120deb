"""Everything one office keeps, opened together for its controller: what a crash left is put right before the first
call."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import trio

from appliance.config.models import Configuration
from appliance.office_layout import OfficeLayout
from appliance.store.acquaintances import StoredAcquaintances
from appliance.store.agents import StoredAgents
from appliance.store.appointments import StoredAppointments
from appliance.store.database import copy_database
from appliance.store.failures import Repaired
from appliance.store.mailboxes import StoredMailboxes
from appliance.store.mails import StoredMails
from appliance.store.messages import StoredMessages
from appliance.store.notices import StoredNotices
from appliance.store.promises import StoredPromises
from appliance.store.recordings import StoredRecordings
from appliance.store.records import CallRecords, RecordsReader
from appliance.store.scratch import ScratchFolder
from appliance.store.settings import SettingsStore
from appliance.store.tolls import StoredTolls
from appliance.store.writer import Writer
from appliance.store.wrong_pins import StoredWrongPins

log = logging.getLogger(__name__)

NEVER_SAVED = 0
"""Version of the configuration of an office that nobody has set up yet."""

NOBODY_YET = Configuration(name="New office", default_desk="hang_up")
"""What a new office is until somebody sets it up."""

MOST_CALLS = 200_000
"""Records kept; a year of 500 calls a day."""

FIRST_COPY_SECONDS = 120.0
COPY_SECONDS = 24 * 3600.0
"""How often the last good copy of the database is renewed; the first time soon, when the start is over."""


class HouseStore:
    """The stores of an office. Opening blocks for as long as a crash has left to repair.

    Attributes:
        configuration: As it was when the store was opened.
        version: Of that configuration; `NEVER_SAVED` for an office that nobody has set up.
        messages: Short messages, in and out.
        mails: The durable queue of voicemails to be sent by mail.
        agents: What is known of the members of teams.
        promises: Callbacks that queues promised.
        tolls: What was called outside.
        notices: What happened at doors, for the page.
    """

    def __init__(self, layout: OfficeLayout, wall: Callable[[], datetime | None]) -> None:
        self._wall = wall
        self._settings_in_use = trio.Lock()
        self._settings = SettingsStore(layout.settings_file)
        self.configuration = self._settings.load() or NOBODY_YET
        self.version = next((version.number for version in self._settings.history()), NEVER_SAVED)
        self._writer = Writer(layout.records_file)
        self.records = CallRecords(self._writer)
        interrupted = self.records.close_interrupted()
        if interrupted:
            log.warning("%d calls were cut when the controller stopped; they are marked as interrupted.", interrupted)
        self.records.forget_all_but(MOST_CALLS)
        self.mailboxes = StoredMailboxes(self._writer, layout.voicemail_folder, lambda: secrets.token_hex(6), now=wall)
        self.mails = StoredMails(self._writer, layout.voicemail_folder)
        self.recordings = StoredRecordings(self._writer, layout.recordings_folder, lambda: secrets.token_hex(6))
        self.scratch = ScratchFolder(self._writer, layout.scratch_folder, lambda: secrets.token_hex(6))
        self.acquaintances = StoredAcquaintances(layout.records_file)
        self.appointments = StoredAppointments(self._writer)
        self.messages = StoredMessages(self._writer, wall)
        self.agents = StoredAgents(self._writer)
        self.wrong_pins = StoredWrongPins(self._writer)
        self.promises = StoredPromises(self._writer)
        self.tolls = StoredTolls(self._writer)
        self.notices = StoredNotices(self._writer)
        self.reader = RecordsReader(layout.records_file)

    @property
    def repairs(self) -> tuple[Repaired, ...]:
        """What was broken and set aside; the owner is told."""
        return tuple(one for one in (self._settings.repaired, self._writer.repaired) if one is not None)

    @property
    def trouble(self) -> str:
        """Why nothing can be written at present; "" when all is well."""
        return "" if self._writer.trouble is None else str(self._writer.trouble)

    async def save(self, configuration: Configuration, *, by: str) -> int:
        """Make a configuration the one of the next start too; durable when this returns. Its version."""
        async with self._settings_in_use:
            version = await trio.to_thread.run_sync(partial(self._settings.save, configuration, by=by, at=self._wall()))
        return version.number

    async def previous(self) -> Configuration | None:
        """The configuration before the current one; None when there is none."""
        async with self._settings_in_use:
            return await trio.to_thread.run_sync(self._before_the_current)

    def call_back_in_trio(self) -> None:
        """From now on lamps and other followers are told in this Trio, not in the writer's thread."""
        self._writer.call_back_in_trio()

    def close(self) -> None:
        """Write what waits."""
        self._writer.close()
        self._settings.close()

    def _before_the_current(self) -> Configuration | None:
        history = self._settings.history()
        return self._settings.version(history[1].number) if len(history) > 1 else None


@asynccontextmanager
async def open_store(layout: OfficeLayout, wall: Callable[[], datetime | None]) -> AsyncIterator[HouseStore]:
    """The stores of an office while the block lasts.

    Raises:
        NewerSchema, NewerDatabase: A later release wrote what is there. Nothing is changed.
        StoreFailed: The disk does not let us.
    """
    store = HouseStore(layout, wall)
    store.call_back_in_trio()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_copy_daily, layout.records_file)
            yield store
            nursery.cancel_scope.cancel()
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(store.close)


async def _copy_daily(file: Path) -> None:
    """Keep a last good copy of the database."""
    await trio.sleep(FIRST_COPY_SECONDS)
    while True:
        try:
            await trio.to_thread.run_sync(copy_database, file)
        except (OSError, sqlite3.Error) as error:
            log.warning("The last good copy of %s was not renewed: %s", file, error)
        await trio.sleep(COPY_SECONDS)
