"""A colleague who talks: whoever calls may be called back as soon as both are free."""

from __future__ import annotations

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import CallbackWished
from appliance.flows.announce import announce
from appliance.flows.questions import key_after

CALL_BACK_KEY = "5"
THINKING_SECONDS = 3.0


async def offer_callback(call: Call, target: str, then: Next | Outcome) -> Then:
    """Offer to call the principal back; without the key the call goes on as it would have."""
    call.principal.answer()
    call.principal.forget_facts()
    question = Phrase("busy-press-five", call.language)
    if await key_after(call, CALL_BACK_KEY, question, seconds=THINKING_SECONDS) is None:
        return then
    call.home.places.wishes.make(call.caller.number, target, trio.current_time())
    call.tell(CallbackWished(member=target))
    call.outcome = Outcome.DONE
    return Next(announce, Phrase("you-are-called-back", call.language))
