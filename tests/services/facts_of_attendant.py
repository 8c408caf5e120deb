"""One of each fact about the auto attendant, for the tests of stories."""

from appliance.calls.story import (
    AnyStoryFact,
    KeyChosen,
    LanguageChosen,
    LedOn,
    MenuEntered,
    NameLookedUp,
    NothingKeyed,
    NumberKeyed,
    WordsUnderstood,
    WrongKeys,
)

ONE_OF_EACH: list[AnyStoryFact] = [
    MenuEntered("Main menu"),
    KeyChosen("Main menu", "1", "ring_group:sales"),
    NumberKeyed("Main menu", "202"),
    WordsUnderstood("opening hours", "3"),
    LanguageChosen("lv"),
    WrongKeys("Main menu", "299"),
    NothingKeyed("Main menu"),
    *(LedOn("Main menu", "extension:201", why) for why in ("silence", "invalid", "round")),
    NameLookedUp("26", ("201", "202")),
    NameLookedUp("99", ()),
]
