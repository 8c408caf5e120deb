"""The echo test: the caller hears himself, and so knows that both ways of the sound work."""

from __future__ import annotations

from appliance.calls.call import Call, Then
from appliance.calls.ports import Phrase


async def echo_test(call: Call) -> Then:
    """Say what happens, then send back what is heard until the caller hangs up."""
    leg = call.principal
    leg.answer()
    call.talk_began()
    with call.play(leg, Phrase("echo-test", call.language)) as playing:
        await playing.finished.wait()
    with call.bridge(leg, leg):
        await leg.gone.wait()
    return None
