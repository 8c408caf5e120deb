"""From a destination to the flow that serves it, with what follows when nobody is there: nothing ends in silence."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome, PartyKind
from appliance.calls.ports import CallerShown
from appliance.config.destinations import (
    Destination,
    HangUp,
    ToExtension,
    ToOutside,
    ToRingGroup,
    ToVoicemail,
    parse_destination,
)
from appliance.config.models import Extension
from appliance.flows.outside import forward
from appliance.flows.ring_group import ring_extension, ring_group
from appliance.flows.voicemail import leave_message


async def reach(call: Call, destination: Destination, shown: CallerShown | None = None) -> Then:
    """Go to a destination; `call.otherwise` is set to what follows when it does not answer."""
    match destination:
        case ToExtension(number=number):
            return await _reach_person(call, number, shown)
        case ToRingGroup(name=name):
            group = call.home.configuration.ring_groups.get(name)
            if group is not None and call.otherwise is None:
                call.otherwise = Next(reach, parse_destination(group.then))
            return Next(ring_group, name, shown)
        case ToVoicemail(box=box):
            return Next(leave_message, box)
        case ToOutside(number=number):
            return Next(forward, number)
        case HangUp():
            return None


async def _reach_person(call: Call, number: str, shown: CallerShown | None) -> Then:
    """Ring a person, and follow that person's diversions."""
    person = call.home.configuration.extensions.get(number)
    if person is None:
        return Outcome.UNREACHABLE
    if person.divert.always is not None:
        return Next(reach, parse_destination(person.divert.always))
    rest = call.otherwise
    call.otherwise = Next(_after_person, number, rest)
    return Next(ring_extension, number, shown)


async def _after_person(call: Call, number: str, rest: Next | None) -> Then:
    """The person did not take the call: her diversion for that reason, what was to follow anyway, or her mailbox."""
    person = call.home.configuration.extensions.get(number)
    diverted = _diversion(person, call.outcome) if person is not None else None
    if diverted is not None:
        call.otherwise = rest
        return Next(reach, parse_destination(diverted))
    if rest is not None:
        return rest
    if person is not None and person.voicemail and call.principal.party.kind is not PartyKind.DOOR:
        return Next(leave_message, number)
    return call.outcome


def _diversion(person: Extension, outcome: Outcome) -> str | None:
    match outcome:
        case Outcome.BUSY:
            return person.divert.busy
        case Outcome.UNREACHABLE:
            return person.divert.unreachable or person.divert.no_answer
        case _:
            return person.divert.no_answer
