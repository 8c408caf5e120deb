"""What can be asked about prompts and recordings of talks; and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from appliance.control.messages import Ask, Done

LanguageCode = Literal["en", "lv", "uk", "ru"]


class ListRecordings(Ask["RecordingsListed"], frozen=True, tag="list_recordings"):
    """Recordings of talks, newest first."""

    most: int = 50


class KeptRecording(msgspec.Struct, frozen=True, kw_only=True):
    """The recording of one talk."""

    id: str
    call: str
    path: str
    by: str
    """Number of who asked for it; "" where talks are always recorded, or a crash cut it."""
    parties: tuple[str, ...]
    began_at: datetime | None
    """None when the clock was not set."""
    seconds: float


class RecordingsListed(msgspec.Struct, frozen=True, tag="recordings_listed"):
    """They are there."""

    recordings: tuple[KeptRecording, ...]


class RemoveRecording(Ask[Done], frozen=True, kw_only=True, tag="remove_recording"):
    """Delete the recording of a talk; refused when there is none of that id."""

    id: str
    by: str
    """Who did it, for the log."""


class ListPrompts(Ask["PromptsListed"], frozen=True, tag="list_prompts"):
    """Every prompt there is, those of the office's own first."""

    language: LanguageCode | None = None
    """None: the office's."""


class ShownPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """What callers hear under a name."""

    name: str
    language: str
    dial: str | None
    """What a telephone dials to record it, such as *77401234; None: it cannot be recorded by telephone."""
    seconds: float | None
    """Length of the office's own recording; None: there is none."""
    text: str
    """What is said; "" for a prompt of the office's own that menus name."""
    topic: str
    """What it is about: a file of Porter's phrases, or menus, queues, scripts, notes, names, own, and unused for
    recordings of texts that nothing says any more."""
    place: str
    """Where it is said: a phrase by name, or a place of the configuration."""
    voice: PromptVoice
    """Whom callers hear."""
    fault: PromptFault = ""
    """What is wrong with the office's own recording, so that it is not heard."""


PromptVoice = Literal["own", "recorded", "spoken", "none"]
"""The office's recording, the distribution's, the synthesiser's; none where there is no text to speak."""


PromptFault = Literal["", "damaged", "missing"]


class PromptsListed(msgspec.Struct, frozen=True, tag="prompts_listed"):
    """They are there."""

    prompts: tuple[ShownPrompt, ...]


class HearPrompt(Ask["PromptSound"], frozen=True, kw_only=True, tag="hear_prompt"):
    """What callers hear under a name now."""

    name: str
    language: LanguageCode


class PromptSound(msgspec.Struct, frozen=True, tag="prompt_sound"):
    """A WAV file, s16le mono at 8 kHz."""

    sound: bytes


class KeepPrompt(Ask[Done], frozen=True, kw_only=True, tag="keep_prompt"):
    """Put a recording in the place of a prompt; refused with the cause when it cannot be used."""

    name: str
    language: LanguageCode
    sound: bytes
    """A sound file of any kind and rate."""
    by: str


class RemovePrompt(Ask[Done], frozen=True, kw_only=True, tag="remove_prompt"):
    """Remove a recording, so that what comes with Porter is heard again; refused when there is none."""

    name: str
    language: LanguageCode
    by: str


PromptRequest = ListRecordings | RemoveRecording | ListPrompts | HearPrompt | KeepPrompt | RemovePrompt
PromptResult = RecordingsListed | PromptsListed | PromptSound
