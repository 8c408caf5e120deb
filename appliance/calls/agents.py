"""What is known of the members of teams: who is logged in, paused or wrapping up, who has just
talked, whose turn it was.

Times are *office seconds*: a clock of the office that goes on where it was after a restart, so that everything kept can
be compared. The time the box was off is added to it where the wall clock was known before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from datetime import date, datetime
from typing import NamedTuple, Protocol

import msgspec

from appliance.calls.leg import Leg
from appliance.calls.names import LegId, PartyKind
from appliance.calls.ports import Clock


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one member. Times are office seconds; None: never."""

    number: str
    """Extension, or the number of an outside member."""
    logged_out_at: Mapping[str, float] = {}
    """Teams by their destination, such as `ring_group:sales`, to when; a member is logged in to all others."""
    pause_reason: str | None = None
    """None: not paused; "": paused without a reason."""
    paused_at: float | None = None
    call_at: float | None = None
    """When the last call of a team was taken."""
    talk_ended_at: float | None = None
    """When the last talk of any kind ended."""
    declined_at: float | None = None
    """When a call of a team was rejected, or rang to the end."""
    wraps_up_until: float | None = None
    calls: int = 0
    """Taken from teams on `calls_on`."""
    calls_on: date | None = None
    """None: the clock was not set."""

    @property
    def is_paused(self) -> bool:
        return self.pause_reason is not None


