"""How a call began and where it was sent."""

from appliance.calls.story._base import StoryFact


class CallBegan(StoryFact, frozen=True):
    """Somebody called."""

    caller: str
    called: str
    line: str | None = None


class RouteTaken(StoryFact, frozen=True):
    """Routing chose a destination."""

    destination: str
    why: str
    """The rule's name, or "default" when nothing matched."""
    otherwise: tuple[str, ...] = ()
    """Where the other exits would have led."""


class HoursLooked(StoryFact, frozen=True):
    """Opening hours were asked."""

    hours: str
    is_open: bool
    clock_known: bool = True
    by_hand: bool = False
    """Somebody has switched it open or closed, whatever the hours say."""


class Announced(StoryFact, frozen=True):
    """The caller heard a notice."""

    phrase: str


ArrivingFact = CallBegan | RouteTaken | HoursLooked | Announced
