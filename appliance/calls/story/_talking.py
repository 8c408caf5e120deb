"""What happened during a talk."""

from appliance.calls.names import CallId, Outcome
from appliance.calls.story._base import StoryFact


class Talked(StoryFact, frozen=True):
    """Two parties were connected, and are no longer."""

    member: str
    seconds: float


class OnHold(StoryFact, frozen=True):
    """A party put the other on hold."""

    member: str


class OffHold(StoryFact, frozen=True):
    """A party took the other back."""

    member: str


class TransferBegan(StoryFact, frozen=True):
    """A party asked for a transfer."""

    by: str
    to: str
    attended: bool = False


class TransferFailed(StoryFact, frozen=True):
    """The transfer did not work; the transferor is rung again."""

    to: str
    outcome: Outcome


class Joined(StoryFact, frozen=True):
    """A leg of another call was connected to this one (pickup, retrieve, attended transfer)."""

    member: str
    from_call: CallId | None = None


class WentOver(StoryFact, frozen=True):
    """Who this call served left it for another one; that call's story tells it as `Joined`."""

    member: str
    to_call: CallId


class Parked(StoryFact, frozen=True):
    """The caller waits in a slot."""

    slot: str
    by: str


class ParkEnded(StoryFact, frozen=True):
    """Nobody fetched the parked caller in time."""

    slot: str
    seconds: float


class CallbackWished(StoryFact, frozen=True):
    """The caller wants to be called back when the one who talks is free."""

    member: str


class DoorAsked(StoryFact, frozen=True):
    """Somebody asked for an opening during a call."""

    door: str
    by: str
    granted: bool
    reason: str = ""


TalkingFact = (
    CallbackWished
    | Talked
    | OnHold
    | OffHold
    | TransferBegan
    | TransferFailed
    | Joined
    | WentOver
    | Parked
    | ParkEnded
    | DoorAsked
)
