"""What a party may ask for during a talk: hold, a transfer, a third party, or to open the door it talks to."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from appliance.calls.call import Flow
from appliance.calls.facts import Digit, Held, Resumed, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import PartyKind
from appliance.calls.story import OffHold, OnHold
from appliance.calls.talk import Conversation
from appliance.config.models import TalkFeature
from appliance.flows.attention import Attention, pass_on
from appliance.flows.consult import add_party, consult
from appliance.flows.door_call import attend_door, doors_in, press_door_key
from appliance.flows.lift import lift
from appliance.flows.recording import record_if_always, switch_recording
from appliance.flows.transfer import asked_to_transfer, transfer_by_keys
from appliance.routing.talk_codes import talk_codes

log = logging.getLogger(__name__)

STEPS: Mapping[TalkFeature, Flow] = {
    TalkFeature.BLIND_TRANSFER: transfer_by_keys,
    TalkFeature.ATTENDED_TRANSFER: consult,
    TalkFeature.THREE_WAY: add_party,
    TalkFeature.LIFT: lift,
}
"""The step that follows the talk when a party asks for a feature; the other party is its principal, and waits."""


async def in_call(conversation: Conversation, leg: Leg) -> None:
    """Obey one party of a talk until this is cancelled."""
    call = conversation.call
    configuration = call.home.configuration
    if leg is conversation.legs[0]:
        await record_if_always(conversation)
    if leg.party.kind is PartyKind.DOOR:
        await attend_door(conversation, leg)
    attention = Attention(leg, codes_for(conversation, leg), configuration.codes.key_seconds)
    while True:
        match await attention.next_wish():
            case Held():
                conversation.connect()
                call.tell(OnHold(member=leg.party.shown))
            case Resumed():
                conversation.connect()
                call.tell(OffHold(member=leg.party.shown))
            case TransferAsked() as asked:
                if asked_to_transfer(call, leg, _only_other(conversation, leg), asked):
                    return
            case Digit() as key:
                await _key(conversation, leg, key)
            case TalkFeature.RECORD:
                await switch_recording(conversation, leg)
            case TalkFeature() as feature:
                # What was keyed in since belongs to the step that follows, such as the number to transfer to.
                attention.hand_back()
                if _ask(conversation, leg, feature):
                    return
            case wish:
                log.debug("call %s: nothing to do for %s of leg %s", call.id, type(wish).__name__, leg.id)


def codes_for(conversation: Conversation, leg: Leg) -> dict[str, TalkFeature]:
    """The codes a party may use: phones of the house, and mobiles that stand for one; nobody else has any.

    A customer who presses `##` for his own menu transfers nothing, and neither does the street side of a door. What
    opens a door does so at once, so no code begins with that key.
    """
    if not leg.is_of_the_house:
        return {}
    configuration = conversation.call.home.configuration
    doors = [configuration.doors.get(other.party.number) for other in doors_in(conversation, leg)]
    return talk_codes(configuration, but="".join(door.open_digit or "" for door in doors if door is not None))


def _only_other(conversation: Conversation, leg: Leg) -> Leg | None:
    others = conversation.others(leg)
    return others[0] if len(others) == 1 else None


def _ask(conversation: Conversation, leg: Leg, feature: TalkFeature) -> bool:
    """Let the step of a feature follow the talk; of three parties none can send away both others."""
    other = _only_other(conversation, leg)
    if other is None:
        log.info("call %s: leg %s asks for %s, but does not talk to one party", conversation.call.id, leg.id, feature)
        return False
    conversation.call.principal = other
    return conversation.call.redirect(STEPS[feature], leg)


async def _key(conversation: Conversation, leg: Leg, key: Digit) -> None:
    for door in doors_in(conversation, leg):
        await press_door_key(conversation, leg, door.party.number, key)
    pass_on(key, leg, conversation.others(leg))
