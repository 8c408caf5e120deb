"""Recordings that live no longer than their call. What a crash left is removed at the next start."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import trio

from appliance.errors import PorterError
from appliance.store.failures import as_store_failed
from appliance.store.writer import Writer


class ScratchFolder:
    """The `Scratch` port: WAV files in a folder of their own. Making it blocks, and empties the folder."""

    def __init__(self, writer: Writer, folder: Path, new_id: Callable[[], str]) -> None:
        self._writer = writer
        self._folder = folder
        self._new_id = new_id
        shutil.rmtree(folder, ignore_errors=True)

    async def new_recording(self) -> str:
        try:
            await trio.to_thread.run_sync(lambda: self._folder.mkdir(mode=0o700, parents=True, exist_ok=True))
        except OSError as error:
            raise as_store_failed(error) from error
        return str(self._folder / f"{self._new_id()}.wav")

    def discard_soon(self, path: str) -> None:
        recording = Path(path)
        if recording.parent != self._folder:
            raise PorterError(f"{path} is no recording of a call.")
        self._writer.submit(lambda _: recording.unlink(missing_ok=True))
