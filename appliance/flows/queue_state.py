"""The queues as they are now, for decisions about them: who is first, who serves, how long it will take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from appliance.calls.call import Call
from appliance.calls.home import CallHome
from appliance.calls.names import PartyKind
from appliance.calls.places import QueueState
from appliance.calls.queues import Place, Ticket
from appliance.config.destinations import ToQueue
from appliance.config.models import CallQueue
from appliance.flows.members import members_now
from appliance.routing.callers import Caller, colleague, who_calls
from appliance.routing.expected_wait import Ahead, Seen, expected_wait
from appliance.routing.hunting import Hunt
from appliance.routing.line_up import MemberNow
from appliance.routing.queueing import LEAST_REOFFER_SECONDS, counts_from

PlaceT = TypeVar("PlaceT", bound=Place)


def key_of(queue: str) -> str:
    """The destination that leads to a queue, under which it is a team."""
    return str(ToQueue(queue))


def hunt_of(home: CallHome, name: str, queue: CallQueue) -> Hunt:
    """The members of a queue as they are now; who rejects a call is left alone for a while, but not for ever."""
    key = key_of(name)
    members = members_now(home, key, queue)
    return Hunt(team=queue, members=members, last_turn=home.agents.last_turn(key), chance=home.chance)


def is_free(queue: CallQueue, one: MemberNow) -> bool:
    """Whether a member has nothing else to do, as far as that does not depend on the caller."""
    is_here = one.is_logged_in and not one.is_paused and not one.do_not_disturb
    is_idle = not (one.is_talking or one.is_rung or one.is_offered or one.is_wrapping_up)
    return is_here and is_idle and one.declined_ago >= max(queue.reoffer_seconds, LEAST_REOFFER_SECONDS)


def in_order(home: CallHome, places: Iterable[PlaceT]) -> list[PlaceT]:
    """Whose turn is first, in whatever queue; those of queues that are removed come last."""
    queues = home.configuration.call_queues

    def rank(place: PlaceT) -> tuple[float, float]:
        queue = queues.get(place.queue)
        counts = float("inf") if queue is None else counts_from(place, queue.ageing_seconds)
        return counts, place.entered

    return sorted(places, key=rank)


def place_of(home: CallHome, ticket: Ticket) -> int:
    """Which place a caller has in his queue; 1 is the first."""
    return in_order(home, home.queues.of(ticket.queue)).index(ticket) + 1


def expected_seconds(home: CallHome, ticket: Ticket) -> float | None:
    """How long a caller will wait from now on; None when nobody can tell."""
    queue = home.configuration.call_queues.get(ticket.queue)
    if queue is None:
        return None
    members = members_now(home, key_of(ticket.queue), queue)
    order = in_order(home, home.queues.of(ticket.queue))
    ahead = Ahead(
        waiting=sum(1 for other in order[: order.index(ticket)] if not other.is_being_served),
        agents=sum(1 for one in members if one.is_logged_in and not one.is_paused and not one.do_not_disturb),
        free=sum(1 for one in members if is_free(queue, one)),
    )
    seen = home.queues.seen(key_of(ticket.queue))
    known = Seen(
        handling=tuple(seen.handling),
        waits=tuple(seconds for seconds, _ in seen.waits),
        given_up=sum(1 for _, gave_up in seen.waits if gave_up),
    )
    return expected_wait(known, ahead)


def logged_in(members: Sequence[MemberNow]) -> int:
    return sum(1 for one in members if one.is_logged_in)


def state_of(home: CallHome, name: str, members: Sequence[MemberNow]) -> QueueState:
    """What others may know of a queue."""
    return QueueState(waiting=waiting_in(home, name), agents=logged_in(members))


def waiting_in(home: CallHome, name: str) -> int:
    """Callers on the line in a queue, without those who are to be called back."""
    return sum(1 for ticket in home.queues.tickets if ticket.queue == name)


def caller_of(call: Call) -> Caller:
    """Who waits, as the configuration knows him now."""
    party = call.principal.party
    if party.kind is PartyKind.OUTSIDE:
        return who_calls(call.home.configuration, party.number)
    return colleague(party.number, party.name)
