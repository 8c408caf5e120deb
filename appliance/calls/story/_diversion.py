"""Diversions: taken by a call, and changed by their person."""

from appliance.calls.story._base import StoryFact


class Diverted(StoryFact, frozen=True):
    """A person's diversion sends the call on."""

    member: str
    rule: str
    """A `DivertRule`."""
    destination: str


class DiversionSet(StoryFact, frozen=True):
    """A person diverted her calls, or no longer does."""

    member: str
    rule: str
    """A `DivertRule`, or "all"."""
    destination: str = ""
    """"": her calls are no longer diverted by this rule."""
    after_seconds: float | None = None
    """How long her phones ring before, where she said it; None: as long as until then."""


class DiversionRefused(StoryFact, frozen=True):
    """A person could not divert her calls."""

    member: str
    dialled: str
    reason: str


class DoNotDisturbSet(StoryFact, frozen=True):
    """A person wants not to be disturbed, or may be again."""

    member: str
    on: bool


class HoursSwitched(StoryFact, frozen=True):
    """Somebody put opening hours to open or closed by hand at a telephone."""

    hours: str
    """"": all of them."""
    is_open: bool
    by: str


DiversionFact = Diverted | DiversionSet | DiversionRefused | DoNotDisturbSet | HoursSwitched
