"""Attended transfer and three-way talk by keys: the other party waits while somebody else is asked.

Three steps, each with all the legs it needs: the number is asked for, the target rings, the two talk. At any instant
any of the three may hang up, and the other two go on with each other:

    who waits hangs up        -> the one who asks goes on with the target
    who asks hangs up         -> the one who waits gets the target; while it rings that is a blind transfer
    the target hangs up       -> back to the one who waits
"""

from __future__ import annotations

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.facts import Digit, Held, Resumed
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.ringing import Ringing
from appliance.calls.story import (
    ConsultBegan,
    ConsultFailed,
    PartyAdded,
    TookBack,
    TransferBegan,
    TransferFailed,
)
from appliance.calls.talk import Conversation, talk
from appliance.config.models import TalkFeature
from appliance.flows.announce import announce
from appliance.flows.ask_number import ask_number, say, tell_outcome
from appliance.flows.attention import Attention, pass_on
from appliance.flows.emergency import call_for_help
from appliance.flows.ring_group import first_to_answer
from appliance.flows.targets import Target, back_to, target_of
from appliance.flows.transfer import transfer
from appliance.routing.numbering import (
    DialledAttendant,
    DialledEmergency,
    DialledPark,
    DialledQueue,
    DialledRoom,
    DialledSlot,
    classify_dialled,
)
from appliance.routing.talk_codes import talk_codes


async def consult(call: Call, asker: Leg, *, add: bool = False) -> Then:
    """Ask for a number while the principal waits with music, and ring it for the one who asks.

    Args:
        add: Let all three talk as soon as the target answers.
    """
    with call.music(call.principal):
        number = await ask_number(call, asker)
        if asker.is_gone:
            # Whoever keys in a number and hangs up wants it called.
            return Next(transfer, number, asker) if number else back_to(call, asker.party.number)
        if not number:
            return Next(talk, asker)
        match classify_dialled(call.home.configuration, number):
            case DialledPark() | DialledSlot() | DialledQueue() | DialledRoom() | DialledAttendant():
                # Nobody is there who could be asked.
                return Next(transfer, number, asker, speak=True)
            case DialledEmergency(number=help_number):
                # The asker needs help at once, over the line of the one who waits if there is no other.
                call.principal = asker
                return Next(call_for_help, help_number)
        target = target_of(call, number, asker, asker.party)
        if isinstance(target, Outcome):
            call.tell(ConsultFailed(to=number, outcome=target))
            await tell_outcome(call, asker, target)
            return Next(talk, asker) if not asker.is_gone else back_to(call, asker.party.number)
    return Next(ring_for, asker, number, target, add)


async def add_party(call: Call, asker: Leg) -> Then:
    """Ask for a number, and let all three talk when it answers."""
    return await consult(call, asker, add=True)


async def ring_for(call: Call, asker: Leg, number: str, target: Target, add: bool) -> Then:
    """Ring the target for the one who asks, while the other party waits.

    `*`, `#` or the keys of a blind transfer call it off; those of an attended one connect as soon as it answers.
    """
    call.heirs = (asker,)
    call.on_pickup = lambda leg: _with_target(call, asker, leg, add)
    call.tell(ConsultBegan(by=asker.party.shown, to=number))
    with call.music(call.principal):
        async with call.ringing(waiting=asker) as ringing:
            winner = await _first_unless_called_off(call, ringing, target, asker, number)
        if isinstance(winner, Outcome):
            return await _nobody_to_ask(call, asker, number, winner)
    return _with_target(call, asker, winner, add)


def _with_target(call: Call, asker: Leg, target: Leg, add: bool) -> Next:
    """The target has come, at its own phone or at one that picked the call up."""
    if asker.is_gone or call.principal is asker:
        return Next(talk, target)
    if add:
        return _all_three(call, asker, target)
    return Next(consultation, asker, target)


async def _first_unless_called_off(
    call: Call, ringing: Ringing, target: Target, asker: Leg, number: str
) -> Leg | Outcome:
    """Who took the call, or why nobody did; DONE: the asker does not want it any more."""
    called_off = False
    async with trio.open_nursery() as nursery:

        async def until_called_off() -> None:
            nonlocal called_off
            await _calls_off(call, asker)
            called_off = True
            nursery.cancel_scope.cancel()

        nursery.start_soon(until_called_off)
        await first_to_answer(call, ringing, target.stages, number, target.team)
        nursery.cancel_scope.cancel()
    return ringing.winner or (Outcome.DONE if called_off else ringing.outcome)


