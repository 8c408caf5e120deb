"""How long things are kept: recordings of talks go when their days are over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import trio

from appliance.errors import PorterError
from appliance.office import Office

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
