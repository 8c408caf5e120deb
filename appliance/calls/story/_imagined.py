"""What only an explanation tells: who is taken to talk, what each could key in, and services that nobody asked."""

from appliance.calls.story._base import StoryFact


class TalkImagined(StoryFact, frozen=True):
    """Two talk, as far as the explanation is concerned until one of them hangs up."""

    member: str
    """Who took the call."""
    seconds: float
    """After which he hangs up."""
    flow: str = ""
    """What the caller is led to when the other one hangs up first; "": the call is over then."""


class CodesOpen(StoryFact, frozen=True):
    """What somebody may key in during a talk."""

    member: str
    codes: tuple[tuple[str, str], ...]
    """Keys and the `TalkFeature` they ask for."""


class WrapsUp(StoryFact, frozen=True):
    """A member is rung for no team for some time after a talk."""

    member: str
    seconds: float


class ServiceNotAsked(StoryFact, frozen=True):
    """A web service would be asked here; the explanation assumes what came of it."""

    service: str
    """Its host."""
    answers: bool
    """Whether it is taken to answer as it should; nobody knows what it says."""


class KeysOffered(StoryFact, frozen=True):
    """Where keys lead a caller who is at a menu, or waits in a queue."""

    ways: tuple[tuple[str, str], ...]
    """Keys and the destinations they lead to."""


ImaginedFact = KeysOffered | TalkImagined | CodesOpen | WrapsUp | ServiceNotAsked
