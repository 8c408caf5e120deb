"""One of each fact about doors, for the tests of stories."""

from appliance.calls.story import AnyStoryFact, DoorRings, DoorTalkEnded, NobodyCame, RangAgain, StreetKeyIgnored

ONE_OF_EACH: list[AnyStoryFact] = [
    DoorRings("front"),
    RangAgain("front"),
    NobodyCame("front"),
    NobodyCame("front", is_closed=True),
    StreetKeyIgnored("front", "201"),
    DoorTalkEnded("front", 180.0),
]
