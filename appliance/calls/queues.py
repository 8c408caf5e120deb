"""The places of callers in call queues, and what the queues have seen. They point at calls and hold no legs.

Whose turn it is and whom to offer is decided by one dispatcher for all queues, `appliance.flows.dispatch`: so no member
is ever offered twice. It reserves the members and tells the ticket; the step in which the caller waits rings them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from appliance.calls.agents import Agents
    from appliance.calls.call import Call

LATEST = 100
"""Calls and callers a queue remembers."""


class Ticket:
    """One caller's place.

    Attributes:
        queue: Name of the queue.
        entered: Office seconds.
        steps: Of priority.
        offered: Numbers of the members who are reserved for him; () while none is.
        was_served: A member took the call.
        was_sent_on: The queue did not keep him; he has not given up.
    """

    def __init__(self, call: Call, queue: str, *, entered: float, steps: int, is_vip: bool) -> None:
        self.call = call
        self.queue = queue
        self.entered = entered
        self.steps = steps
        self.is_vip = is_vip
        self.offered: tuple[str, ...] = ()
        self.was_served = False
        self.was_sent_on = False
        self._news: tuple[str, ...] | str | None = None
        self._came = trio.Event()

    def __repr__(self) -> str:
        return f"<Ticket {self.queue} {self.call}>"

    @property
    def is_waiting(self) -> bool:
        """Whether it can be given an agent, or sent on: neither has happened yet."""
        return not self.offered and self._news is None

    def offer(self, members: tuple[str, ...]) -> None:
        """Let the caller's step ring these members, as written in the configuration. They are reserved already."""
        self._tell(members)

    def send_on(self, reason: str) -> None:
        """Let the caller's step end; the queue cannot keep him."""
        self._tell(reason)

    async def next_news(self) -> tuple[str, ...] | str:
        """Members to ring, or the reason why the caller must go on; waits for one of them."""
        while self._news is None:
            self._came = trio.Event()
            await self._came.wait()
        news, self._news = self._news, None
        return news

    def _tell(self, news: tuple[str, ...] | str) -> None:
        self._news = news
        self._came.set()


class Seen:
    """What a queue has seen lately."""

    def __init__(self) -> None:
        self.handling: deque[float] = deque(maxlen=LATEST)
        """How long each call took its agent, in seconds."""
        self.waits: deque[tuple[float, bool]] = deque(maxlen=LATEST)
        """How long each caller waited, in seconds, and whether he gave up."""


class Queues:
    """All places of all queues. Methods are synchronous and safe in callbacks."""

    def __init__(self, agents: Agents, on_change: Callable[[], None]) -> None:
        self._agents = agents
        self._on_change = on_change
        self._tickets: list[Ticket] = []
        self._seen: dict[str, Seen] = {}
        self._news = trio.Event()

    @property
    def tickets(self) -> Sequence[Ticket]:
        """As they came."""
        return self._tickets

    def of(self, queue: str) -> list[Ticket]:
        return [ticket for ticket in self._tickets if ticket.queue == queue]

    def seen(self, team: str) -> Seen:
        """What was seen of a team, by the destination that leads to it."""
        return self._seen.setdefault(team, Seen())

    def handled(self, team: str, seconds: float) -> None:
        """A call of a team took a member so long."""
        self.seen(team).handling.append(seconds)

    def look_again(self) -> None:
        """Something is different that the dispatcher may act on."""
        self._news.set()

    async def next_change(self) -> None:
        """Wait for what changed since the last time this returned."""
        await self._news.wait()
        self._news = trio.Event()

    @contextmanager
    def place(self, call: Call, queue: str, *, steps: int, is_vip: bool) -> Iterator[Ticket]:
        """The call has a place meanwhile; whoever is offered to it is free again afterwards."""
        ticket = Ticket(call, queue, entered=self._agents.now(), steps=steps, is_vip=is_vip)
        self._tickets.append(ticket)
        self._on_change()
        try:
            yield ticket
        finally:
            self._tickets.remove(ticket)
            if not ticket.was_sent_on:
                self.seen(f"queue:{queue}").waits.append((self._agents.now() - ticket.entered, not ticket.was_served))
            self.withdraw(ticket)
            self._on_change()

    def reserve(self, ticket: Ticket, members: tuple[str, ...], numbers: tuple[str, ...]) -> None:
        """Offer members to a caller, and to nobody else until it is withdrawn."""
        self._agents.offer(numbers)
        ticket.offered = numbers
        ticket.offer(members)

    def withdraw(self, ticket: Ticket) -> None:
        """The members offered to a caller are free, or his."""
        numbers, ticket.offered = ticket.offered, ()
        self._agents.withdraw(numbers)
        self.look_again()
