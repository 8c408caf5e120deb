"""Prompts as sound files: the office's own recordings, else those of the distribution, else speech made once and kept.

Whoever plays prompts never fails because of them: what cannot be made is a beep, and the log says why and what to do.
"""

from __future__ import annotations

import hashlib
import logging
import wave
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import trio

from appliance.calls.ports import (
    BEEP,
    Counted,
    OwnPrompt,
    Phrase,
    Prompt,
    Recorded,
    Tone,
)
from appliance.config.models import Language
from appliance.prompts.catalogue import catalogue
from appliance.prompts.inventory import Sayable
from appliance.prompts.joining import Part, length_of
from appliance.prompts.passages import passages
from appliance.prompts.room import make_room
from appliance.prompts.sentences import Passage, Sentences
from appliance.prompts.shelf import FolderShelf
from appliance.prompts.speech import VOICES, WORDS_PER_MINUTE, CannotSpeak, speak
from appliance.prompts.tones import write_tone

log = logging.getLogger(__name__)

DEBIAN_RECORDINGS = Path("/usr/share/asterisk/sounds")
RECORDED_LANGUAGES: Mapping[Language, str] = {Language.EN: "en", Language.RU: "ru"}
"""Folders below `DEBIAN_RECORDINGS`, from the packages asterisk-core-sounds-en-wav and -ru-wav."""

MOST_AT_ONCE = 1
"""Speech made at the same time; it may not disturb the sound of calls."""

RETRY_SECONDS = 10.0
"""Between two looks whether what could not be spoken can be now, such as after a full disk."""

PREPARED = "All prompts are ready."
"""What the journal says when the phrases of the office's languages are made."""


