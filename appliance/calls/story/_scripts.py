"""Scripts and surveys: what callers keyed in, what services answered, and the marks callers gave."""

from appliance.calls.story._base import StoryFact


class ScriptBegan(StoryFact, frozen=True):
    """The caller is asked the steps of a script."""

    script: str


class DigitsCollected(StoryFact, frozen=True):
    """The caller keyed something in."""

    value: str
    """What it is called."""
    digits: str
    """"" when it is secret."""


class NothingCollected(StoryFact, frozen=True):
    """The caller keyed in nothing that fits."""

    value: str


class ServiceAsked(StoryFact, frozen=True):
    """A web service was asked."""

    service: str
    """Its host."""
    seconds: float
    fault: str = ""
    """Why it did not answer as it should; "" when it did."""


class ReadBack(StoryFact, frozen=True):
    """The caller was asked whether something is right."""

    confirmed: bool


class Branched(StoryFact, frozen=True):
    """A value decided how the script goes on."""

    value: str
    found: str
    """"" when nobody knows it."""
    otherwise: tuple[str, ...] = ()
    """Where other values would have led: destinations, or steps of the script."""


class ScriptLeft(StoryFact, frozen=True):
    """A script is over, and leads on."""

    script: str
    destination: str


class Rated(StoryFact, frozen=True):
    """The caller answered a survey."""

    survey: str
    mark: int
    """1, bad, to 5, good."""
    member: str = ""
    """Who had talked to the caller; "" where nobody had."""


class NotRated(StoryFact, frozen=True):
    """The caller was asked for a mark and gave none."""

    survey: str


class LowMarkTold(StoryFact, frozen=True):
    """Somebody is told of a low mark by SMS."""

    to: str


class AppointmentBooked(StoryFact, frozen=True):
    """The caller booked a time."""

    calendar: str
    at: str
    """In the office's time, such as "2026-11-30 09:00"."""


class AppointmentCancelled(StoryFact, frozen=True):
    """The caller gave a time back."""

    calendar: str
    at: str


class AppointmentFailed(StoryFact, frozen=True):
    """A time could not be booked."""

    calendar: str
    why: str
    """"taken" by somebody who was quicker, "none free", "none chosen", "clock" for one that is not set, or "store"."""


ScriptFact = (
    AppointmentBooked
    | AppointmentCancelled
    | AppointmentFailed
    | ScriptBegan
    | DigitsCollected
    | NothingCollected
    | ServiceAsked
    | ReadBack
    | Branched
    | ScriptLeft
    | Rated
    | NotRated
    | LowMarkTold
)
