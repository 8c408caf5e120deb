"""One of each fact about doors, for the tests of stories."""

from appliance.calls.story import (
    AnyStoryFact,
    AskedToLetIn,
    DoorRings,
    DoorTalkEnded,
    NobodyCame,
    RangAgain,
    StreetKeyIgnored,
)

ONE_OF_EACH: list[AnyStoryFact] = [
    DoorRings("front"),
    RangAgain("front"),
    NobodyCame("front"),
    NobodyCame("front", is_closed=True),
    AskedToLetIn("front", "+37120000001"),
    StreetKeyIgnored("front", "201"),
    DoorTalkEnded("front", 180.0),
]