class PromptLibrary:
    """Files for prompts, in a folder of its own.

    Args:
        folder: Where speech is kept; made when it is missing. Losing it costs only the time to make it again.
        own: The office's own recordings, which go before all others.
        recordings: Where Debian's recordings are; a folder that is missing means that none are installed.

    Attributes:
        on_change: Called when there are other faults than before, within `RETRY_SECONDS`.
    """

    def __init__(self, folder: Path, *, own: FolderShelf, recordings: Path = DEBIAN_RECORDINGS) -> None:
        self._own = own
        self._phrases = folder / "phrases"
        self._said = folder / "said"
        self._recordings = recordings
        self._making = trio.CapacityLimiter(MOST_AT_ONCE)
        self._sentences = Sentences(own.find, self._recording, self._speak, self._said)
        self._faults: set[str] = set()
        self._usable: dict[Path, bool] = {}
        self.on_change: Callable[[], None] = _nobody_looks

    @property
    def faults(self) -> Sequence[str]:
        """Why some prompts are beeps, or not the office's own: each cause with its next step, in English."""
        return [*sorted(self._faults), *self._own.faults]

    async def prepare(self, languages: Iterable[Language]) -> None:
        """Make every phrase of the catalogue in some languages; meant to run beside the office at its start."""
        for language in dict.fromkeys(languages):
            for name in catalogue().phrases:
                await self._files(Phrase(name, language))

    async def look_after(self, languages: Sequence[Language]) -> None:
        """`prepare`, and then, while something is wrong, try again until it is not, and look at the office's own
        recordings. Until cancelled."""
        await self.prepare(languages)
        log.info(PREPARED)
        told = self.faults
        while True:
            await self._own.kept()  # finds out what is damaged or missing
            if self.faults != told:
                told = self.faults
                self.on_change()
            await trio.sleep(RETRY_SECONDS)
            if self._faults and await self._is_well(languages):
                log.info("Prompts are spoken again.")
                self._faults.clear()

    async def _is_well(self, languages: Iterable[Language]) -> bool:
        """Whether everything can be made that could not."""
        try:
            self._tone(BEEP)
            for language in dict.fromkeys(languages):
                for name in catalogue().phrases:
                    await self._made(Phrase(name, language))
        except (CannotSpeak, OSError, wave.Error):
            return False
        return True

    async def files(self, prompts: Sequence[Prompt]) -> list[Path]:
        """WAV files (s16le mono, 8 kHz) to be played one after another. Never raises but for cancellation.

        A tone without end is the file of one cycle, to be looped.
        """
        return [path for prompt in prompts for path in await self._files(prompt)]

    async def sample(self, sayable: Sayable, language: Language) -> Path:
        """What one thing sounds like now; raises `PorterError` where it cannot be made."""
        try:
            if sayable.name in catalogue().phrases:
                (path,) = await self._phrase(sayable.name, language)
                return path
            passage = Passage(sayable.text, is_plain=sayable.is_plain)
            return self._own.find(sayable.name, language) or await self._sentences.file([passage], language)
        except (OSError, wave.Error) as error:
            raise CannotSpeak(f"It cannot be made: {error}.", "Free some space on the disk.") from error

    def is_recorded(self, sayable: Sayable, language: Language) -> bool:
        """Whether the distribution's recordings say it, and are installed."""
        return bool(sayable.recordings) and None not in [self._recording(name, language) for name in sayable.recordings]

    async def _files(self, prompt: Prompt) -> list[Path]:
        try:
            return await self._made(prompt)
        except (CannotSpeak, OSError, wave.Error) as error:
            self._fault(f"Prompts that are not recorded are beeps: {error}")
            return self._beep()

    async def _made(self, prompt: Prompt) -> list[Path]:
        match prompt:
            case Phrase(name=name, language=code):
                return await self._phrase(name, _language(code))
            case Recorded(path=path):
                return [self._existing(Path(path))]
            case Tone():
                return [self._tone(prompt)]
            case Counted(name=name) if name not in catalogue().counted:
                return self._unknown(name)
            case OwnPrompt(name=name, language=code) if own := self._own.find(name, _language(code)):
                return [own]
            case _:
                language = _language(prompt.language)
                said = [passage for passage in passages(prompt, language) if passage.text]
                return [await self._sentences.file(said, language)] if said else []

    async def _phrase(self, name: str, language: Language) -> list[Path]:
        if (own := self._own.find(name, language)) is not None:
            return [own]
        phrase = catalogue().phrases.get(name)
        if phrase is None:
            return self._unknown(name)
        recording = self._recording(phrase.recorded, language) if phrase.recorded is not None else None
        if recording is not None:
            try:
                return [await self._sentences.joined([Part(recording)], language, self._phrases)]
            except OSError:
                return [recording]  # at a level of its own, but without a place on a full disk
        return [await self._spoken(phrase.text(language), language, self._phrases)]

    def _recording(self, name: str, language: Language) -> Path | None:
        """The distribution's."""
        folder = RECORDED_LANGUAGES.get(language)
        path = self._recordings / folder / f"{name}.wav" if folder is not None else None
        return path if path is not None and self._is_usable(path) else None

    def _is_usable(self, path: Path) -> bool:
        """Whether a recording of the distribution is there and whole; looked at once, since packages do not change
        while an office runs."""
        if path not in self._usable:
            try:
                self._usable[path] = path.stat().st_size > length_of(path) * 2 > 0
            except FileNotFoundError:
                self._usable[path] = False
            except (OSError, wave.Error) as error:
                log.error("%s cannot be used, so its text is spoken: %s", path, error)
                self._usable[path] = False
        return self._usable[path]

    async def _speak(self, text: str, language: Language) -> Path:
        """What is said once in a while."""
        return await self._spoken(text, language, self._said)

    async def _spoken(self, text: str, language: Language, folder: Path) -> Path:
        """The file of a text; its name says what was spoken and how, so that a new voice makes new files."""
        key = hashlib.sha256(f"{VOICES[language]} {WORDS_PER_MINUTE} {text}".encode(errors="replace")).hexdigest()[:32]
        path = folder / f"{language}-{key}.wav"
        if not path.is_file():
            async with self._making:
                if not path.is_file():
                    make_room(folder, keeps_all=folder == self._phrases)
                    await speak(text, language, path)
                    self._faults.clear()
        return path

    def _tone(self, tone: Tone) -> Path:
        self._said.parent.mkdir(parents=True, exist_ok=True)
        frequencies = "+".join(map(str, tone.frequencies)) or "silence"
        path = self._said.parent / f"tone-{frequencies}-{tone.on_ms}-{tone.off_ms}-{tone.cycles}.wav"
        if not path.is_file():
            write_tone(tone, path)
        return path

    def _existing(self, path: Path) -> Path:
        if path.is_file():
            return path
        raise CannotSpeak(f"The recording {path} is not there.", "Was it deleted while somebody listened?")

    def _unknown(self, name: str) -> list[Path]:
        self._fault(f'There is no phrase "{name}". Add it to a file in appliance/prompts/phrases')
        return self._beep()

    def _beep(self) -> list[Path]:
        try:
            return [self._tone(BEEP)]
        except OSError as error:
            self._fault(f"Not even a beep can be written: {error}. Free some space on the disk.")
            return []

    def _fault(self, fault: str) -> None:
        """Log a fault when it comes up; the same one again is only noted."""
        if fault not in self._faults:
            self._faults.add(fault)
            log.error("%s", fault)


def _nobody_looks() -> None:
    pass


def _language(code: str) -> Language:
    """A language by its code; English for one we do not speak."""
    return Language(code) if code in {language.value for language in Language} else Language.EN
