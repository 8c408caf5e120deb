"""Who calls, whether he gets through, and how he was met."""

from appliance.calls.story._base import StoryFact


class CallerKnown(StoryFact, frozen=True):
    """The number belongs to a contact."""

    name: str
    is_vip: bool = False


class Redirected(StoryFact, frozen=True):
    """The network says that the call was meant for another number and diverted to us."""

    redirected_from: str


class Screened(StoryFact, frozen=True):
    """The caller was looked at before anybody was rung."""

    verdict: str
    """Such as "block"; see `appliance.routing.screening.Verdict`."""
    why: str


class NightCaller(StoryFact, frozen=True):
    """The caller may ring people although it is closed."""

    caller: str


class KeyAsked(StoryFact, frozen=True):
    """The caller had to press a key to get through."""

    passed: bool


class NameAsked(StoryFact, frozen=True):
    """The caller was asked for his name."""

    given: bool


class CustomerNumberAsked(StoryFact, frozen=True):
    """The caller was asked for his customer number."""

    number: str
    """"" when he gave none."""
    name: str = ""
    """Whose it is; "" when nobody's."""


class Greeted(StoryFact, frozen=True):
    """The caller was greeted by name."""

    name: str


class ResponsibleFirst(StoryFact, frozen=True):
    """The person responsible for the caller is rung before anybody else."""

    member: str
    source: str
    """How she was found: "contacts", "last_talk", or "help" for who called for help a short time ago."""


class OwnNumberCalled(StoryFact, frozen=True):
    """A number of our own was called from within, so the call stays in the house."""

    number: str
    line: str


class WentRound(StoryFact, frozen=True):
    """Destinations led to each other; the call goes no further."""

    circle: tuple[str, ...]
    """Where it went, the first destination again at the end."""


class CameBack(StoryFact, frozen=True):
    """A call that we sent out came back to us through the network."""

    line: str
    """The line it had gone out on."""


class CameTooFar(StoryFact, frozen=True):
    """A call was passed on so often before it came here that it must go round."""

    offices: int
    """How often."""


class BlockListChanged(StoryFact, frozen=True):
    """Somebody changed by telephone whether a number gets through."""

    number: str
    blocked: bool


CallerFact = (
    CallerKnown
    | Redirected
    | Screened
    | NightCaller
    | KeyAsked
    | NameAsked
    | CustomerNumberAsked
    | Greeted
    | ResponsibleFirst
    | OwnNumberCalled
    | WentRound
    | CameBack
    | CameTooFar
    | BlockListChanged
)
