"""Calls between offices of ours: dialled here for another office, and arrived from one."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Cause, Outcome, WayOut
from appliance.calls.ports import Phrase
from appliance.calls.ringing import Outside
from appliance.calls.story import CallBegan, CameTooFar, WayOutRefused
from appliance.calls.talk import talk
from appliance.config.destinations import ToOutside
from appliance.flows.announce import announce
from appliance.flows.emergency import call_for_help
from appliance.flows.members import OUTSIDE_SECONDS
from appliance.flows.own_numbers import own_number_of
from appliance.flows.reach import reach
from appliance.flows.way_out import outside_over, tell_ways, ways_now
from appliance.routing.branches import MOST_OFFICES
from appliance.routing.inbound import Arrival
from appliance.routing.numbering import (
    DialledBranch,
    DialledEmergency,
    DialledOutside,
    classify_dialled,
    destination_of,
)
from appliance.routing.rights import may_office_dial

_SAID = {Outcome.UNREACHABLE: "no-line-free", Outcome.UNKNOWN: "number-unknown"}


async def call_branch(call: Call, line: str, number: str) -> Then:
    """Somebody dials a short number of another office: its Porter decides what it is. No right and no limit is asked,
    as for any extension."""
    async with call.ringing() as ringing:
        ringing.only([Outside(number, (WayOut(line, number),), confirm=False)])
        if winner := await ringing.answer(within=OUTSIDE_SECONDS):
            return Next(talk, winner)
    phrase = _SAID.get(ringing.outcome)
    if phrase is not None and not call.offices and call.otherwise is None and call.at_last is None:
        return Next(announce, Phrase(phrase, call.language), ringing.outcome)
    return ringing.outcome


async def call_over_ours(call: Call, number: str) -> Then:
    """Somebody of another office calls outside over the lines of this one. Why it failed is said there: an
    announcement of each office on the way would follow the other."""
    found = ways_now(call.home, number, None)
    tell_ways(call, number, found)
    async with call.ringing() as ringing:
        ringing.only([outside_over(found, number, confirm=False, payer=None)])
        if winner := await ringing.answer(within=OUTSIDE_SECONDS):
            return Next(talk, winner)
    return ringing.outcome


async def arrive_from_branch(call: Call, arrival: Arrival) -> Then:
    """A call from another office: what it dialled is an extension of ours, a number of a third office, or one outside.

    What is nobody's is refused at once, so that the other office says so to its own person in his language. Codes,
    park slots and what else belongs to phones of the house cannot be dialled from there.
    """
    call.tell(CallBegan(caller=call.caller.number, called=arrival.did or arrival.line, line=arrival.line))
    call.offices = arrival.hops
    if call.offices >= MOST_OFFICES:
        call.tell(CameTooFar(offices=call.offices))
        call.end(Cause.NO_ROUTE)
        return None
    dialled = classify_dialled(call.home.configuration, arrival.did)
    if (inside := destination_of(dialled)) is not None:
        return Next(reach, inside)
    match dialled:
        case DialledEmergency(number=number):
            return Next(call_for_help, number)
        case DialledBranch(line=line, number=number) if line != arrival.line:
            return Next(call_branch, line, number)
        case DialledOutside(number=number) if own_number_of(call.home, number) is not None:
            return Next(reach, ToOutside(number))
        case DialledOutside(number=number) if may_office_dial(call.home.configuration, arrival.line, number):
            return Next(call_over_ours, number)
        case DialledOutside(number=number):
            call.tell(WayOutRefused(number=number, why="not-allowed"))
            call.end(Cause.NOT_ALLOWED)
            return None
    call.end(Cause.UNALLOCATED)
    return None
