"""Keeps the processes of an office running, as systemd does on the appliance: readiness, watchdog, restarts, and the
lock action around the door. Nothing stays behind, not even after the supervisor itself was killed."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import trio

from appliance.cli.processes import Process, socket_of
from appliance.errors import PorterError

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
STOP_SECONDS = 8.0
PATIENCE = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each restart in a row; the last again and again."""
STEADY_SECONDS = 30.0
"""A process that ran this long starts with a clean slate."""

Print = Callable[[str, str], None]
"""Shows one line of a process's output."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class StartFailed(PorterError):
    """A process ended, or said nothing, before it was ready for the first time."""


class Supervised:
    """One process that is kept running."""

    def __init__(self, process: Process, folder: Path, environment: Mapping[str, str], show: Print) -> None:
        self.process = process
        self.ready = trio.Event()
        self.starts = 0
        self._socket = socket_of(folder, process.name)
        self._environment = environment
        self._show = show
        self._running: _Child | None = None
        self._last_lines: list[str] = []

    @property
    def pid(self) -> int | None:
        """Of the process that runs now; None between two."""
        return self._running.pid if self._running is not None else None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep it running until cancelled; started when it was ready for the first time, raises StartFailed if not."""
        failures = 0
        while True:
            began = trio.current_time()
            self.starts += 1
            await self._always()
            try:
                code = await self._live(task_status if self.starts == 1 else trio.TASK_STATUS_IGNORED)
            finally:
                with trio.CancelScope(shield=True):
                    await self._always()
            if not self.ready.is_set():
                raise StartFailed(
                    f"{self.process.name} ended with {code} before it was ready: " + " / ".join(self._last_lines[-3:])
                )
            failures = 0 if trio.current_time() - began > STEADY_SECONDS else failures + 1
            pause = PATIENCE[min(failures, len(PATIENCE)) - 1] if failures else PATIENCE[0]
            self._show(self.process.name, f"ended with {code}; starting again in {pause} s")
            await trio.sleep(pause)

    async def _live(self, task_status: trio.TaskStatus[None]) -> int:
        """One life of the process; its exit code."""
        with _notify_socket(self._socket) as notify:
            environment = {**self._environment, "NOTIFY_SOCKET": str(self._socket)}
            if self.process.watchdog_seconds is not None:
                environment["WATCHDOG_USEC"] = str(int(self.process.watchdog_seconds * 1e6))
            process = self._running = _Child(self.process.command, environment)
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._listen, notify, process, task_status)
                    nursery.start_soon(self._copy_output, process)
                    if not self.process.tells_ready:
                        self._is_ready(task_status)
                    code = await process.wait()
                    nursery.cancel_scope.cancel()
            finally:
                with trio.CancelScope(shield=True):
                    await process.stop()
                self._running = None
            return code

    async def _listen(
        self, notify: trio.socket.SocketType, process: _Child, task_status: trio.TaskStatus[None]
    ) -> None:
        """Hear what the process tells, and end it when it is silent for too long."""
        was_ready = not self.process.tells_ready
        limit = self.process.watchdog_seconds
        while True:
            silence = READY_SECONDS if not was_ready else (limit if limit is not None else float("inf"))
            with trio.move_on_after(silence) as waiting:
                told = (await notify.recv(4096)).decode(errors="replace").splitlines()
                if "READY=1" in told:
                    was_ready = True
                    self._is_ready(task_status)
            if waiting.cancelled_caught:
                what = "did not get ready" if not was_ready else "did not say that it lives"
                self._show(self.process.name, f"{what} for {silence:g} s and is ended")
                process.kill()
                return

    def _is_ready(self, task_status: trio.TaskStatus[None]) -> None:
        if not self.ready.is_set():
            self.ready.set()
            task_status.started()

    async def _copy_output(self, process: _Child) -> None:
        rest = b""
        async for piece in process.output:
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                text = line.decode(errors="replace")
                self._last_lines = [*self._last_lines[-9:], text]
                self._show(self.process.name, text)

    async def _always(self) -> None:
        """Run the action around every life of the process, such as locking the doors; its failure is shown."""
        if self.process.always is not None:
            done = await trio.run_process(
                list(self.process.always),
                env=dict(self._environment),
                check=False,
                capture_stdout=True,
                capture_stderr=True,
            )
            if done.returncode:
                self._show(self.process.name, f"{self.process.always}: {done.stderr.decode(errors='replace').strip()}")


class _Child:
    """A started process. Started on the main thread: it is told of the death of the thread that started it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._popen = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - it only makes two system calls
        )
        assert self._popen.stdout is not None
        self.pid = self._popen.pid
        self.output = trio.lowlevel.FdStream(os.dup(self._popen.stdout.fileno()))
        self._popen.stdout.close()
        self._descriptor = os.pidfd_open(self.pid)

    async def wait(self) -> int:
        """Its exit code, negative for a signal."""
        while (code := self._popen.poll()) is None:
            await trio.lowlevel.wait_readable(self._descriptor)
        return code

    def kill(self) -> None:
        self._popen.kill()

    async def stop(self) -> None:
        """Ask it to end, insist, and let go of what belongs to it."""
        if self._popen.poll() is None:
            self._popen.terminate()
            with trio.move_on_after(STOP_SECONDS):
                await self.wait()
        if self._popen.poll() is None:
            self._popen.kill()
            await self.wait()
        os.close(self._descriptor)
        await self.output.aclose()


def _notify_socket(path: Path) -> trio.socket.SocketType:
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    sock.bind(str(path))
    return trio.socket.from_stdlib_socket(sock)


def _die_with_parent() -> None:
    """In the child: end when the supervisor ends, however that happened (prctl(2))."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        sys.exit(1)
