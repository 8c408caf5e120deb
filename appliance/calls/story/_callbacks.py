"""Callbacks of queues: asked for, made, and what became of them."""

from appliance.calls.names import Outcome
from appliance.calls.story._base import StoryFact


class CallbackPromised(StoryFact, frozen=True):
    """The caller hangs up, keeps his place and will be called back."""

    group: str
    number: str
    seconds: float
    """How long he had waited."""


class CallbackRefused(StoryFact, frozen=True):
    """The caller cannot be called back at a number."""

    number: str


class CallbackBegan(StoryFact, frozen=True):
    """It is the turn of a customer who is to be called back: an agent is rung first."""

    group: str
    number: str
    seconds: float
    """Since he came to the queue."""


class CallbackKept(StoryFact, frozen=True):
    """The customer was called back and talks to an agent."""

    group: str
    number: str


class CallbackInVain(StoryFact, frozen=True):
    """The customer did not take the call."""

    number: str
    outcome: Outcome
    tries: int
    """Together with the ones before."""


class CallbackExpired(StoryFact, frozen=True):
    """Nobody could call the customer back in time; he is called to be told so."""

    group: str
    number: str


CallbackFact = CallbackPromised | CallbackRefused | CallbackBegan | CallbackKept | CallbackInVain | CallbackExpired
