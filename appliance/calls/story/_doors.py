"""What happened at a door."""

from appliance.calls.story._base import StoryFact


class DoorRings(StoryFact, frozen=True):
    """Somebody pressed the button of a door."""

    door: str


class RangAgain(StoryFact, frozen=True):
    """The button was pressed again during the call; nobody is rung twice for that."""

    door: str


class NobodyCame(StoryFact, frozen=True):
    """The visitor was told that nobody comes."""

    door: str
    is_closed: bool = False
    """Nobody is rung at this time."""


class AskedToLetIn(StoryFact, frozen=True):
    """Somebody was asked by SMS to let the visitor in, with a code for this ring."""

    door: str
    to: str


class StreetKeyIgnored(StoryFact, frozen=True):
    """A key that opens the door was also heard in the street, so it may be an echo of it, and opens nothing."""

    door: str
    by: str


class DoorTalkEnded(StoryFact, frozen=True):
    """The longest time of a talk with the door was over."""

    door: str
    seconds: float


DoorFact = DoorRings | RangAgain | NobodyCame | AskedToLetIn | StreetKeyIgnored | DoorTalkEnded
