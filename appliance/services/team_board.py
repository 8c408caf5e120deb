"""Call queues and members of teams: as they are now, and switched from the page or the command line."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from appliance.calls.queues import Ticket
from appliance.config.models import CallQueue
from appliance.control.faults import RequestFailed
from appliance.control.messages import Done, Fault
from appliance.control.team_messages import AgentAction, AgentState, LiveAgent, LiveQueue, LiveWaiting, SwitchAgent
from appliance.flows.queue_state import expected_seconds, hunt_of, in_order, is_free, logged_in
from appliance.office import Office
from appliance.routing.teams import numbers_of, teams, teams_of

log = logging.getLogger(__name__)


def live_agents(office: Office, shift: float) -> Iterator[LiveAgent]:
    """Every member once, in the order teams and members are written.

    Args:
        shift: From the clock's seconds to those of `time.monotonic()`.
    """
    known = teams(office.configuration)
    talking, rung = office.agents.talking(), office.agents.rung()
    for number in dict.fromkeys(number for team in known.values() for number in numbers_of(team)):
        agent, person = office.agents.agent(number), office.configuration.extensions.get(number)
        logged_in_to = {key: office.agents.is_logged_in(number, key) for key in teams_of(office.configuration, number)}
        is_wrapping_up = office.agents.is_wrapping_up(number)
        states = {
            AgentState.TALKING: number in talking,
            AgentState.RINGING: number in rung,
            AgentState.LOGGED_OUT: True not in logged_in_to.values(),
            AgentState.PAUSED: agent.is_paused,
            AgentState.WRAPPING_UP: is_wrapping_up,
        }
        yield LiveAgent(
            number=number,
            name=person.name if person is not None else "",
            teams=logged_in_to,
            pause_reason=agent.pause_reason,
            paused_since=None if agent.paused_at is None else office.agents.monotonic(agent.paused_at) + shift,
            is_wrapping_up=is_wrapping_up,
            calls_today=office.agents.calls_today(number),
            state=next((state for state, is_so in states.items() if is_so), AgentState.FREE),
        )


def live_queues(office: Office, shift: float) -> Iterator[LiveQueue]:
    """Every queue with its callers; `shift` as for `live_agents`."""
    for name, queue in office.configuration.call_queues.items():
        members = hunt_of(office, name, queue).members
        tickets = [ticket for ticket in office.queues.tickets if ticket.queue == name]
        waits = [office.agents.now() - ticket.entered for ticket in tickets]
        yield LiveQueue(
            name=name,
            title=queue.name,
            waiting=len(waits),
            callbacks=sum(1 for promise in office.queues.promises if promise.queue == name),
            longest_wait=max(waits, default=None),
            agents=logged_in(members),
            free=sum(1 for one in members if is_free(queue, one)),
            callers=tuple(_waiting(office, name, queue, shift)),
        )


def _waiting(office: Office, name: str, queue: CallQueue, shift: float) -> Iterator[LiveWaiting]:
    """The callers of one queue; who is to be called back keeps a place among them."""
    for place, held in enumerate(in_order(office, office.queues.of(name)), 1):
        if isinstance(held, Ticket):
            party = held.call.principal.party
            yield LiveWaiting(
                call=held.call.id,
                number=party.number,
                name=party.name,
                place=place,
                since=office.agents.monotonic(held.entered) + shift,
                expected=0.0 if held.is_being_served else expected_seconds(office, held),
                steps=held.steps,
                is_vip=held.is_vip,
                rung=held.offered,
            )


async def switch_agent(office: Office, request: SwitchAgent) -> Done:
    """Carry out what is asked; raises `RequestFailed` for who is no member, `PorterError` when it cannot be kept."""
    number, agents = request.number, office.agents
    meant = [key for key in teams_of(office.configuration, number) if request.team in (key, None)]
    if not meant:
        cause = f"{number} is no member of {'any team' if request.team is None else request.team}."
        raise RequestFailed(Fault("no_agent", cause, "Add it under `members` of a ring group or a call queue."))
    match request.action:
        case AgentAction.LOG_IN:
            agents.log_in(number, meant)
        case AgentAction.LOG_OUT:
            agents.log_out(number, meant)
        case AgentAction.PAUSE:
            agents.pause(number, request.reason)
        case AgentAction.GO_ON:
            agents.go_on(number)
    log.info("agent %s: %s by %s", number, request.action, request.by)
    await agents.settled()
    return Done()
