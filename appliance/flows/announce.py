"""Say something to the principal, as a last step or before going on."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import Announced


def let_hear(leg: Leg) -> None:
    """Open the sound towards an incoming caller, without answering where that is possible."""
    if leg.incoming and not leg.is_answered and not leg.progress():
        leg.answer()


async def announce(call: Call, phrase: Phrase, then: Next | Outcome | None = None) -> Then:
    """Play a phrase to its end; an incoming caller who was not answered hears it before the call is charged.

    Where that is impossible, as over GSM, he is answered: he would hear nothing but ringing, and then be cut off.
    """
    leg = call.principal
    let_hear(leg)
    call.tell(Announced(phrase=phrase.name))
    with call.play(leg, phrase) as playing:
        await playing.finished.wait()
    return then
