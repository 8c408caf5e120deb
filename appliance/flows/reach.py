"""From a destination to the flow that serves it, with what follows when nobody is there: nothing ends in silence."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome, PartyKind
from appliance.calls.ports import CallerShown
from appliance.calls.story import Diverted, KeptInside, OwnNumberCalled, WentRound
from appliance.config.destinations import (
    Destination,
    HangUp,
    ToConference,
    ToExtension,
    ToMenu,
    ToOutside,
    ToQueue,
    ToRingGroup,
    ToScript,
    ToVoicemail,
    parse_destination,
)
from appliance.flows.attendant import attendant
from appliance.flows.busy import offer_callback
from appliance.flows.conference import conference
from appliance.flows.last_resort import last_resort
from appliance.flows.outside import forward
from appliance.flows.own_numbers import own_number_of
from appliance.flows.queue import wait_in_queue
from appliance.flows.queue_state import caller_of
from appliance.flows.ring_group import ring_extension, ring_group
from appliance.flows.script import follow_script
from appliance.flows.voicemail import leave_message
from appliance.routing.boxes import box_of
from appliance.routing.callers import colleague, who_calls
from appliance.routing.diversion import Held, after_ringing, before_ringing
from appliance.routing.hops import circle
from appliance.routing.inbound import Arrival, route_inbound
from appliance.routing.own_numbers import OwnNumber
from appliance.routing.queueing import leads_to


async def reach(
    call: Call,
    destination: Destination,
    shown: CallerShown | None = None,
    then: tuple[Destination, ...] = (),
    for_whom: str | None = None,
) -> Then:
    """Go to a destination; `call.otherwise` is set to what follows when it does not answer.

    Args:
        shown: What displays show; None: the caller.
        then: Destinations that follow while nobody takes the call, before those the destination itself names.
        for_whom: The extension whose diversion leads there; None: nobody's.

    A call that destinations send round in a circle is taken out of it.
    """
    if then:
        call.otherwise = Next(_go_on, then[0], shown, then[1:], call.otherwise)
    if round_trip := circle(call.trail, str(destination)):
        return _out_of_circle(call, round_trip)
    call.trail.append(str(destination))
    match destination:
        case ToExtension(number=number):
            return await _reach_person(call, number, shown)
        case ToRingGroup(name=name):
            group = call.home.configuration.ring_groups.get(name)
            if group is not None and call.otherwise is None:
                call.otherwise = Next(reach, parse_destination(group.then))
            return Next(ring_group, name, shown)
        case ToQueue(name=name, steps=steps):
            return _to_queue(call, name, steps, shown)
        case ToConference(name=name):
            return Next(conference, name)
        case ToMenu(name=name):
            return Next(attendant, name, _onward)
        case ToScript(name=name):
            return Next(follow_script, name, _onward)
        case ToVoicemail(box=box):
            return _to_box(call, box)
        case ToOutside(number=number):
            return _to_outside(call, number, shown, for_whom)
        case HangUp():
            return None


def _to_queue(call: Call, name: str, steps: int, shown: CallerShown | None) -> Next:
    """The queue, with where it leads whom it cannot keep, and where its keys lead."""
    queue = call.home.configuration.call_queues.get(name)
    if queue is None:
        return Next(wait_in_queue, name)
    caller = caller_of(call)
    is_vip = caller.contact is not None and caller.contact.vip
    call.stays_inside = call.stays_inside or is_vip
    if call.otherwise is None or (is_vip and queue.vip_then is not None):
        then = leads_to(call.home.configuration, queue, is_vip=is_vip)
        call.otherwise = Next(reach, parse_destination(then))
    ways_out = {key: Next(_chosen, parse_destination(to)) for key, to in queue.keys.items()}
    return Next(wait_in_queue, name, steps, shown, ways_out)


def _to_outside(call: Call, number: str, shown: CallerShown | None, for_whom: str | None) -> Then:
    """A number outside, unless it is one of our own, or the caller must stay in the house."""
    if call.stays_inside and for_whom is None:
        return _keep_inside(call, str(ToOutside(number)))
    own = own_number_of(call.home, number)
    return Next(forward, number, for_whom) if own is None else _stay_inside(call, own, shown)


def _keep_inside(call: Call, destination: str) -> Then:
    """A VIP whom a queue could not keep goes on to what follows in the house, at last to the default desk."""
    call.tell(KeptInside(destination=destination))
    if call.otherwise is not None:
        return Outcome.UNREACHABLE
    desk = parse_destination(call.home.configuration.default_desk)
    return Next(last_resort) if isinstance(desk, ToOutside) else Next(reach, desk)


async def _chosen(call: Call, destination: Destination) -> Then:
    """The caller has decided where to go; what was to follow the queue is void."""
    call.person_decided()
    return await reach(call, destination)


def _onward(destination: Destination) -> Next:
    return Next(reach, destination)


def _to_box(call: Call, key: str) -> Next:
    """A mailbox, with the way to the operator of who would rather talk to somebody."""
    box = box_of(call.home.configuration, key)
    operator = (box.rules.operator if box is not None else None) or call.home.configuration.default_desk
    leads_back = str(parse_destination(operator)) in (str(ToVoicemail(key)), str(HangUp()))
    return Next(leave_message, key, None if leads_back else Next(reach, parse_destination(operator)))


async def _go_on(
    call: Call, destination: Destination, shown: CallerShown | None, then: tuple[Destination, ...], rest: Next | None
) -> Then:
    """The next of a chain, with what was to follow the whole chain."""
    call.otherwise = rest
    return await reach(call, destination, shown, then)


def _out_of_circle(call: Call, round_trip: tuple[str, ...]) -> Next:
    """What was to follow anyway, such as the rest of a chain; else where callers end whom nobody takes."""
    call.tell(WentRound(circle=round_trip))
    onward, call.otherwise = call.otherwise, None
    return onward or Next(last_resort)


def _stay_inside(call: Call, own: OwnNumber, shown: CallerShown | None) -> Next:
    """A number of our own is where a call that comes in on it would go; no line is needed for that."""
    call.tell(OwnNumberCalled(number=own.number, line=own.line))
    configuration, party = call.home.configuration, call.principal.party
    is_outside = party.kind is PartyKind.OUTSIDE
    caller = who_calls(configuration, party.number) if is_outside else colleague(party.number, party.name)
    arrival = Arrival(line=own.line, did=own.number)
    routed = route_inbound(configuration, arrival, caller, call.home.ports.clock.wall(), call.home.places.queues)
    for fact in routed.facts:
        call.tell(fact)
    return Next(reach, routed.destination, shown, routed.then)


async def _reach_person(call: Call, number: str, shown: CallerShown | None) -> Then:
    """Ring a person, and follow that person's diversions."""
    person = call.home.configuration.extensions.get(number)
    if person is None:
        return Outcome.UNREACHABLE
    if held := before_ringing(call.home.configuration, person, call.home.ports.clock.wall()):
        return _divert(call, number, held, call.otherwise)
    rest = call.otherwise
    call.otherwise = Next(_after_person, number, rest)
    return Next(ring_extension, number, shown)


