"""How steps and calls ended."""

from appliance.calls.names import Cause, Outcome
from appliance.calls.story._base import StoryFact


class StepBegan(StoryFact, frozen=True):
    """A flow took over."""

    flow: str


class StepEnded(StoryFact, frozen=True):
    """A step ended without saying what comes next."""

    flow: str
    outcome: Outcome


class Broke(StoryFact, frozen=True):
    """Our own fault ended the call."""

    error: str


class HungUp(StoryFact, frozen=True):
    """The call is over."""

    by: str
    cause: Cause


EndingFact = StepBegan | StepEnded | Broke | HungUp
