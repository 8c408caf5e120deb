"""How a call left the house, or why it may not."""

from appliance.calls.story._base import StoryFact


class WayOutChosen(StoryFact, frozen=True):
    """A route decided which lines are tried for an outside number."""

    number: str
    route: str
    lines: tuple[str, ...]
    """In the order they are tried."""


class WayOutRefused(StoryFact, frozen=True):
    """An outside number is not dialled."""

    number: str
    why: str
    """As `appliance.routing.outbound.WhyNot` names it."""
    account: str = ""
    """Whose limit is reached: "office", `extension:201` or `line:gsm1`; "" where it is no limit."""


class LineSpent(StoryFact, frozen=True):
    """A line is passed over, as its limit is reached."""

    line: str
    what: str
    """"calls", "minutes" or "money"."""


class LimitEnded(StoryFact, frozen=True):
    """A call to the outside was ended, as a limit is reached."""

    member: str
    account: str
    what: str


OutboundFact = WayOutChosen | WayOutRefused | LineSpent | LimitEnded
