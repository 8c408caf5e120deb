"""Where a caller ends whom nobody takes: at the default desk's mailbox, or with a notice."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import PartyKind
from appliance.calls.ports import Phrase
from appliance.flows.announce import announce
from appliance.flows.voicemail import leave_message
from appliance.routing.hops import last_mailbox


async def last_resort(call: Call) -> Then:
    """A caller from outside may leave a message; colleagues and visitors at a door hear that nobody comes."""
    kind = call.principal.party.kind
    box = last_mailbox(call.home.configuration) if kind is PartyKind.OUTSIDE else None
    if box is not None:
        return Next(leave_message, box)
    if kind is PartyKind.DOOR:
        return Next(announce, Phrase("nobody-comes-to-the-door", call.language), call.outcome)
    return Next(announce, Phrase("nobody-takes-your-call", call.language), call.outcome)
