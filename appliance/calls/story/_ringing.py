"""Who was rung, and who answered."""

from appliance.calls.names import Cause
from appliance.calls.story._base import StoryFact


class Ringing(StoryFact, frozen=True):
    """A party is being rung."""

    member: str
    phones: int
    """How many registrations of it ring; 0: none is there."""


class NotRung(StoryFact, frozen=True):
    """A party could not be rung."""

    member: str
    reason: str


class LegFailed(StoryFact, frozen=True):
    """A leg ended without being answered."""

    member: str
    cause: Cause


class Answered(StoryFact, frozen=True):
    """Somebody took the call."""

    member: str
    after_seconds: float


class NoAnswer(StoryFact, frozen=True):
    """Nobody took the call within the time."""

    group: str
    seconds: float


class ForwardTried(StoryFact, frozen=True):
    """A call is forwarded to an outside number."""

    member: str
    line: str


class AcceptAsked(StoryFact, frozen=True):
    """The one who answered outside was asked to press 1."""

    member: str
    accepted: bool


class PutThroughFailed(StoryFact, frozen=True):
    """No line could take an outside call."""

    number: str
    tried: tuple[str, ...]


RingingFact = Ringing | NotRung | LegFailed | Answered | NoAnswer | ForwardTried | AcceptAsked | PutThroughFailed
