"""Texts as sound: in the office's own voice where it recorded them, else in that of the distribution, else spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import trio

from appliance.config.models import Language
from appliance.prompts.joining import WORD_SECONDS, Part, join
from appliance.prompts.recorded_words import clauses, without_seams
from appliance.prompts.room import make_room
from appliance.prompts.words import TEXT_PREFIX, name_of_text

Speak = Callable[[str, Language], Awaitable[Path]]
"""The file of a text as the synthesiser speaks it."""

FindOwn = Callable[[str, Language], Path | None]
"""The office's own recording of that name."""

FindRecorded = Callable[[str, Language], Path | None]
"""The distribution's recording of that name."""


class Passage(NamedTuple):
    """A part of what is said, as it is written."""

    text: str
    is_fixed: bool = True
    """It is the same in every call, so that the office may have recorded it."""
    is_plain: bool = False
    """The office's own text, which is heard in one voice: never in the distribution's."""


class Sentences:
    """Makes one file of what is said.

    Args:
        folder: For what is put together of several sounds; made when it is missing.
    """

    def __init__(self, own: FindOwn, recorded: FindRecorded, speak: Speak, folder: Path) -> None:
        self._own = own
        self._recorded = recorded
        self._speak = speak
        self._folder = folder

    async def file(self, passages: Sequence[Passage], language: Language) -> Path:
        """What passages, one after the other, sound like.

        Raises:
            CannotSpeak: No speech could be made.
            OSError, wave.Error: A sound cannot be read or written.
        """
        if all(passage.is_fixed for passage in passages):
            whole = Passage("".join(passage.text for passage in passages), is_plain=passages[0].is_plain)
            if (own := self._own_of(whole, language)) is not None:
                return own
        pieces = self._pieces(passages, language)
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return await self._speak(pieces[0], language)
        parts = [Part(await self._speak(one, language)) if isinstance(one, str) else one for one in pieces]
        return await self.joined(parts, language)

    def _pieces(self, passages: Sequence[Passage], language: Language) -> list[str | Part]:
        """Sounds that are there, and between them the texts to be spoken, each in one go."""
        found: list[str | Part] = []
        for is_own, together in groupby(passages, key=lambda passage: self._own_of(passage, language)):
            if is_own is not None:
                found.append(Part(is_own))
            else:
                found += self._standard(list(together), language)
        return [
            piece
            for is_text, run in groupby(found, key=lambda piece: isinstance(piece, str))
            for piece in ([" ".join(str(text) for text in run)] if is_text else run)
        ]

    def _own_of(self, passage: Passage, language: Language) -> Path | None:
        """What the office recorded; its own text is the same in whichever language somebody is spoken to."""
        if not passage.is_fixed:
            return None
        others = [other for other in Language if other != language] if passage.is_plain else []
        name = name_of_text(without_seams(passage.text))
        return next((own for one in (language, *others) if (own := self._own(name, one)) is not None), None)

    def _standard(self, passages: Sequence[Passage], language: Language) -> list[str | Part]:
        found: list[str | Part] = []
        for is_plain, together in groupby(passages, key=lambda passage: passage.is_plain):
            text = "".join(passage.text for passage in together)
            if is_plain:
                found += [text.strip()] if text.strip() else []
            else:
                found += self._clauses(text, language)
        return found

    def _clauses(self, text: str, language: Language) -> list[str | Part]:
        found: list[str | Part] = []
        for clause in clauses(text, language, lambda word: self._own(name_of_text(word), language) is not None):
            sounds = [self._sound(name, language) for name in clause.recordings]
            paths = [path for path in sounds if path is not None]
            if not paths or len(paths) < len(sounds):
                found.append(clause.text)
                continue
            found += [Part(path) for path in paths[:-1]]
            found.append(Part(paths[-1], clause.pause_seconds or WORD_SECONDS))
        return found

    def _sound(self, name: str, language: Language) -> Path | None:
        """The office's own where the name is that of a text, else the distribution's."""
        return self._own(name, language) if name.startswith(TEXT_PREFIX) else self._recorded(name, language)

    async def joined(self, parts: Sequence[Part], language: Language, keep_in: Path | None = None) -> Path:
        """The file of sounds put together; its name says of what, so that a new recording makes a new file.

        Args:
            keep_in: A folder in which it is kept for good; None: where the oldest make room.
        """
        content = repr([(str(part.path), part.path.stat().st_mtime_ns, part.pause_seconds) for part in parts])
        key = hashlib.sha256(content.encode(errors="replace")).hexdigest()[:32]
        path = (keep_in or self._folder) / f"{language}-{key}.wav"
        if not path.is_file():
            make_room(path.parent, keeps_all=keep_in is not None)
            await trio.to_thread.run_sync(join, parts, path)
        return path
