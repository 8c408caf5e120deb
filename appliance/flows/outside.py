"""Calls that leave the house: dialled by a person of it, or forwarded for a caller."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.ringing import Outside
from appliance.calls.story import PutThroughFailed
from appliance.calls.talk import talk
from appliance.flows.announce import announce
from appliance.flows.members import OUTSIDE_SECONDS, outside_for
from appliance.flows.way_out import outside, outside_over, payer_of, tell_ways, ways_now
from appliance.routing.outbound import WhyNot

FORWARD_SECONDS = 30.0
"""How long a forwarded call rings outside; its caller has waited already."""

_SAID = {Outcome.UNREACHABLE: "no-line-free", Outcome.UNKNOWN: "number-unknown"}
"""What a caller hears when it was not the called one who did not want."""

SAID_WHY = {
    WhyNot.NOT_ALLOWED: "not-allowed",
    WhyNot.KIND: "kind-not-allowed",
    WhyNot.INTERNATIONAL: "international-not-allowed",
    WhyNot.PREMIUM: "premium-not-allowed",
    WhyNot.LIMIT: "limit-reached",
    WhyNot.TOO_MANY: "too-many-at-once",
    WhyNot.CLOSED: "way-out-closed",
}
"""What who dials hears when the number is not dialled; where no route carries it, that no line is free."""


async def call_outside(call: Call, number: str) -> Then:
    """A person of the house dials an outside number: the lines of the first route that carries it, in order.

    Who may not hears why; a line that is busy or dead is passed over.
    """
    payer = payer_of(call.home, call.principal.party)
    found = ways_now(call.home, number, payer)
    tell_ways(call, number, found)
    if found.refused is not None and found.refused in SAID_WHY:
        return Next(announce, Phrase(SAID_WHY[found.refused], call.language), Outcome.REFUSED)
    return await _put_through(call, outside_over(found, number, confirm=False, payer=payer), OUTSIDE_SECONDS)


async def forward(call: Call, number: str, for_whom: str | None = None) -> Then:
    """Forward the caller to an outside number, whose owner must press 1 to accept.

    Args:
        for_whom: The extension that diverts its calls there; None: no person's diversion leads there.
    """
    person = None if for_whom is None else call.home.configuration.extensions.get(for_whom)
    member = outside(call, number, confirm=True) if person is None else outside_for(call, person, number)
    return await _put_through(call, member, FORWARD_SECONDS)


async def _put_through(call: Call, member: Outside, seconds: float) -> Then:
    async with call.ringing() as ringing:
        ringing.only([member])
        if winner := await ringing.answer(within=seconds):
            return Next(talk, winner)
    outcome = ringing.outcome
    if outcome is Outcome.UNREACHABLE and not member.why_not:
        call.tell(PutThroughFailed(number=member.number, tried=member.lines))
    phrase = _SAID.get(outcome)
    if phrase is not None and call.otherwise is None and call.at_last is None:
        return Next(announce, Phrase(phrase, call.language), outcome)
    return outcome
