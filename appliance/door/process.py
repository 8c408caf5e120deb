"""The door process once its relays are locked: doors, socket, watchdog, and the way to an orderly end."""

from __future__ import annotations

import logging
import os
import signal
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import trio

from appliance.control.door_messages import DOOR
from appliance.control.server import Publisher, Roles, serve
from appliance.door.all_doors import AllDoors
from appliance.notify import notify
from appliance.office_layout import OfficeLayout

logger = logging.getLogger(__name__)

ROLES = {"controller": "porter-controller", "web": "porter-web", "owner": "root", "command": None}
CHECK_SECONDS = 0.5


async def run(office: Path) -> None:
    """Serve the doors of an office until SIGTERM or SIGINT."""
    publisher = Publisher()
    path = OfficeLayout(office).door_socket
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as afterwards:
        async with trio.open_nursery() as nursery:
            doors = AllDoors(office, publisher, nursery)
            afterwards.callback(doors.close)
            try:
                await nursery.start(_end_on_signal, nursery.cancel_scope)
                await doors.start()
                await nursery.start(
                    partial(serve, path, DOOR, handler=doors.handle, roles=Roles(ROLES), publisher=publisher)
                )
                notify("READY=1")
                nursery.start_soon(_watch, doors)
                await trio.sleep_forever()
            finally:
                doors.lock()
                notify("STOPPING=1")


async def _end_on_signal(
    scope: trio.CancelScope, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        async for number in signals:
            logger.info("The door process ends after %s.", signal.Signals(number).name)
            scope.cancel()


async def _watch(doors: AllDoors) -> None:
    """Look after the pins, and tell the supervisor so. It restarts us when we do not, after running `--lock`."""
    interval = min(CHECK_SECONDS, int(os.environ.get("WATCHDOG_USEC", "2000000")) / 4e6)
    healthy = True
    while True:
        fit = doors.check()
        if fit:
            notify("WATCHDOG=1")
        elif healthy:
            logger.critical("A relay has lost its guard; waiting to be restarted.")
        healthy = fit
        await trio.sleep(interval)