class KeptAgents(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept of an office's members."""

    agents: tuple[Agent, ...] = ()
    last_turns: Mapping[str, str] = {}
    """Team to the member who had its last turn."""
    handled: Mapping[str, tuple[float, ...]] = {}
    """Team to how many seconds each of its last calls took its member, oldest first."""
    at: float = 0.0
    """Office seconds of the last change."""
    wall: datetime | None = None
    """The time of day then; None when the clock was not set."""


NOBODY_KNOWN = KeptAgents()
"""Of a new office: everybody is logged in."""


class AgentStates(Protocol):
    """Keeps what is known of members. `keep_…` hand over to the store's queue, in order, and return at once."""

    def load(self) -> KeptAgents: ...
    def keep_agent(self, agent: Agent, at: float, wall: datetime | None) -> None: ...
    def keep_turn(self, team: str, member: str) -> None: ...
    def keep_handled(self, team: str, seconds: float) -> None:
        """A call of a team took its member so long; the latest hundred of each team are kept."""
        ...

    async def settled(self) -> None:
        """Returns when all that was handed over is durable; raises `PorterError` when it cannot be."""
        ...


class _Service(NamedTuple):
    """A call of a team that a member has taken."""

    team: str
    wrap_up_seconds: float
    rung_at: float


class Agents:
    """The members of all teams, as they are now. Methods are synchronous and safe in callbacks.

    Args:
        legs: Every live leg of the office; who has one is busy.
        on_change: Called after anything an observer could see has changed.

    Attributes:
        on_handled: Told the team, and how many seconds a call of it took its member, the time to wrap up included.
        handled_before: The same of calls before this start, by the team, oldest first.
    """

    def __init__(
        self, clock: Clock, states: AgentStates, legs: Mapping[LegId, Leg], on_change: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._states = states
        self._legs = legs
        self._on_change = on_change
        kept = states.load()
        self._agents = {agent.number: agent for agent in kept.agents}
        self._last_turns = dict(kept.last_turns)
        self._offered: set[str] = set()
        self._serving: dict[LegId, _Service] = {}
        """Legs of members who took a call of a team."""
        self.on_handled: Callable[[str, float], None] = _nobody_counts
        self.handled_before: Mapping[str, tuple[float, ...]] = kept.handled
        self._offset = -clock.monotonic()
        self.goes_on_from(kept.at, kept.wall)

    def goes_on_from(self, at: float, wall: datetime | None) -> None:
        """Office seconds go on from a change that was kept before the start, if that is later than from others.

        Args:
            wall: The time of day of the change; None when the clock was not set.
        """
        now = self._clock.wall()
        was_off = (now - wall).total_seconds() if now is not None and wall is not None else 0.0
        self._offset = max(self._offset, at + max(was_off, 0.0) - self._clock.monotonic())

    # What observers and decisions read.

    def now(self) -> float:
        """Office seconds."""
        return self._offset + self._clock.monotonic()

    def monotonic(self, at: float) -> float:
        """Office seconds as the clock's monotonic ones; what was before this start may be negative."""
        return at - self._offset

    def agent(self, number: str) -> Agent:
        """What is known of a member; nothing yet is a member who is logged in."""
        return self._agents.get(number) or Agent(number=number)

    def is_logged_in(self, number: str, team: str) -> bool:
        return team not in self.agent(number).logged_out_at

    def is_wrapping_up(self, number: str) -> bool:
        until = self.agent(number).wraps_up_until
        return until is not None and self.now() < until

    def calls_today(self, number: str) -> int:
        """Calls of teams taken today; since the last day that was known, while the clock is not set."""
        agent, today = self.agent(number), self._today()
        return agent.calls if today is None or agent.calls_on in (today, None) else 0

    def last_turn(self, team: str) -> str | None:
        return self._last_turns.get(team)

    def talking(self, apart_from: Collection[Leg] = ()) -> frozenset[str]:
        """Numbers with a leg that is answered, or that call themselves.

        Args:
            apart_from: Legs that do not count, such as those of the call one asks for.
        """
        legs = (leg for leg in self._legs.values() if leg not in apart_from)
        return frozenset(leg.party.number for leg in legs if leg.is_answered or leg.incoming)

    def rung(self, apart_from: Collection[Leg] = ()) -> frozenset[str]:
        """Numbers that are being called by us and have not answered."""
        legs = (leg for leg in self._legs.values() if leg not in apart_from)
        return frozenset(leg.party.number for leg in legs if not leg.is_answered and not leg.incoming)

    def team_of(self, leg: Leg) -> str | None:
        """The team for which the party of a leg took the call; None: for none."""
        serving = self._serving.get(leg.id)
        return None if serving is None else serving.team

    @property
    def serving(self) -> frozenset[LegId]:
        """Live legs of members who took a call of a team with them."""
        return frozenset(self._serving)

    # What queues do with them.

    @property
    def offered(self) -> Set[str]:
        """Members who are kept for a caller of a queue each, and rung for nobody else."""
        return self._offered

    def offer(self, numbers: Iterable[str]) -> None:
        """Keep members for one caller of a queue."""
        self._offered.update(numbers)

    def withdraw(self, numbers: Iterable[str]) -> None:
        """Members are kept for nobody any more."""
        self._offered.difference_update(numbers)

    # What members do.

    def log_in(self, number: str, teams: Iterable[str]) -> None:
        left, back = self.agent(number).logged_out_at, frozenset(teams)
        self._change(number, logged_out_at={team: at for team, at in left.items() if team not in back})

    def log_out(self, number: str, teams: Iterable[str]) -> None:
        self._change(number, logged_out_at={**dict.fromkeys(teams, self.now()), **self.agent(number).logged_out_at})

    def pause(self, number: str, reason: str = "") -> None:
        self._change(number, pause_reason=reason, paused_at=self.now())

    def go_on(self, number: str) -> None:
        """End the pause, and the wrap-up with it."""
        self._change(number, pause_reason=None, paused_at=None, wraps_up_until=None)

    async def settled(self) -> None:
        """Returns when what members did survives a crash; raises `PorterError` when the disk does not let us."""
        await self._states.settled()

    # What happens to them.

    def had_turn(self, team: str, member: str) -> None:
        """A team has rung a member of its own, written as there."""
        if self._last_turns.get(team) != member:
            self._last_turns[team] = member
            self._states.keep_turn(team, member)

    def took_call(self, leg: Leg, team: str, wrap_up_seconds: float, *, rung_at: float | None = None) -> None:
        """A member took a call of a team, with this leg.

        Args:
            rung_at: Office seconds when it began to ring for it; None: just now.
        """
        number, today = leg.party.number, self._today()
        self._serving[leg.id] = _Service(team, wrap_up_seconds, self.now() if rung_at is None else rung_at)
        self._change(number, call_at=self.now(), calls=self.calls_today(number) + 1, calls_on=today, declined_at=None)
        if leg.is_gone:
            self.leg_ended(leg)

    def declined(self, number: str) -> None:
        """A member rejected a call of a team, or let it ring to the end."""
        self._change(number, declined_at=self.now())

    def leg_ended(self, leg: Leg) -> None:
        """A leg of the office is over. Called by the office."""
        serving = self._serving.pop(leg.id, None)
        if serving is None and (leg.party.kind is not PartyKind.EXTENSION or not leg.is_answered):
            return
        now, wrap_up_seconds = self.now(), 0.0 if serving is None else serving.wrap_up_seconds
        if serving is not None:
            seconds = now - serving.rung_at + wrap_up_seconds
            self._states.keep_handled(serving.team, seconds)
            self.on_handled(serving.team, seconds)
        until = now + wrap_up_seconds if wrap_up_seconds else self.agent(leg.party.number).wraps_up_until
        self._change(leg.party.number, talk_ended_at=now, wraps_up_until=until)

    def _change(self, number: str, **changes: object) -> None:
        before = self.agent(number)
        after = msgspec.structs.replace(before, **changes)
        if after != before:
            self._agents[number] = after
            self._states.keep_agent(after, self.now(), self._clock.wall())
            self._on_change()

    def _today(self) -> date | None:
        wall = self._clock.wall()
        return None if wall is None else wall.date()


def _nobody_counts(team: str, seconds: float) -> None:
    """The default of `Agents.on_handled`."""
