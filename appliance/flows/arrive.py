"""The first step of every call: where does it go?"""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import CallBegan, RouteTaken
from appliance.config.destinations import ToExtension, ToRingGroup
from appliance.flows.announce import announce
from appliance.flows.codes import serve_code
from appliance.flows.emergency import call_for_help
from appliance.flows.outside import call_outside
from appliance.flows.park import retrieve
from appliance.flows.reach import reach
from appliance.routing.inbound import route_inbound
from appliance.routing.numbering import (
    DialledCode,
    DialledEmergency,
    DialledExtension,
    DialledGroup,
    DialledNothing,
    DialledOutside,
    DialledPark,
    DialledSlot,
    classify_dialled,
)


async def arrive_from_line(call: Call, line: str, did: str) -> Then:
    """A call from outside: the inbound routes decide; what matches none rings the default desk."""
    caller = call.caller.number
    call.tell(CallBegan(caller=caller, called=did or line, line=line))
    routed = route_inbound(call.settings, line=line, caller=caller, did=did, now=call.home.ports.clock.wall())
    for fact in routed.facts:
        call.tell(fact)
    call.principal.ring()
    return Next(reach, routed.destination)


async def arrive_from_phone(call: Call, dialled: str) -> Then:
    """A phone of the house dialled something."""
    call.tell(CallBegan(caller=call.caller.number, called=dialled))
    configuration = call.home.configuration
    own = configuration.extensions.get(call.caller.number)
    match classify_dialled(configuration, dialled):
        case DialledEmergency(number=number):
            return Next(call_for_help, number)
        case DialledExtension(number=number):
            return Next(reach, ToExtension(number))
        case DialledGroup(name=name):
            return Next(reach, ToRingGroup(name))
        case DialledCode(feature=feature, number=number):
            return serve_code(call, feature, number)
        case DialledSlot(slot=slot):
            return Next(retrieve, slot)
        case DialledOutside(number=number):
            if own is not None and not own.may_call_outside:
                return _refused(call, "not-allowed", Outcome.REFUSED)
            return Next(call_outside, number)
        case DialledPark() | DialledNothing():
            return _refused(call, "number-unknown", Outcome.UNKNOWN)


def _refused(call: Call, phrase: str, outcome: Outcome) -> Next:
    call.tell(RouteTaken(destination="hang_up", why=phrase))
    return Next(announce, Phrase(phrase, call.settings.language), outcome)
