"""How long things are kept: recordings of talks and messages of mailboxes go when their days are over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import trio

from appliance.errors import PorterError
from appliance.office import Office
from appliance.routing.boxes import Box, box_of

log = logging.getLogger(__name__)

LOOK_SECONDS = 3600.0

Forget = Callable[[datetime], Awaitable[int]]
"""Removes what began before a moment; how much that was. Raises `PorterError` when it cannot."""


async def forget_old_recordings(office: Office, forget: Forget) -> None:
    """Look once an hour, until cancelled; while the clock is not set nothing can be too old."""
    while True:
        days, now = office.configuration.recordings.keep_days, office.ports.clock.wall()
        if days is not None and now is not None:
            try:
                if forgotten := await forget(now - timedelta(days=days)):
                    log.info("%d recordings older than %d days were removed", forgotten, days)
            except PorterError as error:
                log.warning("old recordings could not be removed: %s", error)
        await trio.sleep(LOOK_SECONDS)


class Purging(Protocol):
    """The mailboxes as far as old messages go."""

    async def purge(self, box: str, *, heard_before: datetime | None, binned_before: datetime) -> int: ...


async def forget_old_messages(office: Office, mailboxes: Purging) -> None:
    """Look once an hour, until cancelled, what the rules of each box no longer keep."""
    while True:
        now = office.ports.clock.wall()
        configuration = office.configuration
        for key in (*configuration.extensions, *configuration.mailboxes) if now is not None else ():
            box = box_of(configuration, key)
            if box is not None and now is not None:
                await _purge(mailboxes, box, now)
        await trio.sleep(LOOK_SECONDS)


async def _purge(mailboxes: Purging, box: Box, now: datetime) -> None:
    rules = box.rules
    heard_before = None if rules.keep_days is None else now - timedelta(days=rules.keep_days)
    binned_before = now - timedelta(days=rules.bin_days)
    try:
        if gone := await mailboxes.purge(box.key, heard_before=heard_before, binned_before=binned_before):
            log.info("mailbox %s: %d old messages were removed", box.key, gone)
    except PorterError as error:
        log.warning("mailbox %s: old messages could not be removed: %s", box.key, error)
