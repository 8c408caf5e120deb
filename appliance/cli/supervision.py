"""A whole office as children of this process: what systemd does on an installed system, `porter run` does here."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import trio

from appliance.cli.child import Child
from appliance.cli.children import CONTROLLER, SIP, ChildSpec, RunOptions, simulated_modem
from appliance.control.async_client import AsyncClient, Heard
from appliance.control.controller_messages import CONTROLLER as CONTROLLER_VOCABULARY
from appliance.control.controller_messages import OfficeNow
from appliance.control.messages import Snapshot
from appliance.errors import PorterError

_PR_SET_CHILD_SUBREAPER = 36


class Supervision:
    """Starts the children in order, keeps them, and ends them in reverse.

    Args:
        show: Told each line of each child, with its name.
        once_ready: Called when all of them are ready for the first time.
        simulated: Profiles of lines with a simulated modem, "sip" for those with an operator; later ones are heard
            from the controller.
    """

    def __init__(
        self,
        options: RunOptions,
        specs: Iterable[ChildSpec],
        show: Callable[[str, str], None],
        once_ready: Callable[[], None],
        simulated: Mapping[str, str],
    ) -> None:
        self._options = options
        self._specs = tuple(specs)
        self._show = show
        self._once_ready = once_ready
        self._simulated = dict(simulated)
        self._children: dict[str, Child] = {}
        self._modems: dict[str, Child] = {}
        self._stop = trio.Event()
        self._news = trio.Event()
        self._client = AsyncClient(options.layout.controller_socket, CONTROLLER_VOCABULARY, "command", hear=self._hear)

    async def run(self) -> None:
        """Until SIGINT, SIGTERM or SIGHUP; raises PorterError when a child cannot start. Nothing is left running."""
        not_ours = _adopt_orphans()
        try:
            async with trio.open_nursery() as nursery:
                await nursery.start(self._listen_for_signals)
                async with trio.open_nursery() as keeping:
                    keeping.start_soon(self._keep_modems, keeping)
                    self._start_all(keeping)
                    keeping.start_soon(self._greet, nursery)
                    await self._stop.wait()
                    await self._end_all()
                    keeping.cancel_scope.cancel()
                nursery.cancel_scope.cancel()
        finally:
            for child in self._everybody():
                child.kill()
            _end_orphans(not_ours)

    def stop(self) -> None:
        """End everything, in order."""
        self._stop.set()

    def _everybody(self) -> Iterator[Child]:
        yield from self._children.values()
        yield from self._modems.values()

    def _start_all(self, nursery: trio.Nursery) -> None:
        for spec in self._specs:
            self._children[spec.name] = Child(spec, self._options, self._show)
        for child in self._children.values():
            nursery.start_soon(self._start_one, child)

    async def _start_one(self, child: Child) -> None:
        for name in child.spec.after:
            if name in self._children:
                await self._children[name].ready.wait()
        await child.keep()

    async def _greet(self, nursery: trio.Nursery) -> None:
        for child in self._children.values():
            await child.ready.wait()
        if CONTROLLER.name in self._children:
            await nursery.start(self._client.run)
        self._once_ready()

    async def _end_all(self) -> None:
        """In reverse order of starting; the modems after the controller that speaks with them."""
        for name in reversed(self._children):
            await self._children[name].end()
            if name == CONTROLLER.name:
                await self._end_modems()
        await self._end_modems()

    async def _end_modems(self) -> None:
        for line in list(self._modems):
            await self._modems.pop(line).end()

    def _hear(self, heard: Heard) -> None:
        match heard:
            case Snapshot(body=OfficeNow(lines=lines)):
                simulated = (line for line in lines if line.simulated)
                self._simulated = {line.name: SIP if line.kind == SIP else line.profile for line in simulated}
                self._news.set()

    async def _keep_modems(self, nursery: trio.Nursery) -> None:
        """A simulated modem for each line that the configuration calls simulated, as it changes."""
        while not self._stop.is_set():
            for line in sorted(self._simulated.keys() - self._modems.keys()):
                spec = simulated_modem(line, self._simulated[line])
                self._modems[line] = Child(spec, self._options, self._show)
                nursery.start_soon(self._keep_modem, self._modems[line])
            for line in self._modems.keys() - self._simulated.keys():
                await self._modems.pop(line).end()
            await self._news.wait()
            self._news = trio.Event()

    async def _keep_modem(self, modem: Child) -> None:
        """A simulator that cannot start leaves its line offline, and the office goes on."""
        try:
            await modem.keep()
        except PorterError as error:
            self._show(modem.spec.name, str(error))

    async def _listen_for_signals(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """The first one ends in order, the second at once."""
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            task_status.started()
            async for _ in signals:
                if self._stop.is_set():
                    for child in self._everybody():
                        child.kill()
                self._stop.set()


def _adopt_orphans() -> frozenset[int]:
    """Become the parent of what our children leave behind (prctl(2)), so that it can be ended.

    Tells who was below us before.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return frozenset(_below_us())


def _end_orphans(not_ours: frozenset[int]) -> None:
    """Kill what is still below us; by now every child of ours has been waited for."""
    while orphans := [pid for pid in _below_us() if pid not in not_ours]:
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _below_us() -> list[int]:
    """Our children (proc(5)); none where the kernel does not tell."""
    try:
        return [int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]
    except OSError:
        return []
