"""Calling for help: every line is tried, whatever it says, and one that is in use is taken from its call."""

from __future__ import annotations

import logging

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Cause, Outcome, PartyKind
from appliance.calls.places import HelpCalled
from appliance.calls.ports import Line, LineState, Phrase
from appliance.calls.ringing import Outside
from appliance.calls.story import PutThroughFailed
from appliance.calls.talk import talk
from appliance.flows.announce import announce
from appliance.flows.members import OUTSIDE_SECONDS
from appliance.routing.numbering import is_emergency
from appliance.routing.outbound import ways_out

log = logging.getLogger(__name__)

FREE_SECONDS = 8.0
"""How long a line may take to end the call that is taken from it; a modem reports the end within a second or two."""

LOOK_SECONDS = 0.1

_ORDER = (LineState.READY, LineState.BUSY, LineState.STARTING, LineState.OFFLINE)


async def call_for_help(call: Call, number: str) -> Then:
    """Dial an emergency number on one line after the other until one puts it through.

    Free lines come first; then those in use, whose calls are ended unless they are calls for help themselves; then
    those that say they cannot: a modem without a network of its own may use any other (3GPP TS 22.101 §10.1).
    """
    party = call.principal.party
    if party.kind is PartyKind.EXTENSION:
        call.home.places.help_called = HelpCalled(party.number, trio.current_time())
    lines = call.home.ports.lines
    found = ways_out(call.home.configuration, number, None, call.home.ports.clock.wall())
    ways = [way for way in found.ways if way.line in lines]
    ways.sort(key=lambda way: _ORDER.index(lines[way.line].status.state))
    async with call.ringing() as ringing:
        for way in ways:
            line = lines[way.line]
            if line.status.state is LineState.BUSY and not await _is_freed(call, way.line, line):
                continue
            ringing.only([Outside(number, (way,), confirm=False, insist=True)])
            if winner := await ringing.answer(within=OUTSIDE_SECONDS):
                return Next(talk, winner)
    call.tell(PutThroughFailed(number=number, tried=tuple(way.line for way in ways)))
    return Next(announce, Phrase("no-line-free", call.language), Outcome.UNREACHABLE)


async def _is_freed(call: Call, name: str, line: Line) -> bool:
    """End the call on a line, and wait until the line is free; False when that call is for help too."""
    home = call.home
    on_line = [leg for leg in home.legs.values() if leg.party.line == name]
    if any(not leg.incoming and is_emergency(home.configuration.country, leg.party.number) for leg in on_line):
        return False
    for leg in on_line:
        log.warning("call %s: leg %s is ended, a call for help needs line %s", call.id, leg.id, name)
        leg.hang_up(Cause.CONGESTION)
    with trio.move_on_after(FREE_SECONDS):
        while line.status.state is LineState.BUSY:  # noqa: ASYNC110  # lines have no event for it; this is rare
            await trio.sleep(LOOK_SECONDS)
    return True
