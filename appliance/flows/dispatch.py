"""The dispatcher of all call queues: it alone decides whose turn it is, so that no member is offered to two callers.

It holds no legs and waits for nobody: it reserves members for a ticket and tells it, and the caller's own step rings
them. It looks again whenever something in the office has changed, and when time alone makes a difference.
"""

from __future__ import annotations

import logging
import math

import msgspec
import trio

from appliance.calls.home import CallHome
from appliance.calls.queues import Place, Promise, Ticket
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import CallQueue, HuntStrategy
from appliance.flows.callback import begin_apology, begin_callback, can_be_reached
from appliance.flows.queue_state import hunt_of, in_order, is_free, key_of, logged_in, state_of
from appliance.routing.callbacks import Due, is_time, what_is_due
from appliance.routing.hunting import Hunt
from appliance.routing.queueing import next_look, whom_to_offer, why_leave

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 0.01
"""Between two looks that only time causes; sums of times are not exact."""

LOOK_SECONDS = 5.0
"""While callbacks are promised: lines that become free and hours that begin tell nobody."""

AFTER_FAULT_SECONDS = 1.0


async def dispatch(home: CallHome) -> None:
    """Lead all queues until cancelled."""
    while True:
        try:
            seconds = look(home)
        except Exception:
            log.exception("the queues could not be looked at")
            seconds = AFTER_FAULT_SECONDS
        with trio.move_on_after(seconds):
            await home.queues.next_change()


def look(home: CallHome) -> float:
    """Send on whom the queues cannot keep, and offer whoever is free; seconds until it is worth looking again."""
    looking = _Look(home)
    for place in in_order(home, home.queues.places):
        match place:
            case Ticket() if place.is_waiting:
                looking.serve(place)
            case Promise() if not place.in_use and place.rests_until <= home.agents.now():
                looking.keep(place)
    return looking.seconds_to_next()


class _Look:
    """One look at all queues; their members are looked up again when some were offered."""

    def __init__(self, home: CallHome) -> None:
        self._home = home
        self._queues = home.configuration.call_queues
        self._hunts: dict[str, Hunt] = {}
        states = home.places.queues
        for name in [name for name in states if name not in self._queues]:
            del states[name]
        for name, queue in self._queues.items():
            states[name] = state_of(home, name, self._hunt(name, queue).members)

    def serve(self, ticket: Ticket) -> None:
        """Give one caller who is free for him, or send him on."""
        queue, waited = self._queues.get(ticket.queue), self._home.agents.now() - ticket.entered
        agents = 0 if queue is None else logged_in(self._hunt(ticket.queue, queue).members)
        reason = why_leave(queue, waited=waited, agents=agents)
        if reason is not None or queue is None:
            ticket.send_on(reason or "")
            return
        if members := self._reserved(ticket, queue, waited):
            ticket.offer(members)

    def keep(self, promise: Promise) -> None:
        """Call one customer back if that is due and an agent is free for him, or apologise."""
        home, kept, queue = self._home, promise.kept, self._queues.get(promise.queue)
        callback, now = queue.callback if queue is not None else None, home.agents.now()
        is_open = callback is None or is_time(home.configuration, callback, home.ports.clock.wall())
        due = what_is_due(callback, kept, now, is_time=is_open)
        if due is Due.NOTHING or not can_be_reached(home, kept.number):
            return
        if due is Due.APOLOGISE or queue is None:
            begin_apology(home, promise, queue)
        elif members := self._reserved(promise, queue, now - promise.entered):
            begin_callback(home, promise, queue, members)

    def _reserved(self, place: Place, queue: CallQueue, waited: float) -> tuple[str, ...]:
        """Members, as written in the configuration, who are kept for somebody from now on; () while nobody is free."""
        hunt = self._hunt(place.queue, queue)
        if not any(is_free(queue, one) for one in hunt.members):
            return ()
        if isinstance(place, Promise):
            hunt = msgspec.structs.replace(hunt, refused=frozenset({place.kept.number}))  # nobody calls himself back
        if members := whom_to_offer(hunt, waited):
            if queue.strategy is HuntStrategy.ROUND_ROBIN:
                self._home.agents.had_turn(key_of(place.queue), members[-1])
            self._home.queues.reserve(place, tuple(member.removeprefix(OUTSIDE_PREFIX) for member in members))
            self._hunts.clear()
        return members

    def seconds_to_next(self) -> float:
        home, now = self._home, self._home.agents.now()
        moments: list[float | None] = [
            promise.rests_until if promise.rests_until > now else now + LOOK_SECONDS
            for promise in home.queues.promises
            if not promise.in_use
        ]
        for name, queue in self._queues.items():
            if tickets := home.queues.of(name):
                hunt = self._hunt(name, queue)
                wrap_ups = [until for one in hunt.members if (until := home.agents.agent(one.number).wraps_up_until)]
                moments.append(next_look(queue, hunt.members, wrap_ups, tickets, now))
        due = min((moment for moment in moments if moment is not None), default=math.inf)
        return max(due - now, SHORTEST_SECONDS)

    def _hunt(self, name: str, queue: CallQueue) -> Hunt:
        if name not in self._hunts:
            self._hunts[name] = hunt_of(self._home, name, queue)
        return self._hunts[name]
