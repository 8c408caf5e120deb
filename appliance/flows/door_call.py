"""The button of a door was pressed: ring who is in charge, with the door's own name and ring tone."""

from __future__ import annotations

import trio

from appliance.calls.beside import notice
from appliance.calls.call import Call, Next, Then
from appliance.calls.facts import Digit, Held, Resumed, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, Outcome, PartyKind
from appliance.calls.places import AskedBySms
from appliance.calls.ports import BEEP, RINGBACK, CallerShown, Phrase
from appliance.calls.story import (
    AskedToLetIn,
    DoorAsked,
    DoorRings,
    DoorTalkEnded,
    Joined,
    NobodyCame,
    StreetKeyIgnored,
)
from appliance.calls.talk import Conversation
from appliance.config.models import Door
from appliance.flows.alerts import alert
from appliance.flows.announce import announce, let_hear
from appliance.flows.reach import reach
from appliance.routing.doors import bell, is_echo, may_be_echo, may_open

DOOR_RING_TONE = "door"

LONGEST_VISIT_SECONDS = 1800.0
"""How long a door's call may last, whatever becomes of it: in a queue or a conference a button hangs up nothing, and
while the call lasts the next visitor rings in vain."""

WARNING_SECONDS = 10.0
"""Before the end of a talk who talks with the door hears a beep."""

LISTEN_SECONDS = 0.3
"""How long a key that may be an echo waits for the same tone to be found in the street's sound."""


async def door_call(call: Call, name: str, dialled: str = "") -> Then:
    """Ring the door's destinations in turn; nobody comes: the visitor hears so.

    A SIP station lets its visitor hear that it rings, and is answered by who takes the call: only then it can be told
    which video that phone wants.

    Args:
        dialled: What a station's button dials; "" for a button of ours.
    """
    door = call.home.configuration.doors.get(name)
    if door is None:
        return Outcome.UNREACHABLE
    call.tell(DoorRings(door=name))
    found = bell(call.home.configuration, door, call.home.ports.clock.wall(), dialled)
    for fact in found.facts:
        call.tell(fact)
    if door.station is None:
        call.principal.answer()
    nobody = Next(nobody_comes, name, is_closed=not found.is_open)
    if not found.destinations:
        return nobody
    call.otherwise = nobody
    first, *then = found.destinations
    return Next(reach, first, shown_of(name, door), tuple(then))


def shown_of(name: str, door: Door) -> CallerShown:
    """What displays show of a door, and how phones ring for it."""
    return CallerShown(number=door.call.number or name, name=door.name, ring_tone=DOOR_RING_TONE)


async def nobody_comes(call: Call, name: str, *, is_closed: bool) -> Then:
    """Tell the visitor that nobody does, once those who could let him in from afar have had their chance."""
    call.tell(NobodyCame(door=name, is_closed=is_closed))
    phrase = Phrase("nobody-is-there-now" if is_closed else "nobody-comes-to-the-door", call.language)
    notice_to_visitor = Next(announce, phrase, call.outcome)
    door = call.home.configuration.doors.get(name)
    if door is not None and await _ask_by_sms(call, name, door):
        return Next(wait_to_be_let_in, door.call.sms_seconds, notice_to_visitor)
    return notice_to_visitor


async def _ask_by_sms(call: Call, name: str, door: Door) -> bool:
    """Ask everybody who may let a visitor in by SMS, each with a code for this ring; whether anybody was."""
    wall, seconds = call.home.ports.clock.wall(), door.call.sms_seconds
    moment = "" if wall is None else f" {wall:%H:%M}"
    is_asked = False
    for number in door.call.sms:
        code = await call.home.ports.doors.one_time_code(name, ring=call.id, person=number, seconds=seconds)
        if code is None:
            continue
        text = f"{door.name}{moment}: OPEN {code} ({seconds:.0f} s)"
        if await alert(call, [number], text):
            call.home.places.asked_by_sms[number] = AskedBySms(name, call.id)
            call.tell(AskedToLetIn(door=name, to=number))
            is_asked = True
    return is_asked


