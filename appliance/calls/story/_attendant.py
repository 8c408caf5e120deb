"""The auto attendant: what callers chose, and where they were led without choosing."""

from appliance.calls.story._base import StoryFact


class MenuEntered(StoryFact, frozen=True):
    """The caller hears a menu."""

    menu: str


class KeyChosen(StoryFact, frozen=True):
    """The caller pressed a key of a menu that leads on."""

    menu: str
    key: str
    destination: str


class NumberKeyed(StoryFact, frozen=True):
    """The caller dialled a number of the house at a menu."""

    menu: str
    to: str


class WordsUnderstood(StoryFact, frozen=True):
    """The caller spoke, and was understood to mean a key of the menu."""

    words: str
    key: str


class LanguageChosen(StoryFact, frozen=True):
    """The caller chose what he is spoken to in."""

    spoken: str
    """ISO 639-1."""


class WrongKeys(StoryFact, frozen=True):
    """The caller pressed keys that mean nothing in a menu."""

    menu: str
    keys: str


class NothingKeyed(StoryFact, frozen=True):
    """The caller pressed nothing while a menu waited."""

    menu: str


class LedOn(StoryFact, frozen=True):
    """The caller did not choose, and is sent on."""

    menu: str
    destination: str
    why: str
    """"silence", "invalid", or "round" for who walked through menus without an end."""


class NameLookedUp(StoryFact, frozen=True):
    """The caller looked for a person by the letters of the name."""

    keys: str
    order: tuple[str, ...]
    """Extensions that were found."""


AttendantFact = (
    MenuEntered
    | KeyChosen
    | NumberKeyed
    | WordsUnderstood
    | LanguageChosen
    | WrongKeys
    | NothingKeyed
    | LedOn
    | NameLookedUp
)
