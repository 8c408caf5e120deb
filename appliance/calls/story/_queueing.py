"""How a caller waited in a queue."""

from appliance.calls.story._base import StoryFact


class QueueEntered(StoryFact, frozen=True):
    """The caller waits in a queue."""

    group: str
    place: int
    """1: first."""
    expected_seconds: float | None = None
    """How long he will wait; None: nobody can tell."""


class QueueServed(StoryFact, frozen=True):
    """The waiting is over: an agent took the call."""

    group: str
    seconds: float


class QueueLeft(StoryFact, frozen=True):
    """The queue could not keep the caller."""

    group: str
    why: str
    """A `Reason` of `appliance.routing.queueing`."""
    seconds: float = 0.0
    """How long he had waited."""


class QueueKeyPressed(StoryFact, frozen=True):
    """The caller chose by a key to go elsewhere."""

    group: str
    key: str
    seconds: float
    """How long he had waited."""


class KeptInside(StoryFact, frozen=True):
    """A caller who matters especially is not led outside, whom a queue could not keep."""

    destination: str


QueueingFact = KeptInside | QueueEntered | QueueServed | QueueLeft | QueueKeyPressed
