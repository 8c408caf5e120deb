"""Whom a team rings, and what its members did about it."""

from appliance.calls.story._base import StoryFact


class HuntBegan(StoryFact, frozen=True):
    """A team rings its members in an order that is not written down in the configuration."""

    group: str
    strategy: str
    """A `HuntStrategy`."""
    order: tuple[str, ...]
    """Numbers, in the order they will ring."""


class NobodyToRing(StoryFact, frozen=True):
    """No member of a team can be rung."""

    group: str
    reason: str
    """An `Absence` when all are absent for the same one; "nobody free" otherwise."""


class Lifted(StoryFact, frozen=True):
    """A call goes on to the second or third line of a team."""

    group: str
    tier: int
    by: str = ""
    """Who lifted it; "" when the time did."""
    note: str = ""
    is_spoken: bool = False
    """The note is a recording of who lifted."""


class Briefed(StoryFact, frozen=True):
    """Who answered heard a note before the caller got him."""

    member: str


class AgentSwitched(StoryFact, frozen=True):
    """A member logged in or out, or paused, at a telephone."""

    member: str
    switched: str
    """"logged-in", "logged-out", "paused" or "unpaused"."""
    groups: tuple[str, ...] = ()
    """The teams that are meant; empty for a pause, which means all."""
    reason: str = ""
    """Of the pause."""


class NoAgent(StoryFact, frozen=True):
    """Somebody who is no member asked to be logged in, or to pause."""

    member: str


HuntingFact = HuntBegan | NobodyToRing | Lifted | Briefed | AgentSwitched | NoAgent
