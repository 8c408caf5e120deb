"""The one thread that writes: jobs wait in a bounded queue and are committed together.

A job is a function of the connection. It runs inside a transaction and may run more than once, so what it does besides
SQL must be harmless when repeated. Many jobs share one commit, since each commit waits for the card.

While the disk is full or read-only, jobs handed over by `submit` stay in the queue and are tried again every few
seconds; those somebody waits for fail at once, with the reason. The office goes on in both cases.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

import trio

from appliance.store.database import Opened, open_database
from appliance.store.failures import StoreFailed, as_store_failed, is_disk_fault, not_opened

log = logging.getLogger(__name__)

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

LONGEST_QUEUE = 10_000
"""Jobs; call records of about 3 KB make that some 30 MB at most."""

RETRY_SECONDS = 5.0
_TOGETHER = 100
"""Jobs in one commit at most."""


class _Entry(Generic[T]):
    """A job in the queue, and who wants to know."""

    def __init__(self, job: Job[T], then: Callable[[T], None] | None, waiter: Future[T] | None) -> None:
        self.job = job
        self.then = then
        self.waiter = waiter
        self.result: Any = None
        self.error: Exception | None = None


class Writer:
    """Owns the database's only writing connection. Open it with `with`.

    Attributes:
        repaired: What was broken when it was opened; None when nothing was.
        trouble: Why nothing can be written at present; None when all is well.
        dropped: Jobs refused because the queue was full.
    """

    def __init__(self, file: Path, *, longest_queue: int = LONGEST_QUEUE, retry_seconds: float = RETRY_SECONDS) -> None:
        self._longest = longest_queue
        self._retry_seconds = retry_seconds
        self._entries: deque[_Entry[Any]] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._trio: trio.lowlevel.TrioToken | None = None
        self._connection, self.repaired = _opened(file)
        self.trouble: StoreFailed | None = None
        self._failure: StoreFailed | None = None
        self._over: list[_Entry[Any]] = []
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def call_back_in_trio(self) -> None:
        """From now on what `submit` is to call, it calls in the Trio this is called in."""
        self._trio = trio.lowlevel.current_trio_token()

    def submit(self, job: Job[T], then: Callable[[T], None] | None = None) -> None:
        """Hand a job over and go on. Jobs run in the order they were handed over.

        Args:
            then: Called with the job's result when it is durable, in Trio's thread (see `call_back_in_trio`).

        When the queue is full the job is refused and logged: memory must stay bounded.
        """
        if not self._append(_Entry(job, then, None)):
            self.dropped += 1
            log.log(logging.ERROR if self.dropped == 1 else logging.DEBUG, "The store's queue is full: a job is lost.")

    async def done(self, job: Job[T]) -> T:
        """The job's result, when it is durable.

        Raises:
            StoreFailed: The disk is full or broken; nothing of the job was kept.

        A caller who is cancelled meanwhile only stops waiting: the job is done all the same.
        """
        waiter = self._asked(job)
        came, token = trio.Event(), trio.lowlevel.current_trio_token()
        waiter.add_done_callback(lambda _: _tell(token, came.set))
        await came.wait()
        return waiter.result()

    def do(self, job: Job[T]) -> T:
        """As `done`, for callers without Trio; blocks."""
        return self._asked(job).result()

    def close(self) -> None:
        """Do what waits, once more; what the disk then still refuses is lost and logged."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked(self, job: Job[T]) -> Future[T]:
        waiter: Future[T] = Future()
        if not self._append(_Entry(job, None, waiter)):
            waiter.set_exception(StoreFailed("Too much waits to be stored.", "Wait a moment and try again."))
        return waiter

    def _append(self, entry: _Entry[Any]) -> bool:
        with self._changed:
            if len(self._entries) >= self._longest or self._is_closing:
                return False
            self._entries.append(entry)
            self._changed.notify()
            return True

    # The thread.

    def _run(self) -> None:
        while batch := self._next_batch():
            self._failure = None
            self._over = []
            kept = self._commit(batch)
            self._note_trouble(batch)
            for entry in self._over:
                self._settle(entry)
            with self._changed:
                if not self._is_closing:
                    self._entries.extendleft(reversed(kept))
                    kept = []
            if kept:
                log.error("%d jobs of the store are lost: %s", len(kept), self.trouble)
            elif self.trouble is not None:
                self._pause()
        self._connection.close()

    def _next_batch(self) -> list[_Entry[Any]]:
        """What to commit together; empty when it is over."""
        with self._changed:
            while not self._entries and not self._is_closing:
                if self.trouble is not None:
                    return [_Entry(_probe, None, None)]
                self._changed.wait()
            if self.trouble is not None and (asked := [entry for entry in self._entries if entry.waiter is not None]):
                # What could not be written stands in front of them, perhaps for hours.
                self._entries = deque(entry for entry in self._entries if entry.waiter is None)
                return asked
            return [self._entries.popleft() for _ in range(min(_TOGETHER, len(self._entries)))]

    def _pause(self) -> None:
        """Wait until it is worth trying again, or somebody waits and wants to hear that it is not."""
        until = time.monotonic() + self._retry_seconds
        with self._changed:
            while not self._is_closing and time.monotonic() < until:
                if any(entry.waiter is not None for entry in self._entries):
                    return
                self._changed.wait(until - time.monotonic())

    def _note_trouble(self, batch: list[_Entry[Any]]) -> None:
        if self._failure is not None:
            if self.trouble is None:
                log.error("The store cannot write, and tries again every %g s: %s", self._retry_seconds, self._failure)
            self.trouble = self._failure
        elif self.trouble is not None and any(entry.waiter is None for entry in batch):
            # Those who wait may only have read, which works on a full disk too.
            log.warning("The store writes again.")
            self.trouble = None

    def _commit(self, batch: list[_Entry[Any]]) -> list[_Entry[Any]]:
        """Run jobs in one transaction, or each in its own when that fails; what must be tried again."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for entry in batch:
                self._run_job(entry)
            self._connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if len(batch) > 1:
                return [kept for entry in batch for kept in self._commit([entry])]
            self._failure = as_store_failed(error)
            return self._give_back(batch[0], self._failure)
        self._over += batch
        return []

    def _give_back(self, entry: _Entry[Any], failure: StoreFailed) -> list[_Entry[Any]]:
        """Keep what nobody waits for; who waits is told."""
        if entry.waiter is None:
            return [] if entry.job is _probe else [entry]
        entry.error = failure
        self._over.append(entry)
        return []

    def _run_job(self, entry: _Entry[Any]) -> None:
        """Run one job; raises when the disk failed, and keeps the job's own fault for the one who asked."""
        entry.error = None
        self._connection.execute("SAVEPOINT job")
        try:
            entry.result = entry.job(self._connection)
        except Exception as error:
            if is_disk_fault(error):
                raise
            self._connection.execute("ROLLBACK TO job")
            entry.error = error
        self._connection.execute("RELEASE job")

    def _settle(self, entry: _Entry[Any]) -> None:
        if entry.waiter is not None:
            if entry.error is None:
                entry.waiter.set_result(entry.result)
            else:
                entry.waiter.set_exception(entry.error)
        elif entry.error is not None:
            log.error("A job of the store failed and is dropped.", exc_info=entry.error)
        elif entry.then is not None:
            then, result = entry.then, entry.result
            _tell(self._trio, lambda: then(result))


def _probe(connection: sqlite3.Connection) -> None:
    """Write a page as it is: whether the disk takes something again."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version:d}")


def _opened(file: Path) -> Opened:
    try:
        return open_database(file)
    except (OSError, sqlite3.Error) as error:
        raise not_opened(file, error) from error


def _tell(token: trio.lowlevel.TrioToken | None, call: Callable[[], object]) -> None:
    """Call in Trio's thread; here, when there is no Trio. After Trio has ended there is nobody to tell."""
    if token is None:
        call()
        return
    try:
        token.run_sync_soon(call)
    except trio.RunFinishedError:
        pass
