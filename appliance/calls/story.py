"""The decisions of a call as facts. They are stored with the record and rendered in the reader's language; flows tell
facts, never sentences."""

import msgspec

from appliance.calls.names import CallId, Cause, Outcome


class StoryFact(msgspec.Struct, frozen=True, tag=True):
    """One decision or event of a call."""


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


class StepBegan(StoryFact, frozen=True):
    """A flow took over."""

    flow: str


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


class Parked(StoryFact, frozen=True):
    """The caller waits in a slot."""

    slot: str
    by: str


class ParkEnded(StoryFact, frozen=True):
    """Nobody fetched the parked caller in time."""

    slot: str
    seconds: float


class LeftMessage(StoryFact, frozen=True):
    """The caller left a voicemail."""

    box: str
    seconds: float


class NoMessage(StoryFact, frozen=True):
    """The caller reached a mailbox and said nothing that could be kept."""

    box: str


class ListenedToMail(StoryFact, frozen=True):
    """Somebody listened to a mailbox."""

    box: str
    messages: int


class ForwardTried(StoryFact, frozen=True):
    """A call is forwarded to an outside number."""

    member: str
    line: str


class AcceptAsked(StoryFact, frozen=True):
    """The one who answered outside was asked to press 1."""

    member: str
    accepted: bool


class DoorAsked(StoryFact, frozen=True):
    """Somebody asked for an opening during a call."""

    door: str
    by: str
    granted: bool
    reason: str = ""


class Announced(StoryFact, frozen=True):
    """The caller heard a notice."""

    phrase: str


class StepEnded(StoryFact, frozen=True):
    """A step ended without saying what comes next."""

    flow: str
    outcome: Outcome


class PutThroughFailed(StoryFact, frozen=True):
    """No line could take an outside call."""

    number: str
    tried: tuple[str, ...]


class Broke(StoryFact, frozen=True):
    """Our own fault ended the call."""

    error: str


class HungUp(StoryFact, frozen=True):
    """The call is over."""

    by: str
    cause: Cause


AnyStoryFact = (
    CallBegan
    | RouteTaken
    | HoursLooked
    | StepBegan
    | Ringing
    | NotRung
    | LegFailed
    | Answered
    | NoAnswer
    | Talked
    | OnHold
    | OffHold
    | TransferBegan
    | TransferFailed
    | Joined
    | Parked
    | ParkEnded
    | LeftMessage
    | NoMessage
    | ListenedToMail
    | ForwardTried
    | AcceptAsked
    | DoorAsked
    | Announced
    | StepEnded
    | PutThroughFailed
    | Broke
    | HungUp
)