async def _calls_off(call: Call, asker: Leg) -> None:
    """Wait until the asker wants to go back; who wants to connect at once is let go, as if by hanging up."""
    configuration = call.home.configuration
    attention = Attention(asker, talk_codes(configuration), configuration.codes.key_seconds)
    while True:
        match await attention.next_wish():
            case TalkFeature.ATTENDED_TRANSFER:
                asker.hang_up()
            case TalkFeature.BLIND_TRANSFER | Digit(digit="*" | "#"):
                attention.hand_back()
                return


async def _nobody_to_ask(call: Call, asker: Leg, number: str, outcome: Outcome) -> Then:
    """Back to the one who waits; the asker hears why, or gets the one who waits by ringing when it has hung up."""
    if outcome is not Outcome.DONE and not asker.is_gone:
        call.tell(ConsultFailed(to=number, outcome=outcome))
        await tell_outcome(call, asker, outcome)
    if asker.is_gone:
        call.tell(TransferFailed(to=number, outcome=outcome))
        return back_to(call, asker.party.number)
    if call.principal is asker:
        return Next(announce, Phrase("they-hung-up", call.language))
    return Next(talk, asker)


async def consultation(call: Call, asker: Leg, target: Leg) -> Then:
    """The one who asks and the target talk by themselves. The asker's keys end it:

    those of an attended transfer, or hanging up, connect the one who waits with the target; those of a three-way talk
    let all three talk; those of a blind transfer lead back to the one who waits.
    """
    call.heirs = (asker,)
    wish: TalkFeature | None = None
    with call.music(call.principal), Conversation(call, asker, target) as aside:
        async with trio.open_nursery() as nursery:

            async def until_decided() -> None:
                nonlocal wish
                wish = await _decision(aside, asker)
                nursery.cancel_scope.cancel()

            async def until_gone(leg: Leg) -> None:
                await leg.gone.wait()
                nursery.cancel_scope.cancel()

            nursery.start_soon(until_decided)
            nursery.start_soon(_decision, aside, target)
            for leg in (call.principal, asker, target):
                nursery.start_soon(until_gone, leg)
        if target.is_gone and not asker.is_gone:
            await say(call, asker, "they-hung-up")
    return _after_consultation(call, asker, target, wish)


DECISIONS = frozenset({TalkFeature.ATTENDED_TRANSFER, TalkFeature.BLIND_TRANSFER, TalkFeature.THREE_WAY})
"""What ends a consultation by keys."""


async def _decision(aside: Conversation, leg: Leg) -> TalkFeature:
    """Pass on what one of the two keys in, and obey its hold, until a code ends the consultation.

    The target has no codes: it would decide about somebody it does not talk to.
    """
    configuration = aside.call.home.configuration
    known = talk_codes(configuration) if leg is aside.legs[0] else {}
    codes = {keys: feature for keys, feature in known.items() if feature in DECISIONS}
    attention = Attention(leg, codes, configuration.codes.key_seconds)
    while True:
        match await attention.next_wish():
            case TalkFeature() as feature:
                attention.hand_back()
                return feature
            case Held() | Resumed():
                aside.connect()
            case Digit() as key:
                pass_on(key, leg, aside.others(leg))


def _after_consultation(call: Call, asker: Leg, target: Leg, wish: TalkFeature | None) -> Then:
    if target.is_gone:
        if call.principal is asker:
            return Next(announce, Phrase("they-hung-up", call.language))
        return Next(talk, asker) if not asker.is_gone else back_to(call, asker.party.number)
    if call.principal is asker:
        return Next(talk, target)
    if not asker.is_gone:
        if wish is TalkFeature.BLIND_TRANSFER:
            call.tell(TookBack(by=asker.party.shown))
            return Next(talk, asker)
        if wish is TalkFeature.THREE_WAY:
            return _all_three(call, asker, target)
    call.tell(TransferBegan(by=asker.party.shown, to=target.party.shown, attended=True))
    return Next(talk, target)


def _all_three(call: Call, asker: Leg, target: Leg) -> Next:
    call.tell(PartyAdded(by=asker.party.shown, member=target.party.shown))
    return Next(talk, asker, target)
