"""What a party may ask for during a talk: a transfer, or to open the door it talks to."""

from __future__ import annotations

import logging

from appliance.calls.call import Call
from appliance.calls.facts import Digit, LegFact, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import PartyKind
from appliance.calls.story import DoorAsked
from appliance.flows.transfer import asked_to_transfer

log = logging.getLogger(__name__)


async def in_call(call: Call, leg: Leg, peer: Leg, fact: LegFact) -> None:
    """Obey a fact of a leg whose peer is at the other end of the talk."""
    match fact:
        case TransferAsked():
            asked_to_transfer(call, leg, peer, fact)
        case Digit(digit=digit) if peer.party.kind is PartyKind.DOOR:
            await _door_key(call, leg, peer.party.number, digit)
        case _:
            log.debug("call %s: nothing to do for %s of leg %s", call.id, type(fact).__name__, leg.id)


async def _door_key(call: Call, leg: Leg, name: str, digit: str) -> None:
    """Ask the door to open when the party inside pressed its key.

    The key counts only from a phone of the house, or one outside that we rang: what sounds in the street never opens
    (CHECKLIST A15), and neither does a caller from outside who was transferred to the door (A13, A17). The door
    process decides; its answer is told in the story.
    """
    door = call.home.configuration.doors.get(name)
    is_inside = leg.party.kind is PartyKind.EXTENSION
    was_rung = leg.party.kind is PartyKind.OUTSIDE and not leg.incoming
    if door is None or door.open_digit != digit or not (is_inside or was_rung):
        return
    answer = await call.home.ports.doors.request_open(
        name, channel="dtmf", person=leg.party.number, code=None, call_id=call.id, leg_side="answerer"
    )
    call.tell(DoorAsked(door=name, by=leg.party.number, granted=answer.granted, reason=answer.reason))
