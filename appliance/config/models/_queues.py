"""Call queues: callers wait in an order until one of the members is free."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Model, Name, Seconds
from appliance.config.models._groups import Team
from appliance.config.models._menus import SpokenText, SpokenTexts
from appliance.config.models._screening import CallerPattern, Key

Steps = Annotated[int, Meta(ge=-9, le=9, description="steps of priority, -9 to 9")]
Callers = Annotated[int, Meta(ge=1, le=1000, description="callers, 1 to 1000")]
LongSeconds = Annotated[float, Meta(gt=0, le=86400, description="seconds, more than 0 and at most 86400")]
Tries = Annotated[int, Meta(ge=1, le=9, description="tries, 1 to 9")]


class Priority(Model, frozen=True, kw_only=True):
    """Whose calls come earlier, or later, than their time would have it. All that is named must be so."""

    caller: CallerPattern | None = None
    line: str | None = None
    """The line the call came in on."""
    steps: Steps
    """One step counts as much as `ageing_seconds` of waiting."""


class Callback(Model, frozen=True, kw_only=True):
    """A caller may hang up and keep his place: at his turn an agent is rung first, then he."""

    key: Key = "1"
    """What the caller presses for it."""
    seconds: LongSeconds = 600.0
    """Who has not been called back by then is called by the system, which apologises and offers voicemail."""
    hours: Name | None = None
    """Opening hours in which callbacks are offered and made; None: at any time."""
    tries: Tries = 3
    """How often a customer is called who is busy or does not answer."""
    retry_seconds: Seconds = 120.0
    """Between two tries."""
    abroad: bool = False
    """Call back to numbers of other countries too, which may be dear."""
    box: DialledNumber | None = None
    """Whose mailbox is offered with the apology; None: the default desk's."""


class CallQueue(Team, frozen=True, kw_only=True):
    """Callers wait with music until a member is free. `ring_seconds` is how long one member rings for one caller."""

    longest_seconds: LongSeconds = 600.0
    """Who has waited so long goes on to `then`."""
    most_waiting: Callers | None = None
    """With so many waiting, further callers go to `then` at once; None: any number waits."""
    longest_expected_seconds: LongSeconds | None = None
    """Callers who would wait longer than this, as far as can be told, go to `then` at once; None: they wait."""
    when_no_agents: Literal["leave", "wait"] = "leave"
    """While nobody is logged in: "leave" goes to `then`, whoever waits already too."""
    then: str = "hang_up"
    """Where a call goes that the queue cannot keep."""
    vip_then: str | None = None
    """Where callers go instead who are VIPs, never outside; None: `then`, or where that leads outside, the default
    desk. However long the queue is, VIPs wait in it."""
    priorities: tuple[Priority, ...] = ()
    """The first that is meant for a call counts, together with the steps of the destination (`queue:NAME+2`)."""
    ageing_seconds: Seconds = 60.0
    """So much waiting counts as one step of priority, so that nobody waits for ever."""
    music: str = ""
    """Path of a recording that is repeated while callers wait; "": the usual music."""
    announcements: tuple[SpokenText | SpokenTexts, ...] = ()
    """Texts spoken one after the other while callers wait: each in the office's language, or written in several."""
    announce_seconds: Seconds = 45.0
    """From one announcement to the next."""
    tells_place: bool = True
    """Whether callers hear which place they have, and what else they can press."""
    tells_wait: bool = True
    """Whether they hear how long that will take, where it is known."""
    tell_seconds: Seconds = 60.0
    """How often; the first time at once."""
    keys: dict[Key, str] = {}
    """Key to the destination a waiting caller chooses by it."""
    callback: Callback | None = None
    """None: none is offered."""
