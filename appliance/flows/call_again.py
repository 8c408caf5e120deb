"""Calling again: who called this phone last, and what it dialled last."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase, SpelledDigits
from appliance.config.destinations import ToConference, ToExtension, ToRingGroup
from appliance.flows.announce import announce
from appliance.flows.emergency import call_for_help
from appliance.flows.outside import call_outside
from appliance.flows.questions import key_after
from appliance.flows.reach import reach
from appliance.routing.numbering import (
    DialledEmergency,
    DialledExtension,
    DialledGroup,
    DialledOutside,
    DialledRoom,
    classify_dialled,
)

CALL_KEY = "1"
THINKING_SECONDS = 5.0


async def call_last_caller(call: Call) -> Then:
    """Say who called this phone last from outside, and call back at the press of a key."""
    return await _offer(call, "last-caller-was", await call.home.ports.acquaintances.last_caller(call.caller.number))


async def redial(call: Call) -> Then:
    """Call again what this phone dialled last, at once: who asks for that knows it."""
    number = await call.home.ports.acquaintances.last_dialled(call.caller.number)
    if number is None:
        return Next(announce, Phrase("no-such-call-yet", call.language), Outcome.UNKNOWN)
    return _way_to(call, number)


async def _offer(call: Call, phrase: str, number: str | None) -> Then:
    language, leg = call.language, call.principal
    if number is None:
        return Next(announce, Phrase("no-such-call-yet", language), Outcome.UNKNOWN)
    leg.answer()
    leg.forget_facts()
    said = Phrase(phrase, language), SpelledDigits(number.removeprefix("+"), language)
    key = await key_after(call, CALL_KEY, *said, Phrase("press-one-to-call", language), seconds=THINKING_SECONDS)
    return _way_to(call, number) if key else Next(announce, Phrase("goodbye", language))


def _way_to(call: Call, number: str) -> Next:
    """As if the number were dialled now, with the rights there are now."""
    configuration = call.home.configuration
    match classify_dialled(configuration, number):
        case DialledEmergency(number=emergency):
            return Next(call_for_help, emergency)
        case DialledExtension(number=extension):
            return Next(reach, ToExtension(extension))
        case DialledGroup(name=name):
            return Next(reach, ToRingGroup(name))
        case DialledRoom(name=name):
            return Next(reach, ToConference(name))
        case DialledOutside(number=outside):
            return Next(call_outside, outside)
        case _:
            return Next(announce, Phrase("number-unknown", call.language), Outcome.UNKNOWN)
