"""Lifting a call to the next line: who took it for a team cannot help, and the second or third tier is to."""

from __future__ import annotations

import logging
from typing import NamedTuple

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import PartyKind
from appliance.calls.ports import BEEP, CallerShown, Figure, Filled, Phrase, Prompt, Recorded, Said
from appliance.calls.story import Lifted
from appliance.calls.talk import talk
from appliance.config.destinations import OUTSIDE_PREFIX, ToExtension, parse_destination
from appliance.config.models import Team
from appliance.errors import PorterError
from appliance.flows.keys import key_before
from appliance.flows.members import hunt_for
from appliance.flows.reach import reach
from appliance.flows.ring_group import ring_team
from appliance.routing.hunting import stages
from appliance.routing.line_up import membership
from appliance.routing.teams import teams

log = logging.getLogger(__name__)

NOTE_SECONDS = 8.0
"""How long who lifts may think about the note after hearing the choice; then the call goes on without one."""

NO_NOTE, OWN_NOTE = "#", "*"

LONGEST_NOTE_SECONDS = 30.0
SHORTEST_NOTE_SECONDS = 0.7


class Note(NamedTuple):
    """What the next line is told of a call."""

    text: str
    """For their displays; "" for one that was spoken."""
    said: tuple[Prompt, ...]
    """For who answers."""


NONE = Note("", ())


async def lift(call: Call, lifter: Leg) -> Then:
    """Send the principal on to the next tier of the team for which the lifter took the call.

    The lifter chooses a note meanwhile, or hangs up, which is no note. Where no further line can be rung, the two go on
    talking.
    """
    key = call.home.agents.team_of(lifter) or ""
    team = teams(call.home.configuration).get(key)
    tier = None if team is None else _next_tier(call, key, team, lifter)
    if team is None or tier is None:
        return await _refuse(call, lifter)
    note = await _choose_note(call, lifter, team)
    call.tell(
        Lifted(
            group=team.name,
            tier=tier,
            by=lifter.party.shown,
            note=note.text,
            is_spoken=bool(note.said and not note.text),
        )
    )
    return Next(ring_lifted, key, tier, note, lifter.party.number if _is_inside(lifter) else None)


def _next_tier(call: Call, key: str, team: Team, lifter: Leg) -> int | None:
    """The first tier after the lifter's own in which somebody can be rung; None: there is none."""
    member = next((name for name in team.members if name.removeprefix(OUTSIDE_PREFIX) == lifter.party.number), "")
    own = membership(team, member).tier
    return next((stage.tier for stage in stages(hunt_for(call, key, team), tier=own + 1)), None)


async def _refuse(call: Call, lifter: Leg) -> Then:
    """Tell the lifter, and give the two back to each other."""
    phrase = Phrase("no-next-line", call.language_of(lifter))
    with call.music(call.principal), call.play(lifter, phrase) as playing:
        await key_before(lifter, NO_NOTE, playing.finished)
    return None if lifter.is_gone else Next(talk, lifter)


async def _choose_note(call: Call, lifter: Leg, team: Team) -> Note:
    """The note the lifter chooses by its key, or speaks himself."""
    if not (team.notes or team.own_note) or lifter.is_gone:
        return NONE
    language = call.language_of(lifter)
    choice: list[Prompt] = [Phrase("choose-a-note", language)] if team.notes else []
    choice += [
        Filled((Figure(at, language), ": ", Said(note, language)), language) for at, note in enumerate(team.notes, 1)
    ]
    choice += [Phrase("speak-a-note", language)] if team.own_note else []
    keys = "".join(str(at) for at in range(1, len(team.notes) + 1)) + (OWN_NOTE if team.own_note else "") + NO_NOTE
    with call.music(call.principal), call.play(lifter, *choice) as playing:
        pressed = await key_before(lifter, keys, playing.finished)
        if pressed is None and not lifter.is_gone:
            pressed = await key_before(lifter, keys, lifter.gone, seconds=NOTE_SECONDS)
    if pressed == OWN_NOTE:
        return await _speak_note(call, lifter)
    if pressed in (None, NO_NOTE):
        return NONE
    text = team.notes[int(pressed) - 1]
    return Note(text, (Said(text, call.settings.language),))


async def _speak_note(call: Call, lifter: Leg) -> Note:
    """Record the lifter until `#`, silence, or he hangs up, which ends the note too; a word of nothing is none."""
    scratch, language = call.home.ports.scratch, call.language_of(lifter)
    try:
        path = await scratch.new_recording()
    except PorterError as error:
        log.error("call %s: no note could be recorded: %s", call.id, error)
        with call.music(call.principal), call.play(lifter, Phrase("cannot-record-prompt", language)) as playing:
            await key_before(lifter, NO_NOTE, playing.finished)
        return NONE
    call.at_end.append(lambda: scratch.discard_soon(path))
    with call.music(call.principal):
        with call.play(lifter, Phrase("speak-then-hash", language), BEEP) as asking:
            await key_before(lifter, NO_NOTE, asking.finished)
        with call.record(lifter, path) as recording:
            await key_before(lifter, NO_NOTE, recording.finished, seconds=LONGEST_NOTE_SECONDS)
    return Note("", (Recorded(path),)) if recording.seconds >= SHORTEST_NOTE_SECONDS else NONE


async def ring_lifted(call: Call, key: str, tier: int, note: Note, by: str | None) -> Then:
    """Ring the tiers of a team from one on, with the note on their displays and heard by who answers; nobody comes:
    back to who lifted.

    Args:
        by: Extension of who lifted; None: a mobile, whose owner is not called a second time, but the default desk is.
    """
    party = call.principal.party
    shown = CallerShown(number=party.number, name=f"{note.text}: {party.shown}") if note.text else None
    back = parse_destination(call.home.configuration.default_desk) if by is None else ToExtension(by)
    call.otherwise = Next(reach, back)
    return await ring_team(call, key, shown, tier, note.said)


def _is_inside(leg: Leg) -> bool:
    return leg.party.kind is PartyKind.EXTENSION
