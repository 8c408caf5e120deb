"""Parking: a caller waits in a numbered slot until somebody fetches him."""

from __future__ import annotations

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import Joined, Parked, ParkEnded
from appliance.config.destinations import parse_destination
from appliance.flows.announce import announce
from appliance.flows.reach import reach
from appliance.flows.targets import back_to


async def park(call: Call, slot: str, by: str) -> Then:
    """The principal waits with music; nobody comes: the one who parked is rung, then the default desk.

    Args:
        by: Extension of who parked, or the mobile that stood for one.
    """
    places, parking = call.home.places, call.home.configuration.parking
    call.otherwise = Next(reach, parse_destination(call.home.configuration.default_desk))
    if slot in places.parked:
        return back_to(call, by)
    call.tell(Parked(slot=slot, by=by))
    with places.parked_in(slot, call), call.music(call.principal), trio.move_on_after(parking.seconds):
        await trio.sleep_forever()
    call.tell(ParkEnded(slot=slot, seconds=parking.seconds))
    return back_to(call, by)


async def retrieve(call: Call, slot: str) -> Then:
    """Talk to who waits in a slot; the retriever's own call ends as that one goes on."""
    parked = call.home.places.parked.get(slot)
    if parked is not None and parked.join(call.principal):
        parked.tell(Joined(member=call.principal.party.shown, from_call=call.id))
        return None
    return Next(announce, Phrase("nobody-parked", call.language), Outcome.UNREACHABLE)
