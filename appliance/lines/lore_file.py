"""Keeps what was learned of lines in one file. It may lose the last minute: whatever it knew is learned anew."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
import trio

from hardware.modem.line_lore import LineLore

log = logging.getLogger(__name__)

GATHER_SECONDS = 2.0
"""Between two writings: a call teaches several things at its end."""


class LoreFile:
    """The lore of all lines by name. `of` and `keep` return at once; `run` writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lore = _read(path)
        self._news = trio.Event()

    def of(self, line: str) -> LineLore:
        """What is known of a line; an empty lore at first."""
        return self._lore.get(line, LineLore())

    def keep(self, line: str, lore: LineLore) -> None:
        """Know this of a line from now on."""
        if lore != self.of(line):
            self._lore[line] = lore
            self._news.set()

    def forget(self, line: str) -> None:
        """Know nothing of a line any more."""
        if self._lore.pop(line, None) is not None:
            self._news.set()

    async def run(self) -> None:
        """Write what changed until cancelled, and at the end."""
        try:
            while True:
                await self._news.wait()
                await trio.sleep(GATHER_SECONDS)
                self._news = trio.Event()
                content = msgspec.json.encode(self._lore)
                await trio.to_thread.run_sync(_write, self._path, content)
        finally:
            if self._news.is_set():
                _write(self._path, msgspec.json.encode(self._lore))


def _read(path: Path) -> dict[str, LineLore]:
    """A file that cannot be read is no fault of anybody's who calls: lines learn anew."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, LineLore])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("what was learned of the lines cannot be read, it is learned anew: %s", error)
        return {}


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        log.warning("what was learned of the lines cannot be kept: %s", error)
