"""The button of a door was pressed: ring who is in charge, with the door's own name and ring tone."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import CallerShown, Phrase
from appliance.config.destinations import parse_destination
from appliance.flows.announce import announce
from appliance.flows.reach import reach

DOOR_RING_TONE = "door"


async def door_call(call: Call, name: str) -> Then:
    """Ring the door's destination; nobody comes: the visitor hears so."""
    door = call.home.configuration.doors.get(name)
    if door is None:
        return Outcome.UNREACHABLE
    call.principal.answer()
    call.otherwise = Next(announce, Phrase("nobody-comes-to-the-door", call.language))
    shown = CallerShown(number=name, name=door.name, ring_tone=DOOR_RING_TONE)
    return Next(reach, parse_destination(door.rings), shown)
