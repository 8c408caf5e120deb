"""The office's own recordings of prompts, in a folder for each language: each is heard in place of what comes with
Porter, and that again once it is removed, or lost.

Beside each recording stands a text file with the words it was made for. Where that stands alone, one is missing."""

from __future__ import annotations

import logging
import re
import wave
from collections.abc import Sequence
from pathlib import Path

import trio

from appliance.calls.ports import KeptPrompt, NumberedPrompt, PromptFault
from appliance.config.models import Configuration, Language
from appliance.errors import PorterError
from appliance.prompts.inventory import numbered
from appliance.prompts.joining import length_of
from appliance.prompts.telephone_sound import NotUsable, to_telephone
from appliance.prompts.tones import RATE

log = logging.getLogger(__name__)

_NAME = re.compile(r"\w[\w-]{0,31}")

WORDS = ".txt"
"""Ending of the file with the words of a recording."""


class FolderShelf:
    """The `PromptShelf` port: `<folder>/<language>/<prompt>.wav`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changing = trio.Lock()
        self._looked_at: dict[Path, tuple[tuple[int, int], PromptFault]] = {}
        self._faults: dict[tuple[str, str], PromptFault] = {}

    @property
    def faults(self) -> Sequence[str]:
        """Recordings that cannot be heard as far as is known, each with the next step, in English."""
        return [
            f"The own recording of {name} ({language}) is {fault}, so the standard prompt is heard. "
            "Upload it again, or go back to the original, on the page Prompts."
            for (language, name), fault in sorted(self._faults.items())
        ]

    def find(self, name: str, language: Language) -> Path | None:
        """The recording of a prompt; None when there is none that can be heard."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / language / f"{name}.wav"
        fault = self._fault_of(path)
        if fault:
            if self._faults.get((language, name)) != fault:
                log.error("The own recording %s is %s; the standard prompt is heard.", path, fault)
            self._faults[language, name] = fault
        else:
            self._faults.pop((language, name), None)
        return path if not fault and path in self._looked_at else None

    def _fault_of(self, path: Path) -> PromptFault:
        """What is wrong with a recording; "" for one that can be heard, and where there is none."""
        try:
            status = path.stat()
        except FileNotFoundError:
            self._looked_at.pop(path, None)
            return "missing" if path.with_suffix(WORDS).is_file() else ""
        except OSError:
            return "damaged"
        seen = status.st_mtime_ns, status.st_size
        if path not in self._looked_at or self._looked_at[path][0] != seen:
            self._looked_at[path] = seen, "" if _is_whole(path, status.st_size) else "damaged"
        return self._looked_at[path][1]

    async def keep(self, name: str, language: str, path: str, text: str = "") -> float:
        target = self._file(name, language)
        try:
            await trio.to_thread.run_sync(lambda: target.parent.mkdir(parents=True, exist_ok=True))
            async with self._changing:
                seconds = await to_telephone(Path(path), target)
                await trio.to_thread.run_sync(_write_words, target, text)
                return seconds
        except FileNotFoundError as error:
            raise NotUsable("prompt_nothing", "Nothing was recorded.", "Record it again.") from error
        except OSError as error:
            raise PorterError(
                f"The recording cannot be kept: {error.strerror}.", "Free some space on the disk."
            ) from error

    async def remove(self, name: str, language: str) -> bool:
        target = self._file(name, language)
        async with self._changing:
            was_there = await trio.to_thread.run_sync(_remove, target)
        self.find(name, Language(language))
        return was_there

    def numbered(self, configuration: Configuration, number: str) -> NumberedPrompt | None:
        return numbered(configuration, number)

    async def kept(self) -> Sequence[KeptPrompt]:
        return await trio.to_thread.run_sync(self._look)

    def _file(self, name: str, language: str) -> Path:
        if not _NAME.fullmatch(name):
            raise PorterError(f'"{name}" is no name of a prompt.', "Letters, digits, - and _, at most 32.")
        return self._folder / Language(language) / f"{name}.wav"

    def _look(self) -> list[KeptPrompt]:
        return [self._look_at(path, language) for language in Language for path in self._kept_in(language)]

    def _kept_in(self, language: Language) -> list[Path]:
        """Where recordings are, or were."""
        folder = self._folder / language
        files = {path.with_suffix(".wav") for ending in (".wav", WORDS) for path in folder.glob(f"*{ending}")}
        return sorted(path for path in files if _NAME.fullmatch(path.stem))

    def _look_at(self, path: Path, language: Language) -> KeptPrompt:
        self.find(path.stem, language)
        fault = self._faults.get((language, path.stem), "")
        return KeptPrompt(
            name=path.stem,
            language=language,
            seconds=0.0 if fault else _seconds(path),
            text=_words(path),
            fault=fault,
        )


def _is_whole(path: Path, size: int) -> bool:
    """Whether a recording is what a telephone can play, to its end."""
    try:
        return 0 < length_of(path) * 2 < size
    except (OSError, wave.Error):
        return False


def _seconds(path: Path) -> float:
    """The length of a recording; 0.0 where it went away meanwhile."""
    try:
        return length_of(path) / RATE
    except (OSError, wave.Error):
        return 0.0


def _write_words(path: Path, text: str) -> None:
    """The recording is in force already, and heard without them."""
    try:
        path.with_suffix(WORDS).write_text(text)
    except OSError as error:
        log.warning("The words of %s cannot be kept: %s", path, error)


def _words(path: Path) -> str:
    """What a recording was made for; "" where nobody wrote it."""
    try:
        return path.with_suffix(WORDS).read_text(errors="replace")
    except OSError:
        return ""


def _remove(path: Path) -> bool:
    """The recording first: killed in between, it is missing and not heard again."""
    was_there = path.exists() or path.with_suffix(WORDS).exists()
    path.unlink(missing_ok=True)
    path.with_suffix(WORDS).unlink(missing_ok=True)
    return was_there
