"""Who is rung for a name of the configuration, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from appliance.calls.call import Call
from appliance.calls.home import CallHome
from appliance.calls.names import Party, PartyKind
from appliance.calls.ports import Phrase, Prompt, Said, SpelledDigits
from appliance.calls.ringing import Inside, Member, Outside
from appliance.calls.story import HuntBegan, NobodyToRing, NotRung
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import Extension, HuntStrategy, Team
from appliance.flows.way_out import outside
from appliance.routing.diversion import stages_for
from appliance.routing.hunting import MOST_TIERS, Hunt, Stage, stages
from appliance.routing.languages import own_language
from appliance.routing.line_up import LONG_AGO, Absence, MemberNow, for_caller, line_up

OUTSIDE_SECONDS = 60.0
"""How long an outside number rings before we give up."""

AS_WRITTEN = frozenset({HuntStrategy.RING_ALL, HuntStrategy.LINEAR, HuntStrategy.ASCENDING})
"""Strategies whose order stands in the configuration."""


class RingStage(NamedTuple):
    """Members who ring together."""

    members: tuple[Member, ...]
    seconds: float
    tier: int = 1


def member_of(call: Call, name: str) -> Member:
    """The member behind an extension number or `outside:+…`; outside members must accept by a key."""
    if name.startswith(OUTSIDE_PREFIX):
        return outside(call, name.removeprefix(OUTSIDE_PREFIX), confirm=True)
    return Inside(name)


def name_of(member: Member) -> str:
    """The name of the configuration a member stands under, the reverse of `member_of`."""
    return member.number if isinstance(member, Inside) else f"{OUTSIDE_PREFIX}{member.number}"


def members_now(home: CallHome, key: str, team: Team, call: Call | None = None) -> tuple[MemberNow, ...]:
    """The members of a team as they are now, in the order they are written.

    Args:
        key: The destination that leads to the team.
        call: Whose legs make nobody busy; its caller is left out, whose telephone is in use for just that.
    """
    agents, now = home.agents, home.agents.now()
    legs = () if call is None else call.legs
    talking, rung = agents.talking(apart_from=legs), agents.rung(apart_from=legs)
    caller = call.principal.party.number if call is not None else None
    found = []
    for member in dict.fromkeys(team.members):
        number = member.removeprefix(OUTSIDE_PREFIX)
        agent, person = agents.agent(number), home.configuration.extensions.get(number)
        if number == caller:
            continue
        found.append(
            MemberNow(
                member=member,
                is_logged_in=agents.is_logged_in(number, key),
                is_paused=agent.is_paused,
                is_wrapping_up=agents.is_wrapping_up(number),
                do_not_disturb=person is not None and person.do_not_disturb,
                is_talking=number in talking,
                takes_second=person is not None and person.call_waiting,
                is_rung=number in rung,
                is_offered=number in agents.offered,
                declined_ago=_ago(now, agent.declined_at),
                call_ago=_ago(now, agent.call_at),
                talk_ago=_ago(now, agent.talk_ended_at),
                calls_today=agents.calls_today(number),
                skills=person.skills if person is not None else {},
            )
        )
    return tuple(found)


def _ago(now: float, then: float | None) -> float:
    return LONG_AGO if then is None else now - then


def hunt_for(call: Call, key: str, team: Team) -> Hunt:
    """A team and its members as they are now for a call."""
    return Hunt(
        team=for_caller(team, call.language),
        members=members_now(call.home, key, team, call),
        refused=frozenset(call.refused),
        history=frozenset(call.history),
        last_turn=call.home.agents.last_turn(key),
        chance=call.home.chance,
    )


def stages_of_team(call: Call, key: str, team: Team, tier: int = 1) -> Sequence[RingStage]:
    """The stages of a team; who is not rung is told with the reason, and so is an order that nobody has written down.

    Args:
        tier: The first to ring.
    """
    hunt = hunt_for(call, key, team)
    planned = stages(hunt, tier=tier)
    _tell_plan(call, hunt, planned, tier)
    return [
        RingStage(tuple(member_of(call, name) for name in stage.members), stage.seconds, stage.tier)
        for stage in planned
    ]


def _tell_plan(call: Call, hunt: Hunt, planned: Sequence[Stage], tier: int) -> None:
    team = hunt.team
    rung = tuple(dict.fromkeys(member.removeprefix(OUTSIDE_PREFIX) for stage in planned for member in stage.members))
    absent = [(number, why) for number, why in _absent(hunt, tier) if number not in rung]
    for number, why in absent:
        call.tell(NotRung(member=number, reason=why))
    if not planned:
        reasons = {why for _, why in absent}
        call.tell(NobodyToRing(group=team.name, reason=reasons.pop() if len(reasons) == 1 else "nobody free"))
    elif team.strategy not in AS_WRITTEN and len(rung) > 1:
        call.tell(HuntBegan(group=team.name, strategy=team.strategy, order=rung))


def _absent(hunt: Hunt, first_tier: int) -> Iterator[tuple[str, Absence]]:
    for tier in range(first_tier, MOST_TIERS + 1):
        for member, why in line_up(hunt.team, hunt.members, tier=tier, refused=hunt.refused).absent:
            yield member.removeprefix(OUTSIDE_PREFIX), why


def stages_of_person(call: Call, number: str, person: Extension) -> Sequence[RingStage]:
    """Her phones, or the stages in which others and her mobile are rung for her."""
    return [
        RingStage(tuple(_follower(call, person, name) for name in stage.members), stage.seconds)
        for stage in stages_for(call.home.configuration, number)
    ]


def _follower(call: Call, person: Extension, name: str) -> Member:
    if name.startswith(OUTSIDE_PREFIX):
        return outside_for(call, person, name.removeprefix(OUTSIDE_PREFIX))
    return Inside(name)


def outside_for(call: Call, person: Extension, number: str, caller: Party | None = None) -> Outside:
    """An outside number that is called for a person: announced and shown as she has set.

    Args:
        caller: Who is announced; None: the principal.
    """
    member, divert = outside(call, number, confirm=True), person.divert
    caller = caller or call.principal.party
    lines = (call.home.configuration.lines.get(name) for name in member.lines)
    by_sms = divert.sms_first and any(line is not None and not line.shows_callers for line in lines)
    return msgspec.structs.replace(
        member,
        question=_announcement(call, number, caller) if divert.announce else (),
        shows_line=divert.show == "line",
        sms=" ".join(part for part in (caller.name, caller.number) if part) if by_sms else "",
    )


def _announcement(call: Call, number: str, caller: Party) -> tuple[Prompt, ...]:
    """Who calls, by name where there is one, and how to accept; in the language of the number's owner."""
    configuration = call.home.configuration
    language = own_language(configuration, Party(kind=PartyKind.OUTSIDE, number=number)) or call.settings.language
    who: Prompt = Phrase("a-withheld-number", language)
    if caller.name and caller.number not in caller.name:
        who = Said(caller.name, language)
    elif caller.number:
        who = SpelledDigits(caller.number.removeprefix("+"), language)
    return (Phrase("call-from", language), who, Phrase("press-one", language))
