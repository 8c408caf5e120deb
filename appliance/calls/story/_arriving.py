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
    why: str = "week"
    """What decided: "week", "special", "date", "holiday", "calendar", "hand" or "no_clock"; see `routing.hours.Why`."""
    name: str = ""
    """Of the holiday or of the event in the calendar; "" for other reasons."""
    until: str = ""
    """When the hand lets go, such as "2026-11-30 09:00" by the clock of these hours; "": when it is taken back."""


class Announced(StoryFact, frozen=True):
    """The caller heard a notice."""

    phrase: str


ArrivingFact = CallBegan | RouteTaken | HoursLooked | Announced
