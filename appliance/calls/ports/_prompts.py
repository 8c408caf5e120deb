"""What can be said to somebody, and the shelf of what the office recorded itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from appliance.config.models import Configuration


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """A prompt of the catalogue by name, such as `voicemail-greeting`."""

    name: str
    language: str = "en"


class Said(msgspec.Struct, frozen=True, tag=True):
    """A text of the office, such as a name or an announcement: spoken, unless the office has recorded it."""

    text: str
    language: str = "en"


class SpelledDigits(msgspec.Struct, frozen=True, tag=True):
    """A number said digit by digit, such as a caller's."""

    digits: str
    language: str = "en"


class Recorded(msgspec.Struct, frozen=True, tag=True):
    """A recording by its path."""

    path: str


class OwnPrompt(msgspec.Struct, frozen=True, tag=True):
    """A prompt of the office's own: what was recorded under its name, else a text, spoken."""

    name: str
    """Of `Configuration.prompts`."""
    text: str
    language: str = "en"


class Counted(msgspec.Struct, frozen=True, tag=True):
    """A phrase that counts or orders something, such as `new-messages`, in the form the language has for that many."""

    name: str
    value: int
    language: str = "en"


class Figure(msgspec.Struct, frozen=True, tag=True):
    """A number of 0 or more, counting nothing."""

    value: int
    language: str = "en"


class Money(msgspec.Struct, frozen=True, tag=True):
    """An amount of 0 or more, such as twelve euros and fifty cents."""

    hundredths: int
    """The amount in cents, or whatever a hundredth of the currency is called."""
    currency: str
    """Of `CURRENCIES`."""
    language: str = "en"


CURRENCIES = ("EUR", "USD", "GBP", "UAH")
"""Which can be said (ISO 4217)."""


class Moment(msgspec.Struct, frozen=True, tag=True):
    """A time of day, with its date where that is not the day of `now`."""

    at: datetime
    now: datetime | None = None
    """None: the date is always said."""
    language: str = "en"


class TimeOfDay(msgspec.Struct, frozen=True, tag=True):
    """What time it is, as after "it is now"."""

    at: datetime
    language: str = "en"


class Tone(msgspec.Struct, frozen=True, tag=True):
    """A tone with a cadence, ITU-T E.180; silence where `frequencies` is empty."""

    frequencies: tuple[int, ...]
    """Hz, at most two."""
    on_ms: int
    off_ms: int = 0
    cycles: int = 1
    """0: until closed."""


Value = SpelledDigits | Figure | Money
"""What a text of the office may have in it that changes from call to call, and is not read as a text."""


class Filled(msgspec.Struct, frozen=True, tag=True):
    """A text of the office with values in it. What stands around the values may be recorded by the office."""

    parts: tuple[str | Said | Value, ...]
    """What is written, as texts; what was put in, as prompts."""
    language: str = "en"


Prompt = Phrase | Said | OwnPrompt | Filled | Counted | Value | Moment | TimeOfDay | Recorded | Tone

BEEP = Tone((1000,), on_ms=400)
RINGBACK = Tone((425,), on_ms=1000, off_ms=4000, cycles=0)


PromptFault = Literal["", "damaged", "missing"]
"""Why a recording is not heard; "": it is."""


class KeptPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt of which there is a recording of the office's own, or was."""

    name: str
    language: str
    seconds: float
    """0.0 where it cannot be heard."""
    text: str = ""
    """The words it was made for, as far as they are known."""
    fault: PromptFault = ""


class NumberedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """What can be recorded under a number that no configuration gives."""

    name: str
    language: str
    text: str


class PromptShelf(Protocol):
    """The office's own recordings of prompts. Each is heard in place of the phrase or text of that name."""

    async def keep(self, name: str, language: str, path: str, text: str = "") -> float:
        """Take a copy of a recording, in place of the one before; its length in seconds. Durable when this returns.

        Args:
            path: Any sound file; it is brought to the level and length of words of all prompts.
            text: The words it is made for, to be shown where nothing else tells.

        Raises `PorterError` with the cause and the next step where it is no sound, silent or too long; then all is as
        it was.
        """
        ...

    async def remove(self, name: str, language: str) -> bool:
        """Whether there was a recording; what comes with Porter is heard again."""
        ...

    async def kept(self) -> Sequence[KeptPrompt]:
        """All of them, by language and name."""
        ...

    def numbered(self, configuration: Configuration, number: str) -> NumberedPrompt | None:
        """The prompt of an office that has this number by itself; None: there is none."""
        ...
