"""Ring a group, or one person, and go on with the talk; nobody answers: the destination that follows."""

from __future__ import annotations

from collections.abc import Iterable

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import CallerShown
from appliance.calls.ringing import Ringing
from appliance.calls.story import NoAnswer
from appliance.calls.talk import talk
from appliance.flows.members import RingStage, stages_of_group, stages_of_person


async def ring_group(call: Call, name: str, shown: CallerShown | None = None) -> Then:
    """Ring the members of a group by its strategy."""
    group = call.home.configuration.ring_groups.get(name)
    if group is None:
        return Outcome.UNREACHABLE
    return await _ring(call, stages_of_group(call, group), group.name, shown)


async def ring_extension(call: Call, number: str, shown: CallerShown | None = None) -> Then:
    """Ring every phone of one person."""
    person = call.home.configuration.extensions.get(number)
    if person is None:
        return Outcome.UNREACHABLE
    return await _ring(call, stages_of_person(number, person), person.name, shown)


async def _ring(call: Call, stages: Iterable[RingStage], who: str, shown: CallerShown | None) -> Then:
    async with call.ringing(shown) as ringing:
        if winner := await first_to_answer(call, ringing, stages, who):
            return Next(talk, winner)
    return ringing.outcome


async def first_to_answer(call: Call, ringing: Ringing, stages: Iterable[RingStage], who: str) -> Leg | None:
    """The leg that took the call within the stages' times; None is told as no answer, unless no phone was there."""
    began = trio.current_time()
    for stage in stages:
        ringing.only(stage.members)
        call.history.extend(member.number for member in stage.members if member.number not in call.history)
        if winner := await ringing.answer(within=stage.seconds):
            return winner
    if ringing.outcome is not Outcome.UNREACHABLE:
        call.tell(NoAnswer(group=who, seconds=trio.current_time() - began))
    return None
