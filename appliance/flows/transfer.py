"""Transfers asked for by a phone: blind (RFC 3515) and attended (with Replaces, RFC 3891)."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.call import Call, Next, Then
from appliance.calls.facts import TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, Outcome
from appliance.calls.ports import Phrase, SpelledDigits
from appliance.calls.story import Joined, TransferBegan, TransferFailed
from appliance.calls.talk import talk
from appliance.config.destinations import ToExtension, ToRingGroup
from appliance.flows.emergency import call_for_help
from appliance.flows.members import RingStage, stages_of_outside, stages_of_person, stages_of_team
from appliance.flows.park import park
from appliance.flows.reach import reach
from appliance.flows.ring_group import first_to_answer
from appliance.routing.numbering import (
    DialledEmergency,
    DialledExtension,
    DialledGroup,
    DialledOutside,
    DialledPark,
    DialledSlot,
    classify_dialled,
)

RINGING, DONE = 180, 200


def asked_to_transfer(call: Call, transferor: Leg, kept: Leg, asked: TransferAsked) -> None:
    """Start the transfer, or tell the transferor that it cannot be."""
    if asked.replaces is None:
        done = _transfer_blind(call, transferor, kept, asked.to)
    else:
        mine = call.home.legs.get(asked.replaces)
        done = mine is not None and _transfer_attended(call, transferor, kept, mine)
    if not done:
        transferor.report_transfer(Cause.REJECTED)


def _transfer_blind(call: Call, transferor: Leg, kept: Leg, to: str) -> bool:
    if kept.is_gone or not to:
        return False
    call.principal = kept
    return call.redirect(transfer, to, transferor)


def _transfer_attended(call: Call, transferor: Leg, kept: Leg, mine: Leg) -> bool:
    """Connect the party kept here with the one the transferor talks to in its other call."""
    second = mine.call
    if second is None or second is call or kept.is_gone:
        return False
    target = next((leg for leg in second.legs if leg is not mine and leg.is_answered), None)
    if target is None:
        # The target still rings and the transferor will not wait for it: the kept party does.
        done = _transfer_blind(call, transferor, kept, second.called)
        if done:
            second.end()
        return done
    call.principal = kept
    call.tell(TransferBegan(by=transferor.party.shown, to=target.party.shown, attended=True))
    if not call.join(target):
        return False
    call.tell(Joined(member=target.party.shown, from_call=second.id))
    transferor.report_transfer(DONE)
    second.end()
    return True


async def transfer(call: Call, to: str, transferor: Leg) -> Then:
    """Ring the target for the principal; the transferor is told how it goes, and gets the party back if it fails."""
    call.tell(TransferBegan(by=transferor.party.shown, to=to))
    configuration, team = call.home.configuration, None
    match classify_dialled(configuration, to):
        case DialledPark():
            return await _to_slot(call, transferor, call.home.places.free_slot(configuration.parking.slots))
        case DialledSlot(slot=wanted):
            return await _to_slot(call, transferor, call.home.places.free_slot((), wanted))
        case DialledExtension(number=number) if configuration.extensions[number].divert.always is not None:
            return _to_diversion(call, number, transferor)
        case DialledExtension(number=number):
            stages = stages_of_person(number, configuration.extensions[number])
        case DialledGroup(name=name):
            team = str(ToRingGroup(name))
            stages = stages_of_team(call, team, configuration.ring_groups[name])
        case DialledEmergency(number=number):
            transferor.report_transfer(DONE)
            return Next(call_for_help, number)
        case DialledOutside() if not _may_call_outside(call, transferor):
            return _failed(call, to, transferor, Outcome.REFUSED)
        case DialledOutside(number=number):
            stages = stages_of_outside(call, number)
        case _:
            return _failed(call, to, transferor, Outcome.REFUSED)
    return await _to_members(call, to, transferor, stages, team)


async def _to_members(call: Call, to: str, transferor: Leg, stages: Sequence[RingStage], team: str | None) -> Then:
    async with call.ringing(on_alerting=lambda: transferor.report_transfer(RINGING)) as ringing:
        if winner := await first_to_answer(call, ringing, stages, to, team):
            transferor.report_transfer(DONE)
            return Next(talk, winner)
    return _failed(call, to, transferor, ringing.outcome)


def _may_call_outside(call: Call, transferor: Leg) -> bool:
    own = call.home.configuration.extensions.get(transferor.party.number)
    return own is None or own.may_call_outside


def _to_diversion(call: Call, number: str, transferor: Leg) -> Then:
    """The target sends everybody elsewhere: the principal follows; the transferor is rung if that leads nowhere."""
    transferor.report_transfer(DONE)
    call.otherwise = Next(reach, ToExtension(transferor.party.number))
    return Next(reach, ToExtension(number))


async def _to_slot(call: Call, transferor: Leg, slot: str | None) -> Then:
    """Park the principal; the transferor hears the slot's number before its leg ends, unless it has hung up.

    The slot is taken from now on, so that the number said is true.
    """
    by = transferor.party.number
    if slot is None:
        return _failed(call, "park", transferor, Outcome.BUSY)
    language = call.settings.language
    said_slot = (Phrase("parked-at", language), SpelledDigits(slot, language))
    taken = call.home.places.parked_in(slot, call)
    with taken, call.music(call.principal), call.play(transferor, *said_slot) as said:
        await said.finished.wait()
    transferor.report_transfer(DONE)
    return Next(park, slot, by)


def _failed(call: Call, to: str, transferor: Leg, outcome: Outcome) -> Then:
    """Nobody took the transferred party: back to who transferred, on the old leg or by ringing again."""
    call.tell(TransferFailed(to=to, outcome=outcome))
    transferor.report_transfer(outcome.cause)
    if not transferor.is_gone:
        return Next(talk, transferor)
    return Next(reach, ToExtension(transferor.party.number))
