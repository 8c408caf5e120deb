"""Transfers: asked for by a phone, blind (RFC 3515) and attended (with Replaces, RFC 3891), or blind by keys."""

from __future__ import annotations

from contextlib import ExitStack

from appliance.calls.call import Call, Next, Then
from appliance.calls.facts import TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, Outcome, PartyKind
from appliance.calls.ports import RINGBACK, Phrase, SpelledDigits
from appliance.calls.story import Joined, TransferBegan, TransferFailed
from appliance.calls.talk import talk
from appliance.config.destinations import Destination, ToConference, ToExtension, ToOutside, ToQueue
from appliance.flows.ask_number import ask_number, tell_outcome
from appliance.flows.emergency import call_for_help
from appliance.flows.own_numbers import own_number_of
from appliance.flows.park import park
from appliance.flows.reach import reach
from appliance.flows.ring_group import first_to_answer
from appliance.flows.targets import Target, back_to, target_of
from appliance.routing.diversion import before_ringing
from appliance.routing.numbering import (
    DialledAttendant,
    DialledEmergency,
    DialledExtension,
    DialledOutside,
    DialledPark,
    DialledQueue,
    DialledRoom,
    DialledSlot,
    classify_dialled,
)
from appliance.routing.rights import may_bring_outside

RINGING, DONE = 180, 200


def asked_to_transfer(call: Call, transferor: Leg, kept: Leg | None, asked: TransferAsked) -> bool:
    """Start the transfer, or tell the transferor that it cannot be; whether it began.

    Args:
        kept: Who is to be transferred; None: more than one party talks to the transferor.
    """
    if kept is None:
        done = False
    elif asked.replaces is None:
        done = _transfer_blind(call, transferor, kept, asked.to)
    else:
        mine = call.home.legs.get(asked.replaces)
        done = mine is not None and _transfer_attended(call, transferor, kept, mine)
    if not done:
        transferor.report_transfer(Cause.REJECTED)
    return done


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
    targets = [leg for leg in second.legs if leg is not mine and leg.is_answered]
    if len(targets) > 1:
        # The second call would end for the others in it.
        return False
    target = targets[0] if targets else None
    if target is None:
        # The target still rings and the transferor will not wait for it: the kept party does.
        done = _transfer_blind(call, transferor, kept, second.called)
        if done:
            second.end()
        return done
    if target.party.kind is PartyKind.OUTSIDE and not may_bring_outside(
        call.home.configuration, transferor.party, kept.party
    ):
        return False
    call.principal = kept
    call.tell(TransferBegan(by=transferor.party.shown, to=target.party.shown, attended=True))
    if not call.join(target):
        return False
    call.tell(Joined(member=target.party.shown, from_call=second.id))
    transferor.report_transfer(DONE)
    second.end()
    return True


async def transfer(call: Call, to: str, transferor: Leg, *, speak: bool = False) -> Then:
    """Ring the target for the principal; the transferor is told how it goes, and gets the party back if it fails.

    Args:
        speak: Tell the transferor by sound, as it asked by keys: its telephone shows nothing of a transfer.
    """
    call.tell(TransferBegan(by=transferor.party.shown, to=to))
    configuration, now = call.home.configuration, call.home.ports.clock.wall()
    match classify_dialled(configuration, to):
        case DialledPark():
            return await _to_slot(call, transferor, call.home.places.free_slot(configuration.parking.slots), speak)
        case DialledSlot(slot=wanted):
            return await _to_slot(call, transferor, call.home.places.free_slot((), wanted), speak)
        case DialledExtension(number=number) if before_ringing(configuration, configuration.extensions[number], now):
            return _sent_on(call, ToExtension(number), transferor)
        case DialledQueue(name=name):
            return _sent_on(call, ToQueue(name), transferor)
        case DialledRoom(name=name):
            return _sent_on(call, ToConference(name), transferor)
        case DialledOutside(number=number) if own_number_of(call.home, number) is not None:
            return _sent_on(call, ToOutside(number), transferor)
        case DialledAttendant(destination=destination):
            return _sent_on(call, destination, transferor)
        case DialledEmergency(number=number):
            transferor.report_transfer(DONE)
            return Next(call_for_help, number)
    match target_of(call, to, transferor):
        case Outcome() as outcome:
            return await _failed(call, to, transferor, outcome, speak)
        case target:
            return await _to_members(call, to, transferor, target, speak)


async def _to_members(call: Call, to: str, transferor: Leg, target: Target, speak: bool) -> Then:
    with ExitStack() as sounding:
        if speak:
            sounding.enter_context(call.play(transferor, RINGBACK))
        async with call.ringing(on_alerting=lambda: transferor.report_transfer(RINGING)) as ringing:
            if winner := await first_to_answer(call, ringing, target.stages, to, target.team):
                transferor.report_transfer(DONE)
                return Next(talk, winner)
    return await _failed(call, to, transferor, ringing.outcome, speak)


def _sent_on(call: Call, target: Destination, transferor: Leg) -> Then:
    """The target sends everybody elsewhere, or lets them wait: the principal follows; the transferor is rung if that
    leads nowhere."""
    transferor.report_transfer(DONE)
    call.otherwise = back_to(call, transferor.party.number)
    return Next(reach, target)


async def _to_slot(call: Call, transferor: Leg, slot: str | None, speak: bool) -> Then:
    """Park the principal; the transferor hears the slot's number before its leg ends, unless it has hung up.

    The slot is taken from now on, so that the number said is true.
    """
    by = transferor.party.number
    if slot is None:
        return await _failed(call, "park", transferor, Outcome.BUSY, speak)
    language = call.language_of(transferor)
    said_slot = (Phrase("parked-at", language), SpelledDigits(slot, language))
    taken = call.home.places.parked_in(slot, call)
    with taken, call.music(call.principal), call.play(transferor, *said_slot) as said:
        await said.finished.wait()
    transferor.report_transfer(DONE)
    return Next(park, slot, by)


async def _failed(call: Call, to: str, transferor: Leg, outcome: Outcome, speak: bool) -> Then:
    """Nobody took the transferred party: back to who transferred, on the old leg or by ringing again."""
    call.tell(TransferFailed(to=to, outcome=outcome))
    transferor.report_transfer(outcome.cause)
    if speak and not transferor.is_gone:
        with call.music(call.principal):
            await tell_outcome(call, transferor, outcome)
    if not transferor.is_gone:
        return Next(talk, transferor)
    return back_to(call, transferor.party.number)


async def transfer_by_keys(call: Call, transferor: Leg) -> Then:
    """Ask the transferor for a number while the principal hears music, and transfer blindly.

    Without a number the talk goes on; who hangs up before it gets the party back by ringing.
    """
    with call.music(call.principal):
        number = await ask_number(call, transferor)
    if number:
        return Next(transfer, number, transferor, speak=True)
    return Next(talk, transferor) if not transferor.is_gone else back_to(call, transferor.party.number)
