"""Call queues and the members of teams as observers see them, and what they may ask for."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from appliance.control.messages import Ask, Done


class LiveWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """A caller who waits in a queue."""

    call: str
    number: str
    name: str
    place: int
    """1 is next."""
    since: float
    """Monotonic seconds when he came."""
    expected: float | None
    """Seconds he still has to wait; None: nobody can tell."""
    steps: int
    """Of priority."""
    is_vip: bool
    rung: tuple[str, ...]
    """Numbers of members who are rung for him now."""


class LiveQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A call queue now."""

    name: str
    title: str
    waiting: int
    """Callers on the line."""
    callbacks: int
    """Customers who are to be called back."""
    longest_wait: float | None
    """Seconds the caller has waited who came first; None: nobody waits."""
    agents: int
    """Members who are logged in, busy or not."""
    free: int
    """Members who have nothing else to do."""
    callers: tuple[LiveWaiting, ...] = ()
    """In the order of their turns."""


class AgentState(StrEnum):
    """What a member does."""

    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"
    """Of all teams."""


class LiveAgent(msgspec.Struct, frozen=True, kw_only=True):
    """A member of teams now."""

    number: str
    """Extension, or an outside number."""
    name: str
    teams: dict[str, bool]
    """Team by the destination that leads to it, such as `ring_group:sales`, to whether the member is logged in."""
    pause_reason: str | None
    """None: not paused; "": without a reason."""
    paused_since: float | None
    """Monotonic seconds; None: not paused."""
    is_wrapping_up: bool
    calls_today: int
    """Taken from teams."""
    state: AgentState = AgentState.FREE


class AgentAction(StrEnum):
    """What can be switched for a member."""

    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    PAUSE = "pause"
    GO_ON = "go_on"


class SwitchAgent(Ask[Done], frozen=True, kw_only=True, tag="switch_agent"):
    """Log a member in or out, or pause; refused for who is no member. Durable with the answer."""

    number: str
    action: AgentAction
    team: str | None = None
    """Destination of one team to log in to or out of, such as `queue:support`; None: all of the member's."""
    reason: str = ""
    """Of a pause."""
    by: str
    """Who did it, for the log."""
