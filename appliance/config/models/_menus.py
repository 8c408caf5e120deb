"""The auto attendant's menus: what callers hear, and where each key leads."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Language, Model, Name, Seconds, ShownName

MenuKey = Annotated[str, Meta(pattern=r"^[0-9*#]$", description="one key: 0 to 9, * or #")]
SpokenText = Annotated[str, Meta(min_length=1, max_length=500, description="a text of 1 to 500 characters")]
SpokenTexts = dict[Language, SpokenText]
"""What is said, by language; who is spoken to in another one hears the office's, or the first that is written."""

SpokenWords = Annotated[
    str, Meta(max_length=60, pattern=r"^[^\W\d_]+(['’ ][^\W\d_]+){0,5}$", description="one to six words of letters")
]


class SpeechRecognition(Model, frozen=True, kw_only=True):
    """Whether callers may speak instead of pressing keys."""

    engine: Literal["off", "pocketsphinx"] = "off"
    """"pocketsphinx" understands English, where Debian's pocketsphinx and pocketsphinx-en-us are installed."""


class Menu(Model, frozen=True, kw_only=True):
    """A greeting, and keys that lead on. Keys cut the greeting short."""

    name: ShownName
    number: DialledNumber | None = None
    """What phones of the house dial for it, and transfer callers to; None: only destinations lead here."""
    greeting: SpokenTexts
    """Should name the keys; spoken by the speech synthesiser."""
    recorded: Name | None = None
    """A prompt of `prompts`: where it is recorded in a language, that is heard in place of the greeting's text."""
    keys: dict[MenuKey, str] = {}
    """Destination by key."""
    dial_extensions: bool = True
    """Callers may dial the number of anybody and anything in the house."""
    dial_by_name: MenuKey | None = None
    """Leads to the directory, in which a person is found by the letters of the name."""
    repeat: MenuKey | None = None
    """Says the greeting again."""
    back: MenuKey | None = None
    """Leads to the menu the caller came from; in the first one it says the greeting again."""
    languages: dict[MenuKey, Language] = {}
    """Keys that choose what the caller is spoken to in from then on."""
    words: dict[Language, dict[MenuKey, tuple[SpokenWords, ...]]] = {}
    """What callers may say instead of a key, by language; only where `speech` names an engine. Keys work always."""
    tries: Annotated[int, Meta(ge=1, le=9, description="a number of 1 to 9")] = 3
    """How often a caller may press wrong keys, or none, before he is led on."""
    silence_seconds: Seconds = 5.0
    """How long a caller may think after the greeting."""
    key_seconds: Annotated[float, Meta(ge=0.5, le=10, description="seconds, 0.5 to 10")] = 2.0
    """How soon the next key of a number must follow; only then a key that numbers begin with counts alone."""
    invalid: str | None = None
    """Where the last wrong key leads; None: to the default desk."""
    silence: str | None = None
    """Where who presses nothing is led, such as from a telephone without tones; None: to the default desk."""
