"""Marks that callers give: as a step of a script, or after a talk when the other party has hung up."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import PartyKind
from appliance.calls.ports import Phrase, Said
from appliance.calls.story import LowMarkTold, NotRated, Rated, Talked
from appliance.config.models import Survey, Team
from appliance.flows.alerts import alert
from appliance.flows.announce import announce
from appliance.flows.questions import key_after
from appliance.routing.languages import text_in

MARKS = "12345"

TRIES = 2


def ask_after_talk(call: Call, team: Team) -> None:
    """A caller from outside whom a team takes is asked by its survey, unless he hangs up first."""
    if team.rating is not None and call.principal.party.kind is PartyKind.OUTSIDE:
        call.after_talk = Next(rate_talk, team.rating, call.principal)


async def rate_talk(call: Call, survey: str, caller: Leg) -> Then:
    """Ask who is left of a talk for a mark, and say goodbye; colleagues who are left are asked nothing."""
    if call.principal is not caller:
        return None
    await ask_for_mark(call, survey)
    return Next(announce, Phrase("goodbye", call.language))


async def ask_for_mark(call: Call, name: str) -> None:
    """Ask the question of a survey; a low mark is told to who wants to know at once."""
    survey = call.home.configuration.surveys.get(name)
    if survey is None:
        return
    leg = call.principal
    leg.forget_facts()
    question = Said(*text_in(survey.question, call.language, call.settings.language))
    for _ in range(TRIES):
        if key := await key_after(call, MARKS, question):
            await _given(call, survey, int(key))
            with call.play(leg, Phrase("thanks-for-the-mark", call.language)) as thanks:
                await thanks.finished.wait()
            return
    call.tell(NotRated(survey=survey.name))


async def _given(call: Call, survey: Survey, mark: int) -> None:
    member = next((fact.member for fact in reversed(call.story) if isinstance(fact, Talked)), "")
    call.tell(Rated(survey=survey.name, mark=mark, member=member))
    if mark > survey.low:
        return
    text = f"{survey.name}: {mark} — {call.principal.party.shown}"
    text += f", {member}" if member else ""
    for number in await alert(call, survey.alert, text):
        call.tell(LowMarkTold(to=number))
