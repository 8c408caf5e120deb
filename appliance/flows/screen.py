"""Before anybody is rung for a call from outside: does the caller get through, and who is it?"""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Cause, Outcome, Party
from appliance.calls.ports import BEEP, Phrase, Recorded, SpelledDigits
from appliance.calls.story import CustomerNumberAsked, KeyAsked, NameAsked, Screened
from appliance.config.models import Refusal
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.flows.keys import key_before
from appliance.flows.let_in import let_in
from appliance.flows.questions import ANY_KEY, digits_after, key_after
from appliance.routing.callers import Caller, who_is
from appliance.routing.inbound import Arrival, route_inbound
from appliance.routing.screening import Verdict, screen

CHALLENGES = 2
"""A person hits the wrong key once; a machine that presses keys at random gets two."""

MOST_DIGITS = 12
"""Of a customer number."""

NAME_SECONDS = 6.0

SHORTEST_NAME_SECONDS = 0.5


async def screen_caller(call: Call, arrival: Arrival, caller: Caller, *, is_proven: bool = False) -> Then:
    """Decide about a caller by who he is and where he would go; then let him in, ask him, or turn him away."""
    places, clock = call.home.places, call.home.ports.clock
    routed = route_inbound(call.settings, arrival, caller, clock.wall(), places.queues)
    screened = screen(
        call.settings,
        caller,
        rings_people=routed.rings_people,
        is_proven=is_proven,
        may_be_help=places.waits_for_help(clock.monotonic()) is not None,
    )
    if screened.why:
        call.tell(Screened(verdict=screened.verdict, why=screened.why))
    match screened.verdict:
        case Verdict.PASS:
            return await let_in(call, routed, caller)
        case Verdict.BLOCK:
            return _turn_away(call)
        case Verdict.CHALLENGE:
            return Next(challenge, arrival, caller)
        case Verdict.ASK_NAME:
            return Next(ask_name, arrival, caller)
        case Verdict.ASK_CUSTOMER_NUMBER:
            return Next(ask_customer_number, arrival, caller)


def _turn_away(call: Call) -> Then:
    if call.settings.screening.refusal is Refusal.NOTICE:
        return Next(announce, Phrase("call-not-taken", call.language), Outcome.REFUSED)
    call.end(Cause.REJECTED)
    return None


async def challenge(call: Call, arrival: Arrival, caller: Caller) -> Then:
    """Let the caller press the key he is told.

    He is answered for it: networks pass on keys and voice of a caller reliably only after the answer.
    """
    leg, language, key = call.principal, call.language, call.settings.screening.challenge_key
    leg.answer()
    question = (Phrase("press-to-be-connected", language), SpelledDigits(key, language))
    passed = False
    for _ in range(CHALLENGES):
        leg.forget_facts()
        if passed := await key_after(call, ANY_KEY, *question) == key:
            break
    call.tell(KeyAsked(passed=passed))
    if not passed:
        return Next(announce, Phrase("call-not-taken", language), Outcome.REFUSED)
    return await screen_caller(call, arrival, caller, is_proven=True)


async def ask_customer_number(call: Call, arrival: Arrival, caller: Caller) -> Then:
    """Ask for a customer number, once more when it is nobody's; whoever has none goes on as he is."""
    leg, language = call.principal, call.language
    leg.answer()
    for question in (Phrase("enter-customer-number", language), Phrase("customer-number-unknown", language)):
        leg.forget_facts()
        digits = await digits_after(call, question, most=MOST_DIGITS)
        found = who_is(call.settings, caller, digits)
        call.tell(CustomerNumberAsked(number=digits, name=found.name if found is not None else ""))
        if found is not None:
            party = call.principal.party
            leg.language = found.contact.language if found.contact is not None else None
            call.caller_is(Party(kind=party.kind, number=party.number, name=found.shown_name, line=party.line))
            return await screen_caller(call, arrival, found, is_proven=True)
        if not digits:
            break
    return await screen_caller(call, arrival, caller, is_proven=True)


async def ask_name(call: Call, arrival: Arrival, caller: Caller) -> Then:
    """Record the caller's name, which whoever answers hears before taking the call.

    Nobody is kept out for saying nothing: then the call goes on as it is.
    """
    path = await _recorded_name(call)
    call.tell(NameAsked(given=path is not None))
    if path is not None:
        language = call.settings.language
        call.introduction = (Phrase("call-from", language), Recorded(path), Phrase("take-or-refuse", language))
    return await screen_caller(call, arrival, caller, is_proven=True)


async def _recorded_name(call: Call) -> str | None:
    leg, scratch = call.principal, call.home.ports.scratch
    leg.answer()
    try:
        path = await scratch.new_recording()
    except PorterError:
        return None
    call.at_end.append(lambda: scratch.discard_soon(path))
    with call.play(leg, Phrase("say-your-name", call.language), BEEP) as asking:
        await asking.finished.wait()
    leg.forget_facts()
    with call.record(leg, path) as recording:
        await key_before(leg, ANY_KEY, recording.finished, seconds=NAME_SECONDS)
    return path if recording.seconds >= SHORTEST_NAME_SECONDS else None
