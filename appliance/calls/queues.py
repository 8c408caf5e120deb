"""The places of callers in call queues, and what the queues have seen. They point at calls and hold no legs.

Whose turn it is and whom to offer is decided by one dispatcher for all queues, `appliance.flows.dispatch`: so no member
is ever offered twice. It reserves the members and tells the ticket; the step in which the caller waits rings them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import trio

from appliance.calls.ports import Clock
from appliance.calls.promises import PromisedCall, PromiseStore

if TYPE_CHECKING:
    from appliance.calls.agents import Agents
    from appliance.calls.call import Call

LATEST = 100
"""Calls and callers a queue remembers."""


class Place:
    """Somebody's place in a queue.

    Attributes:
        queue: Name of the queue.
        entered: Office seconds.
        steps: Of priority.
        offered: Numbers of the members who are reserved for him; () while none is.
    """

    def __init__(self, queue: str, *, entered: float, steps: int) -> None:
        self.queue = queue
        self.entered = entered
        self.steps = steps
        self.offered: tuple[str, ...] = ()

    @property
    def is_being_served(self) -> bool:
        """Whether he stands in nobody's way any more."""
        return bool(self.offered)


class Promise(Place):
    """The place of a customer who hung up and is to be called back.

    Attributes:
        kept: What is stored of it.
        in_use: A call goes on that is about it: the one in which it was asked for, or one to the customer.
        rests_until: Office seconds before which no call is begun for it, so that calls that fail at once do not follow
            each other without end.
    """

    def __init__(self, kept: PromisedCall) -> None:
        super().__init__(kept.queue, entered=kept.entered, steps=kept.steps)
        self.kept = kept
        self.in_use = False
        self.rests_until = 0.0

    @property
    def is_being_served(self) -> bool:
        return self.in_use

    def __repr__(self) -> str:
        return f"<Promise {self.kept.id} {self.queue}>"


class Ticket(Place):
    """The place of a caller who waits.

    Attributes:
        was_served: A member took the call.
        was_sent_on: The queue did not keep him, or he has not given up although he leaves.
    """

    def __init__(self, call: Call, queue: str, *, entered: float, steps: int, is_vip: bool) -> None:
        super().__init__(queue, entered=entered, steps=steps)
        self.call = call
        self.is_vip = is_vip
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

    def __init__(self, agents: Agents, store: PromiseStore, clock: Clock, on_change: Callable[[], None]) -> None:
        self._agents = agents
        self._store = store
        self._clock = clock
        self._on_change = on_change
        kept = store.load()
        self._promises = {one.id: Promise(one) for one in kept}
        for one in kept:
            agents.goes_on_from(one.kept_at, one.kept_wall)
        self._tickets: list[Ticket] = []
        self._seen: dict[str, Seen] = {}
        for team, handled in agents.handled_before.items():
            self.seen(team).handling.extend(handled)
        self._news = trio.Event()

    @property
    def tickets(self) -> Sequence[Ticket]:
        """Who waits, as they came."""
        return self._tickets

    @property
    def promises(self) -> Sequence[Promise]:
        """Who is to be called back."""
        return tuple(self._promises.values())

    @property
    def places(self) -> list[Place]:
        return [*self._tickets, *self._promises.values()]

    def of(self, queue: str) -> list[Place]:
        return [place for place in self.places if place.queue == queue]

    def seen(self, team: str) -> Seen:
        """What was seen of a team, by the destination that leads to it."""
        return self._seen.setdefault(team, Seen())

    # Callbacks.

    def promise(self, call: Call, promised: PromisedCall) -> Promise:
        """Keep a place for a customer who will hang up; nobody calls him while his call still lasts.

        An earlier promise to the same number in the same queue is replaced by the better place of the two.
        """
        for other in self.promises:
            if (other.queue, other.kept.number) == (promised.queue, promised.number) and not other.in_use:
                entered, steps = min((other.entered, -other.steps), (promised.entered, -promised.steps))
                promised = msgspec.structs.replace(promised, entered=entered, steps=-steps)
                self.forget(other)
        promise = self._promises[promised.id] = Promise(promised)
        self.hold(promise, call)
        self.keep(promise)
        return promise

    def hold(self, promise: Promise, call: Call) -> None:
        """A call is about the promise until it ends."""

        def let_go() -> None:
            promise.in_use = False
            self.withdraw(promise)

        promise.in_use = True
        call.at_end.append(let_go)

    def keep(self, promise: Promise, **changes: object) -> None:
        """Store a promise, with what is different now."""
        stamp = {"kept_at": self._agents.now(), "kept_wall": self._clock.wall()}
        promise.kept = msgspec.structs.replace(promise.kept, **stamp, **changes)
        if promise.kept.id in self._promises:
            self._store.keep(promise.kept)
        self._on_change()

    def forget(self, promise: Promise) -> None:
        """The promise is kept, or void."""
        if self._promises.pop(promise.kept.id, None) is not None:
            self._store.forget(promise.kept.id)
            self._on_change()

    async def settled(self) -> None:
        """Returns when the promises survive a crash; raises `PorterError` when the disk does not let us."""
        await self._store.settled()

    # What was seen.

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

    def reserve(self, place: Place, numbers: tuple[str, ...]) -> None:
        """Keep members for somebody, and for nobody else until that is withdrawn."""
        self._agents.offer(numbers)
        place.offered = numbers

    def withdraw(self, place: Place) -> None:
        """The members kept for somebody are free, or his."""
        numbers, place.offered = place.offered, ()
        self._agents.withdraw(numbers)
        self.look_again()
