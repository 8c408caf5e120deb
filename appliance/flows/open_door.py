"""Opening a door from any telephone by a code and a PIN; the door process knows the PINs and counts the wrong ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import OpenAnswer, Phrase, Said
from appliance.calls.story import DoorAsked
from appliance.flows.announce import announce
from appliance.flows.pin import PIN_MOST_DIGITS, PIN_TRIES
from appliance.flows.questions import digits_after, key_after
from appliance.routing.doors import doors_meant

PIN_LEAST_DIGITS = 4
"""Fewer is no code of any door, and not worth a try."""

WRONG = "wrong_code"

SAID_WHY: Mapping[str, str] = {
    "locked_out": "door-locked-out",
    "outside_hours": "door-not-at-this-time",
    "clock_unsure": "door-not-at-this-time",
    "too_often": "door-opened-too-often",
}
"""What who asks hears by the door's reason, where it helps to know."""


async def open_by_code(call: Call, number: str = "") -> Then:
    """Ask for the door where there are several, then for a PIN, and let the door process decide.

    Args:
        number: The door's own number, dialled with the code; "" without one.
    """
    call.principal.answer()
    name = await _which(call, doors_meant(call.home.configuration, number))
    if name is None:
        return Next(announce, Phrase("no-such-door", call.language), Outcome.UNKNOWN)
    for attempt in range(PIN_TRIES):
        wrong = [Phrase("pin-wrong", call.language)] if attempt else []
        typed = await digits_after(call, *wrong, Phrase("enter-pin", call.language), most=PIN_MOST_DIGITS)
        if not typed:
            break
        if len(typed) < PIN_LEAST_DIGITS:
            continue
        answer = await _ask(call, name, typed)
        if answer.granted:
            return Next(announce, Phrase("door-is-unlocked", call.language))
        if answer.why != WRONG:
            phrase = SAID_WHY.get(answer.why, "door-stays-locked")
            return Next(announce, Phrase(phrase, call.language), Outcome.REFUSED)
    return Next(announce, Phrase("door-stays-locked", call.language), Outcome.REFUSED)


async def _ask(call: Call, name: str, code: str) -> OpenAnswer:
    by = call.principal.party.number
    with trio.CancelScope(shield=True):
        # Whoever keys in the PIN and hangs up wants it open; the port answers within seconds whatever happens.
        answer = await call.home.ports.doors.request_open(
            name, channel="code", person=by, code=code, call_id=call.id, leg_side="answerer"
        )
    call.tell(DoorAsked(door=name, by=by, granted=answer.granted, reason=answer.reason))
    return answer


async def _which(call: Call, names: Sequence[str]) -> str | None:
    """The one door there is, or the one that is chosen by its key; None: none."""
    if len(names) < 2:
        return names[0] if names else None
    offered = names[:9]
    doors, language = call.home.configuration.doors, call.language
    choice = [Said(f"{at}: {doors[name].name}.", language) for at, name in enumerate(offered, 1)]
    keys = "".join(str(at) for at in range(1, len(offered) + 1))
    pressed = await key_after(call, keys, Phrase("which-door", language), *choice)
    return None if pressed is None else offered[int(pressed) - 1]
