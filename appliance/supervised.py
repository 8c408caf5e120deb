"""Speaking to whoever supervises a process, systemd or `porter run`, in the protocol of sd_notify(3)."""

from __future__ import annotations

import logging
import os

import trio

from appliance.notify import notify

log = logging.getLogger(__name__)

DEFAULT_WATCHDOG_SECONDS = 10.0


class Supervisor:
    """Tells readiness and health; does nothing when nobody supervises."""

    def __init__(self) -> None:
        microseconds = os.environ.get("WATCHDOG_USEC")
        self._interval = (int(microseconds) / 1e6 if microseconds else DEFAULT_WATCHDOG_SECONDS) / 3

    def ready(self, status: str) -> None:
        """The process does its work from now on."""
        notify(f"READY=1\nSTATUS={status}")
        log.info("ready: %s", status)

    def stopping(self) -> None:
        notify("STOPPING=1")

    async def keep_alive(self) -> None:
        """Tell that the event loop turns, until cancelled; silence lets the supervisor restart us."""
        while True:
            notify("WATCHDOG=1")
            await trio.sleep(self._interval)
