"""A simulated GPIO chip that outlives every process using it, as the real one does.

Its levels and their history are one memory-mapped file of fixed size: what a killed process drove stays driven until
somebody drives it otherwise, and whoever looks, looks at the same pins. A full disk cannot stop it, for nothing grows.
`hardware.gpio` drives it by name ("simulated"); a test or the demo presses buttons and reads relays from outside.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_HEADER = struct.Struct("<8sQ")
_RECORD = struct.Struct("<QIHBB")
_NEWEST = struct.Struct("<QB7x")
_MAGIC = b"PORTPIN2"
LINES = 64
RECORDS = 1 << 16
"""Changes remembered. What a line is now stays known however many others change."""
_RECORDS_AT = _HEADER.size + LINES * _NEWEST.size
_SIZE = _RECORDS_AT + RECORDS * _RECORD.size

DRIVEN = ord("O")
APPLIED = ord("I")
JOINED = ord("J")
"""Two lines of a matrix keypad; in the record's place for the line stand row and column, a byte each."""


class Change(NamedTuple):
    """One level that was set."""

    monotonic: float
    """Seconds, CLOCK_MONOTONIC: comparable between processes."""
    process: int
    line: int
    is_driven: bool
    """True: an output driven by the owner of the line; False: an input, such as a finger on a button."""
    level: int
    joined: tuple[int, int] | None = None
    """Row and column of a key, where it is one that is pressed (level 1) or let go; the line is the row then."""


class SimulatedChip:
    """The pins in a folder.

    Args:
        folder: Made when missing. One folder is one chip.

    Raises OSError when the folder cannot be used and ValueError when the file there is something else.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._thread_lock = threading.Lock()
        self._file = os.open(folder / "chip", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        with self._locked():
            if os.fstat(self._file).st_size < _SIZE:
                os.posix_fallocate(self._file, 0, _SIZE)  # a sparse file on a full disk would be a SIGBUS later
                os.pwrite(self._file, _HEADER.pack(_MAGIC, 0), 0)
        self._memory = mmap.mmap(self._file, _SIZE)
        if self._memory[:8] != _MAGIC:
            raise ValueError(f"{folder / 'chip'} is not a simulated chip. Remove it and start again.")

    def close(self) -> None:
        """Let go of the chip. Its levels stay."""
        self._memory.close()
        os.close(self._file)

    def drive(self, line: int, level: int) -> None:
        """Set an output, as the owner of the line does."""
        self._add(line, DRIVEN, level)

    def apply(self, line: int, level: int) -> None:
        """Set an input from outside, and wake whoever follows. 0 presses a button that connects to ground."""
        self._add(line, APPLIED, level)
        self._wake()

    def join(self, row: int, column: int, pressed: bool) -> None:
        """Press or let go the key at a crossing of a matrix keypad: it joins the two lines."""
        self._add(row << 8 | column, JOINED, int(pressed))
        self._wake()

    def _wake(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as waker:
            try:
                with _short_name(self._folder, "wake") as name:
                    waker.sendto(b"!", name)
            except OSError:
                pass  # nobody follows, or its queue is full and it is awake anyway; the level is set

    def level(self, line: int) -> int | None:
        """The level now; None when nobody has set it."""
        count, level = _NEWEST.unpack_from(self._memory, self._newest_at(line))
        if count == 0:
            return None
        if count <= self.count:
            return int(level)
        # Its writer was killed before it had published: the change before is the one that counts.
        return next((change.level for change in self._backwards() if change.line == line and not change.joined), None)

    def trace(self, since: int = 0) -> list[Change]:
        """Every change from number `since` on that is still remembered, oldest first."""
        count = self.count
        return [self._read(number) for number in range(max(since, count - RECORDS), count)]

    @property
    def count(self) -> int:
        """How many changes there have been."""
        return int(_HEADER.unpack_from(self._memory)[1])

    @contextmanager
    def follow(self, changed: Callable[[Change], None]) -> Iterator[None]:
        """Call `changed` in a thread for every input applied and key moved inside the block. One follower a chip."""
        waker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        (self._folder / "wake").unlink(missing_ok=True)
        with _short_name(self._folder, "wake") as name:
            waker.bind(name)
        seen = self.count
        thread = threading.Thread(target=self._follow, args=(waker, seen, changed), name="simulated pins", daemon=True)
        thread.start()
        try:
            yield
        finally:
            waker.shutdown(socket.SHUT_RD)
            thread.join()
            waker.close()

    def _follow(self, waker: socket.socket, seen: int, changed: Callable[[Change], None]) -> None:
        while waker.recv(1):
            count = self.count
            for change in self.trace(seen):
                if not change.is_driven:
                    changed(change)
            seen = count

    def _add(self, line: int, kind: int, level: int) -> None:
        with self._locked():
            count = self.count
            record = (time.monotonic_ns(), os.getpid(), line, kind, level)
            _RECORD.pack_into(self._memory, self._offset(count), *record)
            if kind != JOINED:
                _NEWEST.pack_into(self._memory, self._newest_at(line), count + 1, level)
            # Publish last: a process killed before this line has changed nothing.
            _HEADER.pack_into(self._memory, 0, _MAGIC, count + 1)

    def _read(self, number: int) -> Change:
        nanoseconds, process, line, kind, level = _RECORD.unpack_from(self._memory, self._offset(number))
        if kind == JOINED:
            return Change(nanoseconds / 1e9, process, line >> 8, False, level, (line >> 8, line & 0xFF))
        return Change(nanoseconds / 1e9, process, line, kind == DRIVEN, level)

    def _backwards(self) -> Iterator[Change]:
        count = self.count
        for number in range(count - 1, max(-1, count - RECORDS - 1), -1):
            yield self._read(number)

    @staticmethod
    def _offset(number: int) -> int:
        return _RECORDS_AT + number % RECORDS * _RECORD.size

    @staticmethod
    def _newest_at(line: int) -> int:
        return _HEADER.size + line * _NEWEST.size

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time among all processes; the kernel frees it when a writer is killed."""
        with self._thread_lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


@contextmanager
def _short_name(folder: Path, name: str) -> Iterator[str]:
    """A socket address for a file in a folder of any depth: `sun_path` has 108 bytes (unix(7))."""
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{place}/{name}"
    finally:
        os.close(place)