async def _after_person(call: Call, number: str, rest: Next | None, tried: tuple[str, ...] = ()) -> Then:
    """The person did not take the call: her diversion for that reason, what was to follow anyway, or her mailbox.

    Args:
        tried: Where she diverts to that did not take the call either.
    """
    person = call.home.configuration.extensions.get(number)
    if person is not None:
        held = after_ringing(call.home.configuration, person, call.outcome, call.home.ports.clock.wall())
        if held is not None and held.to not in tried:
            return _divert(call, number, held, rest, tried)
    then: Next | Outcome = rest or call.outcome
    if rest is None and person is not None and person.voicemail and call.principal.party.kind is not PartyKind.DOOR:
        then = _to_box(call, number)
    return Next(offer_callback, number, then) if _is_worth_waiting_for(call, number) else then


def _is_worth_waiting_for(call: Call, number: str) -> bool:
    """Whether the caller is a colleague, and the person called would be free one day: she talks now."""
    is_colleague = call.principal.party.kind is PartyKind.EXTENSION and call.principal.party.number != number
    return is_colleague and call.outcome is Outcome.BUSY and number in call.home.agents.talking(call.legs)


def _divert(call: Call, number: str, held: Held, rest: Next | None, tried: tuple[str, ...] = ()) -> Next:
    """Send the call where a person diverts it; a number outside that does not take it gives it back."""
    destination = parse_destination(held.to)
    if rest is not None and call.principal.party.kind is PartyKind.DOOR and isinstance(destination, ToVoicemail):
        # Nobody opens from a mailbox, and somebody else may be there for the visitor.
        return rest
    call.tell(Diverted(member=number, rule=held.rule, destination=held.to))
    is_outside = isinstance(destination, ToOutside)
    call.otherwise = Next(_after_person, number, rest, (*tried, held.to)) if is_outside else rest
    return Next(reach, destination, for_whom=number)
