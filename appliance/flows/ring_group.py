"""Ring a group, or one person, and go on with the talk; nobody answers: the destination that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import CallerShown, Prompt
from appliance.calls.ringing import Member, Ringing
from appliance.calls.story import Lifted, NoAnswer
from appliance.calls.talk import talk
from appliance.config.destinations import ToRingGroup
from appliance.config.models import HuntStrategy
from appliance.flows.briefing import briefing
from appliance.flows.members import RingStage, name_of, stages_of_person, stages_of_team
from appliance.flows.rating import ask_after_talk
from appliance.routing.teams import teams


async def ring_group(call: Call, name: str, shown: CallerShown | None = None) -> Then:
    """Ring the members of a group by its strategy."""
    return await ring_team(call, str(ToRingGroup(name)), shown)


async def ring_team(
    call: Call, key: str, shown: CallerShown | None = None, tier: int = 1, note: tuple[Prompt, ...] = ()
) -> Then:
    """Ring the members of a team, from one of its tiers on.

    Args:
        note: What who answers hears beside the team's own briefing.
    """
    team = teams(call.home.configuration).get(key)
    if team is None:
        return Outcome.UNREACHABLE
    stages = stages_of_team(call, key, team, tier)
    return await _ring(call, stages, team.name, shown, key, briefing(call, team, note))


async def ring_extension(call: Call, number: str, shown: CallerShown | None = None) -> Then:
    """Ring every phone of one person."""
    person = call.home.configuration.extensions.get(number)
    if person is None:
        return Outcome.UNREACHABLE
    return await _ring(call, stages_of_person(call, number, person), person.name, shown)


async def _ring(
    call: Call,
    stages: Sequence[RingStage],
    who: str,
    shown: CallerShown | None,
    team: str | None = None,
    briefing: Callable[[Leg], Sequence[Prompt]] | None = None,
) -> Then:
    async with call.ringing(shown) as ringing:
        ringing.briefing = briefing or ringing.briefing
        if winner := await first_to_answer(call, ringing, stages, who, team):
            return Next(talk, winner)
    return ringing.outcome


async def first_to_answer(
    call: Call, ringing: Ringing, stages: Sequence[RingStage], who: str, team: str | None = None
) -> Leg | None:
    """The leg that took the call within the stages' times; None is told as no answer, unless no phone was there.

    Args:
        team: The team whose members these are, by the destination that leads to it; what they do is noted.
    """
    began, watch = trio.current_time(), _Watch(call, team)
    if team is not None:
        call.home.places.now_rung_for(call, team)
    ringing.on_declined = watch.declined
    for stage in stages:
        watch.stage_begins(ringing, stage, who)
        ringing.only(watch.rings_now(stage))
        call.history.extend(member.number for member in stage.members if member.number not in call.history)
        if winner := await ringing.answer(within=stage.seconds):
            watch.answered(winner)
            return winner
    watch.time_is_over(ringing.members)
    if ringing.outcome is not Outcome.UNREACHABLE:
        call.tell(NoAnswer(group=who, seconds=trio.current_time() - began))
    return None


class _Watch:
    """Notes for a team what its members do with a call; does nothing where no team rings."""

    def __init__(self, call: Call, key: str | None) -> None:
        self._call = call
        self._agents = call.home.agents
        self._key = key or ""
        self._team = teams(call.home.configuration).get(self._key)
        self._tier = 0

    def stage_begins(self, ringing: Ringing, stage: RingStage, who: str) -> None:
        """The next members ring; those who do not go on had their chance."""
        if self._team is None:
            return
        self.time_is_over(member for member in ringing.members if member not in stage.members)
        if self._tier and stage.tier > self._tier:
            self._call.tell(Lifted(group=who, tier=stage.tier))
            shown = ringing.shown
            name = f"{who} {stage.tier}: {shown.name or shown.number}"
            ringing.shown = msgspec.structs.replace(shown, name=name)
        self._tier = stage.tier
        if self._team.strategy is HuntStrategy.ROUND_ROBIN:
            self._agents.had_turn(self._key, name_of(stage.members[-1]))

    def rings_now(self, stage: RingStage) -> tuple[Member, ...]:
        """A stage without those whom a queue has taken for a caller of its own since the stages were planned."""
        kept = self._agents.offered if self._team is not None else frozenset()
        return tuple(member for member in stage.members if member.number not in kept)

    def declined(self, number: str) -> None:
        if self._team is not None:
            self._call.refused.add(number)
            self._agents.declined(number)

    def time_is_over(self, ringing: Iterable[Member]) -> None:
        for member in ringing if self._team is not None else ():
            self._agents.declined(member.number)

    def answered(self, winner: Leg) -> None:
        if self._team is not None:
            self._agents.took_call(winner, self._key, self._team.wrap_up_seconds)
            ask_after_talk(self._call, self._team)
