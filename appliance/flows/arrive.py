"""The first step of every call: where does it go?"""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Cause, Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import CallBegan, CallerKnown, CameBack, CameTooFar, Redirected, RouteTaken
from appliance.config.destinations import ToOutside
from appliance.flows.announce import announce
from appliance.flows.branch import arrive_from_branch, call_branch
from appliance.flows.codes import serve_code
from appliance.flows.door_call import answer_door
from appliance.flows.emergency import call_for_help
from appliance.flows.line_test import answer_line_test
from appliance.flows.outside import call_outside
from appliance.flows.own_numbers import own_number_of
from appliance.flows.park import retrieve
from appliance.flows.reach import reach
from appliance.flows.screen import screen_caller
from appliance.routing.branches import leads_to_office
from appliance.routing.callers import Caller
from appliance.routing.inbound import Arrival
from appliance.routing.numbering import (
    DialledBranch,
    DialledCode,
    DialledDoor,
    DialledEmergency,
    DialledOutside,
    DialledSlot,
    classify_dialled,
    destination_of,
)

MOST_DIVERSIONS = 10
"""Calls that were diverted more often go round (CHECKLIST D17)."""


async def arrive_from_line(call: Call, arrival: Arrival, caller: Caller) -> Then:
    """A call from outside: screening, then the inbound routes; what matches none rings the default desk."""
    if leads_to_office(call.home.configuration, arrival.line):
        return Next(arrive_from_branch, arrival)
    call.tell(CallBegan(caller=caller.number, called=arrival.did or arrival.line, line=arrival.line))
    if arrival.hops >= MOST_DIVERSIONS:
        call.tell(CameTooFar(offices=arrival.hops))
        call.end(Cause.NO_ROUTE)
        return None
    if arrival.redirected_from:
        call.tell(Redirected(redirected_from=arrival.redirected_from))
    if (test := call.home.line_test) is not None and test.expects(arrival.line, caller.number):
        return Next(answer_line_test, test)
    if sent_out := _sent_out_by_us(call, arrival, caller):
        call.tell(CameBack(line=sent_out))
        call.end(Cause.BUSY)
        return None
    if caller.contact is not None:
        call.tell(CallerKnown(name=caller.name, is_vip=caller.contact.vip))
    return await screen_caller(call, arrival, caller)


def _sent_out_by_us(call: Call, arrival: Arrival, caller: Caller) -> str | None:
    """The line over which this very call is on its way out: whom it was for has diverted it to us.

    Busy sends it back to where it was forwarded, which knows what follows. Somebody else who is diverted to us by the
    number we ring is a caller like any other: that telephone is in use, after all.
    """
    own = own_number_of(call.home, caller.number)
    for leg in call.home.legs.values():
        if leg.incoming or leg.is_answered or leg.party.line is None:
            continue
        shows_line = own is not None and own.line == leg.party.line
        forwarded = leg.call.principal.party.number if leg.call is not None else ""
        shows_caller = leg.party.number == arrival.redirected_from and caller.number == forwarded
        if shows_line or shows_caller:
            return leg.party.line
    return None


async def arrive_from_phone(call: Call, dialled: str) -> Then:
    """A phone of the house dialled something."""
    call.tell(CallBegan(caller=call.caller.number, called=dialled))
    configuration = call.home.configuration
    meant = classify_dialled(configuration, dialled)
    if (inside := destination_of(meant)) is not None:
        return Next(reach, inside)
    match meant:
        case DialledEmergency(number=number):
            return Next(call_for_help, number)
        case DialledCode(feature=feature, number=number):
            return serve_code(call, feature, number)
        case DialledSlot(slot=slot):
            return Next(retrieve, slot)
        case DialledDoor(name=name):
            return Next(answer_door, name)
        case DialledBranch(line=line, number=number):
            return Next(call_branch, line, number)
        case DialledOutside(number=number) if own_number_of(call.home, number) is not None:
            return Next(reach, ToOutside(number))
        case DialledOutside(number=number):
            return Next(call_outside, number)
        case _:
            return _refused(call, "number-unknown", Outcome.UNKNOWN)


def _refused(call: Call, phrase: str, outcome: Outcome) -> Next:
    call.tell(RouteTaken(destination="hang_up", why=phrase))
    return Next(announce, Phrase(phrase, call.language), outcome)
