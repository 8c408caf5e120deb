"""Two colleagues are free again, of whom one wanted to be called back: he is rung first, then the other."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.home import CallHome
from appliance.calls.names import Outcome, Party, PartyKind
from appliance.calls.ports import CallerShown
from appliance.calls.ringing import Inside
from appliance.calls.wishes import Wish
from appliance.config.destinations import ToExtension
from appliance.flows.reach import reach

CALLER_SECONDS = 25.0


def begin_wished_call(home: CallHome, wish: Wish) -> None:
    """Start the call; where either is no extension any more the wish is void."""
    extensions = home.configuration.extensions
    if wish.caller not in extensions or wish.target not in extensions:
        return
    party = Party(kind=PartyKind.EXTENSION, number=wish.target, name=extensions[wish.target].name)
    home.call_out(Next(ring_who_wished, wish), party, called=wish.target)


async def ring_who_wished(call: Call, wish: Wish) -> Then:
    """Ring the one who wanted it, with the other's name on the display; then the other."""
    name = call.home.configuration.extensions[wish.target].name
    async with call.ringing(CallerShown(number=wish.target, name=name)) as ringing:
        ringing.only([Inside(wish.caller)])
        if caller := await ringing.answer(within=CALLER_SECONDS):
            call.principal = caller
            call.caller_is(caller.party)
            return Next(reach, ToExtension(wish.target))
    return Outcome.NO_ANSWER
