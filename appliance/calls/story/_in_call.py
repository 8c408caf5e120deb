"""What somebody asked for by keys during a talk."""

from appliance.calls.names import Outcome
from appliance.calls.story._base import StoryFact


class ConsultBegan(StoryFact, frozen=True):
    """A party calls somebody else while the one it talks to waits."""

    by: str
    to: str


class ConsultFailed(StoryFact, frozen=True):
    """The one to be asked did not come; the talk goes on."""

    to: str
    outcome: Outcome


class TookBack(StoryFact, frozen=True):
    """A party goes back to the one who waited, and leaves the one it asked."""

    by: str


class PartyAdded(StoryFact, frozen=True):
    """A third party joins the talk."""

    by: str
    member: str


class PartyLeft(StoryFact, frozen=True):
    """One of several parties left the talk, which goes on."""

    member: str


class RecordingBegan(StoryFact, frozen=True):
    """The talk is recorded from now on."""

    by: str
    """Who asked for it; "" where talks are always recorded."""


class RecordingEnded(StoryFact, frozen=True):
    """The talk is recorded no longer."""

    recording: str
    """Id of what was recorded."""
    seconds: float


class RecordingRefused(StoryFact, frozen=True):
    """The talk could not be recorded."""

    by: str
    """Who asked for it; "" where talks are always recorded."""
    reason: str


class Supervised(StoryFact, frozen=True):
    """Somebody listens to a talk, whispers into it, joins it or takes it over; told in the story of both calls."""

    by: str
    member: str
    mode: str
    """"listen", "whisper", "barge" or "take_over"."""


InCallFact = (
    ConsultBegan
    | ConsultFailed
    | TookBack
    | PartyAdded
    | PartyLeft
    | RecordingBegan
    | RecordingEnded
    | RecordingRefused
    | Supervised
)
