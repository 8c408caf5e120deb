"""One process of the office, kept running: started, watched, started again with growing pauses, and ended in order."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable

import trio

from appliance.cli.children import ChildSpec, RunOptions
from appliance.cli.notify_socket import NotifySocket
from appliance.errors import PorterError

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0
STEADY_SECONDS = 10.0
"""Who has run for so long starts again without a pause next time."""
GUARD_SECONDS = 5.0
LAST_LINES = 12
LONGEST_LINE = 4000

OURS = "· "
"""Begins what is said about a process, not by it."""

_OTHERS_SUPERVISOR = frozenset({"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM"})
"""Variables of whoever supervises us, such as a unit that runs `porter run`."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class ChildFailed(PorterError):
    """A process ended before it was ever ready."""


class Child:
    """Keeps one process running.

    Args:
        show: Told each line it prints, with its name.
    """

    def __init__(self, spec: ChildSpec, options: RunOptions, show: Callable[[str, str], None]) -> None:
        self.spec = spec
        self.ready = trio.Event()
        """Set once it was ready for the first time."""
        self.starts = 0
        self.pid: int | None = None
        """None while it does not run."""
        self._options = options
        self._show = show
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._is_ending = False
        self._scope = trio.CancelScope()
        self._ended = trio.Event()

    async def keep(self) -> None:
        """Run it until `end`; raises ChildFailed when it ends without ever having been ready."""
        pause = FIRST_PAUSE_SECONDS
        try:
            with self._scope:
                while not self._is_ending:
                    began = trio.current_time()
                    status = await self._run_once()
                    if self._is_ending:
                        return
                    if not self.ready.is_set():
                        raise ChildFailed(f"{self._name} could not start: it {status}.", self._advice())
                    if trio.current_time() - began > STEADY_SECONDS:
                        pause = FIRST_PAUSE_SECONDS
                    self._say(f"{status}; starting it again in {pause:g} s")
                    await trio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            self._ended.set()

    async def end(self) -> None:
        """End it and return when nothing of it is left."""
        self._is_ending = True
        self._signal(signal.SIGTERM)
        if self.pid is None:
            self._scope.cancel()
        with trio.move_on_after(self.spec.stop_seconds):
            await self._ended.wait()
            return
        self._say(f"did not end within {self.spec.stop_seconds:g} s and is killed")
        self._signal(signal.SIGKILL)
        await self._ended.wait()

    def kill(self) -> None:
        """End it without waiting."""
        self._is_ending = True
        self._signal(signal.SIGKILL)

    @property
    def _name(self) -> str:
        return f"porter-{self.spec.name}" if self.spec.is_told else f"The simulated {self.spec.name}"

    def _advice(self) -> str:
        if self._last_lines:
            return "Its last words:\n" + "\n".join(f"    {line}" for line in self._last_lines)
        return f"It said nothing; try `{' '.join(self.spec.command(self._options))}`."

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            target = os.killpg if number == signal.SIGKILL else os.kill
            try:
                target(self.pid, number)
            except ProcessLookupError:
                pass

    async def _run_once(self) -> str:
        """How it ended, such as "ended by SIGKILL". The guard runs before and after, whatever happens."""
        with NotifySocket() as notify:
            await self._guard()
            process = self._start(notify)
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._relay, process)
                    nursery.start_soon(self._watch, notify)
                    if not self.spec.is_told:
                        self.ready.set()
                    await _wait_for(process)
                    nursery.cancel_scope.cancel()
            finally:
                self._signal(signal.SIGKILL)
                process.wait()
                self.pid = None
                self._drain(process)
                with trio.CancelScope(shield=True):
                    await self._guard()
        return _status(process.returncode)

    def _start(self, notify: NotifySocket) -> subprocess.Popen[bytes]:
        """From this thread: the kernel ends the child when the thread that started it is gone (prctl(2))."""
        self.starts += 1
        us = os.getpid()

        def before_exec() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != us:
                os._exit(1)

        try:
            process = subprocess.Popen(
                self.spec.command(self._options),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environment(notify),
                process_group=0,  # a Ctrl-C in the terminal is ours alone, we end the others in order
                preexec_fn=before_exec,  # noqa: PLW1509 - this process has one thread, see `_start`
            )
        except OSError as error:
            raise ChildFailed(f"{self._name} could not be started: {error.strerror}.", None) from error
        self.pid = process.pid
        return process

    def _environment(self, notify: NotifySocket) -> dict[str, str]:
        layout = self._options.layout
        base = {name: value for name, value in os.environ.items() if name not in _OTHERS_SUPERVISOR}
        base |= {"PYTHONUNBUFFERED": "1", "LG_WD": str(layout.simulators_folder)}
        return base | notify.environment(self.spec.watchdog_seconds) if self.spec.is_told else base

    async def _watch(self, notify: NotifySocket) -> None:
        """Hear its signs of life; kill it when they stay away."""
        if not self.spec.is_told:
            return
        is_ready, patience = False, self.spec.start_seconds
        while True:
            with trio.move_on_after(patience) as waiting:
                said = await notify.said()
                if "READY" in said and not is_ready:
                    is_ready = True
                    self.ready.set()
                if "READY" not in said and "WATCHDOG" not in said:
                    continue
                if is_ready:
                    patience = self.spec.watchdog_seconds
            if waiting.cancelled_caught and not self._is_ending:
                what = "gave no sign of life" if is_ready else "was not ready"
                self._say(f"{what} for {patience:g} s and is killed")
                self._signal(signal.SIGKILL)
                return

    async def _guard(self) -> None:
        """Run the lock action; a failure of it is shown, and what it guards goes on."""
        command = self.spec.guard_command(self._options)
        if command is None:
            return
        try:
            # Blocks for the 35 ms it takes, on purpose: nothing else happens until the locks are locked.
            done = subprocess.run(command, capture_output=True, timeout=GUARD_SECONDS, check=False)  # noqa: ASYNC221
        except subprocess.TimeoutExpired:
            self._say(f"the lock action took more than {GUARD_SECONDS:g} s")
            return
        for line in (done.stdout + done.stderr).splitlines():
            self._line(line)
        if done.returncode:
            self._say(f"the lock action failed with exit code {done.returncode}")

    async def _relay(self, process: subprocess.Popen[bytes]) -> None:
        """Show what it prints, line by line."""
        assert process.stdout is not None
        rest = b""
        async with trio.lowlevel.FdStream(os.dup(process.stdout.fileno())) as stream:
            async for chunk in stream:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._line(line)
                rest = rest[-LONGEST_LINE:]

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """What it still said while it ended; its children may hold the pipe open, so only what is there."""
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        try:
            for line in (process.stdout.read(65536) or b"").splitlines():
                self._line(line)
        except OSError:
            pass
        process.stdout.close()

    def _say(self, text: str) -> None:
        self._show(self.spec.name, OURS + text)

    def _line(self, line: bytes) -> None:
        text = line[:LONGEST_LINE].decode("utf-8", "replace").rstrip()
        text = "".join(character if character.isprintable() else "?" for character in text)
        if text:
            self._last_lines.append(text)
            self._show(self.spec.name, text)


async def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Until it has ended."""
    descriptor = os.pidfd_open(process.pid)
    try:
        await trio.lowlevel.wait_readable(descriptor)
    finally:
        os.close(descriptor)
    process.wait()


def _status(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by {signal.Signals(-returncode).name}"
    return f"ended with exit code {returncode}"