async def wait_to_be_let_in(call: Call, seconds: float, then: Next) -> Then:
    """The visitor hears ringing while the codes open; a press meanwhile rings nobody again, which would end them."""
    let_hear(call.principal)
    with call.play(call.principal, Phrase("somebody-is-asked", call.language), RINGBACK):
        await trio.sleep(seconds)
    return then


async def answer_door(call: Call, name: str) -> Then:
    """Take the call of a door that rings now."""
    rings = (other for other in call.home.places.ringing if other.principal.party.kind is PartyKind.DOOR)
    other = next((other for other in rings if other.principal.party.number == name), None)
    if other is not None and other.pick_up(call.principal):
        other.tell(Joined(member=call.principal.party.shown, from_call=call.id))
        return None
    return Next(announce, Phrase("nobody-is-at-the-door", call.language), Outcome.UNREACHABLE)


async def end_long_visit(leg: Leg) -> None:
    """End a door's leg that was forgotten somewhere."""
    with trio.move_on_after(LONGEST_VISIT_SECONDS):
        await leg.gone.wait()
    leg.hang_up()


async def attend_door(conversation: Conversation, leg: Leg) -> None:
    """A door in a talk wants nothing: note which keys sound in the street, and end the talk when its time is over."""
    if leg.times.talked is None:
        leg.times.talked = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_hear_street, conversation, leg)
        nursery.start_soon(_keep_time, conversation, leg, leg.times.talked)


async def _hear_street(conversation: Conversation, leg: Leg) -> None:
    while True:
        match await leg.next_fact():
            case Digit(digit=digit):
                conversation.street_keys.append((digit, trio.current_time()))
            case Held() | Resumed():
                conversation.connect()
            case TransferAsked():
                leg.report_transfer(Cause.REJECTED)


async def _keep_time(conversation: Conversation, leg: Leg, began: float) -> None:
    """Counted from the first talk on: on hold or in another's hands the visitor has no more time."""
    call = conversation.call
    door = call.home.configuration.doors.get(leg.party.number)
    if door is None:
        return
    over = began + door.call.talk_seconds
    await trio.sleep_until(over - WARNING_SECONDS)
    for other in conversation.others(leg):
        conversation.lasting.enter_context(notice(call.home, other, BEEP))
    await trio.sleep_until(over)
    call.tell(DoorTalkEnded(door=leg.party.number, seconds=door.call.talk_seconds))
    call.principal = leg
    call.redirect(announce, Phrase("door-talk-ends", call.language_of(leg)))


def doors_in(conversation: Conversation, leg: Leg) -> list[Leg]:
    """The doors a party talks to."""
    return [other for other in conversation.others(leg) if other.party.kind is PartyKind.DOOR]


async def press_door_key(conversation: Conversation, leg: Leg, name: str, key: Digit) -> None:
    """Ask the door to open when a party that may pressed its key.

    The door process decides; its answer is told in the story.
    """
    call = conversation.call
    door = call.home.configuration.doors.get(name)
    if door is None or door.open_digit != key.digit or not may_open(leg.party, incoming=leg.incoming):
        return
    if may_be_echo(leg.party, key.transport):
        at = trio.current_time()
        await trio.sleep(LISTEN_SECONDS)
        if is_echo(key.digit, at, conversation.street_keys):
            call.tell(StreetKeyIgnored(door=name, by=leg.party.number))
            return
    with trio.CancelScope(shield=True):
        # Whoever presses the key and hangs up wants it open; the port answers within seconds whatever happens.
        answer = await call.home.ports.doors.request_open(
            name, channel="dtmf", person=leg.party.number, code=None, call_id=call.id, leg_side="answerer"
        )
    call.tell(DoorAsked(door=name, by=leg.party.number, granted=answer.granted, reason=answer.reason))
