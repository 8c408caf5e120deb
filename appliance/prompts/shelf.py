"""The office's own recordings of prompts, in a folder for each language: each is heard in place of what comes with
Porter, and that again once it is removed."""

from __future__ import annotations

import re
import wave
from collections.abc import Sequence
from pathlib import Path

import trio

from appliance.calls.ports import KeptPrompt
from appliance.config.models import Language
from appliance.errors import PorterError
from appliance.prompts.telephone_sound import NotUsable, to_telephone

_NAME = re.compile(r"\w[\w-]{0,31}")


class FolderShelf:
    """The `PromptShelf` port: `<folder>/<language>/<prompt>.wav`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changing = trio.Lock()

    def find(self, name: str, language: Language) -> Path | None:
        """The recording of a prompt; None when there is none."""
        path = self._folder / language / f"{name}.wav"
        return path if _NAME.fullmatch(name) and path.is_file() else None

    async def keep(self, name: str, language: str, path: str) -> float:
        target = self._file(name, language)
        try:
            await trio.to_thread.run_sync(lambda: target.parent.mkdir(parents=True, exist_ok=True))
            async with self._changing:
                return await to_telephone(Path(path), target)
        except FileNotFoundError as error:
            raise NotUsable("Nothing was recorded.", "Record it again.") from error
        except OSError as error:
            raise PorterError(
                f"The recording cannot be kept: {error.strerror}.", "Free some space on the disk."
            ) from error

    async def remove(self, name: str, language: str) -> bool:
        target = self._file(name, language)
        async with self._changing:
            was_there = await trio.to_thread.run_sync(target.is_file)
            await trio.to_thread.run_sync(lambda: target.unlink(missing_ok=True))
        return was_there

    async def kept(self) -> Sequence[KeptPrompt]:
        return await trio.to_thread.run_sync(self._look)

    def _file(self, name: str, language: str) -> Path:
        if not _NAME.fullmatch(name):
            raise PorterError(f'"{name}" is no name of a prompt.', "Letters, digits, - and _, at most 32.")
        return self._folder / Language(language) / f"{name}.wav"

    def _look(self) -> list[KeptPrompt]:
        return [
            KeptPrompt(name=path.stem, language=language, seconds=_seconds(path))
            for language in Language
            for path in sorted((self._folder / language).glob("*.wav"))
            if _NAME.fullmatch(path.stem)
        ]


def _seconds(path: Path) -> float:
    """The length of a recording; 0.0 where somebody put something else there by hand."""
    try:
        with wave.open(str(path)) as file:
            seconds: float = file.getnframes() / file.getframerate()
            return seconds
    except (OSError, EOFError, wave.Error):
        return 0.0
