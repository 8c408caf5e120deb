"""In which order the members of a team are rung.

`turns` puts members in the order of the strategy; a queue asks for it each time somebody is free. `stages` makes a plan
of it for callers who are rung for at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from appliance.config.models import HuntStrategy, Team
from appliance.routing.line_up import MemberNow, line_up, membership, wish_at

MOST_TIERS = 3

TOGETHER = frozenset({HuntStrategy.RING_ALL, HuntStrategy.RANK, HuntStrategy.SKILL})
"""Strategies in which several members may begin to ring at the same time, so that a delay of one means something."""

GOES_ON = frozenset({HuntStrategy.RING_ALL, HuntStrategy.ASCENDING, HuntStrategy.SKILL})
"""Strategies in which who rings goes on ringing while others join."""

LEAST_SECONDS = 5.0
"""How long the last to join a turn rings at least."""

Turn = tuple[str, ...]
"""Members who begin to ring together."""


class Stage(NamedTuple):
    """Members who ring together, and for how long before the next stage."""

    members: tuple[str, ...]
    """Extension numbers, or `outside:+…`."""
    seconds: float
    tier: int = 1


class Hunt(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides whom a team rings for a call."""

    team: Team
    members: tuple[MemberNow, ...]
    """In the order they are written in the team."""
    refused: frozenset[str] = frozenset()
    """Numbers of members who have rejected this very call; they are not rung for it."""
    history: frozenset[str] = frozenset()
    """Extensions and outside numbers this call has rung already."""
    last_turn: str | None = None
    """Who had the last turn of the team, for `ROUND_ROBIN`."""
    chance: random.Random
    """Decides for `RANDOM`, and nothing else."""


def turns(hunt: Hunt, members: Sequence[MemberNow], *, waited: float = 0.0) -> list[Turn]:
    """Members in the order of the team's strategy; where two are equal, the one who is written first comes first.

    Args:
        members: Those of the hunt who are to be put in order.
        waited: Seconds since the call came to the team.
    """
    team, names = hunt.team, [one.member for one in members]
    match team.strategy:
        case HuntStrategy.RING_ALL:
            return [tuple(names)] if names else []
        case HuntStrategy.LINEAR | HuntStrategy.ASCENDING:
            return [(name,) for name in names]
        case HuntStrategy.ROUND_ROBIN:
            return [(name,) for name in _after(team.members, hunt.last_turn, names)]
        case HuntStrategy.LONGEST_IDLE:
            return [(one.member,) for one in sorted(members, key=lambda one: -_idle_seconds(team, one))]
        case HuntStrategy.FEWEST_CALLS:
            return [(one.member,) for one in sorted(members, key=lambda one: one.calls_today)]
        case HuntStrategy.RANDOM:
            return [(name,) for name in hunt.chance.sample(names, len(names))]
        case HuntStrategy.RANK:
            return _by_level(members, lambda one: membership(team, one.member).rank)
        case HuntStrategy.SKILL:
            asked = wish_at(team, waited).needs
            return _by_level(members, lambda one: -sum(one.skills.get(skill, 0) for skill in asked))


def _after(written: Sequence[str], last_turn: str | None, names: Sequence[str]) -> list[str]:
    """Names in a circle, beginning after who had the last turn, whether she is among them or not."""
    if last_turn not in written:
        return list(names)
    begins = written.index(last_turn) + 1
    return sorted(names, key=lambda name: (written.index(name) - begins) % len(written))


def _idle_seconds(team: Team, one: MemberNow) -> float:
    return one.call_ago if team.idle_since == "last_call" else one.talk_ago


def _by_level(members: Sequence[MemberNow], level_of: Callable[[MemberNow], int]) -> list[Turn]:
    """Members of one level share a turn; the lowest number first."""
    levels = sorted({level_of(one) for one in members})
    return [tuple(one.member for one in members if level_of(one) == level) for level in levels]


def stages(hunt: Hunt, *, waited: float = 0.0, tier: int = 1) -> list[Stage]:
    """Who rings when, first stage first; empty when nobody of that tier or a later one can be rung.

    Args:
        waited: Seconds since the call came to the team.
        tier: The first to ring.

    Strategies that go by turns pass over who was rung for this call before, unless that leaves nobody: who let it ring
    a minute ago would only make the caller wait again. Who is in a talk, or has just not taken another call, has a turn
    after the others; where all ring at once, those in a talk ring with the rest.
    """
    fresh = tuple(one for one in hunt.members if one.number not in hunt.history)
    if hunt.team.strategy in GOES_ON or len(fresh) == len(hunt.members):
        return _from_tier(hunt, tier, waited)
    return _from_tier(msgspec.structs.replace(hunt, members=fresh), tier, waited) or _from_tier(hunt, tier, waited)


def _from_tier(hunt: Hunt, tier: int, waited: float) -> list[Stage]:
    if tier > MOST_TIERS:
        return []
    own = _of_tier(hunt, tier, waited)
    lifted = own if hunt.team.lift_seconds is None else _cut(own, hunt.team.lift_seconds)
    later = _from_tier(hunt, tier + 1, waited + sum(stage.seconds for stage in lifted))
    return [*lifted, *later] if later else own


def _cut(planned: Sequence[Stage], seconds: float) -> list[Stage]:
    """The stages as far as they begin within some seconds, the last one shortened."""
    kept: list[Stage] = []
    for stage in planned:
        if seconds <= 0:
            break
        kept.append(stage._replace(seconds=min(stage.seconds, seconds)))
        seconds -= stage.seconds
    return kept


def _of_tier(hunt: Hunt, tier: int, waited: float) -> list[Stage]:
    """The stages of one tier: turn after turn, with those a rule lets join as the caller waits.

    When all have had their turn, the last go on ringing until the next rule brings somebody. Where nobody can be rung
    before a rule does, the caller is not made to wait for it.
    """
    planned: list[Stage] = []
    rung: set[str] = set()
    goes_on = hunt.team.strategy in GOES_ON
    while True:
        joins_at = _next_to_join(hunt, tier, waited)
        turn = next((fresh for turn in _in_order(hunt, tier, waited) if (fresh := _without(turn, rung))), None)
        if turn is not None:
            before = planned[-1].members if planned and goes_on else ()
            until_next = joins_at - waited if goes_on and joins_at is not None else hunt.team.ring_seconds
            added = _of_turn(hunt.team, tier, before, turn, until_next)
            planned += added
            rung.update(turn)
            waited += sum(stage.seconds for stage in added)
        elif joins_at is not None:
            if planned:
                planned[-1] = planned[-1]._replace(seconds=planned[-1].seconds + joins_at - waited)
            waited = joins_at
        else:
            return planned


def _in_order(hunt: Hunt, tier: int, waited: float) -> list[Turn]:
    """Every turn of those who may be rung at a time of waiting."""
    now = line_up(hunt.team, hunt.members, waited=waited, tier=tier, refused=hunt.refused)
    willing = [one for one in hunt.members if one in now.ready or one in now.busy]
    one_by_one = hunt.team.strategy not in TOGETHER
    parts = (now.ready, now.busy, now.reluctant) if one_by_one else (willing, now.reluctant)
    found = [turns(hunt, part, waited=waited) for part in parts if part]
    in_order = [turn for part in found for turn in part]
    return in_order[:1] if hunt.team.strategy is HuntStrategy.RING_ALL else in_order


def _without(turn: Turn, rung: set[str]) -> Turn:
    return tuple(member for member in turn if member not in rung)


def _next_to_join(hunt: Hunt, tier: int, waited: float) -> float | None:
    """When a rule next lets somebody ring who may not yet, in seconds of waiting."""
    now = _may_ring(hunt, tier, waited)
    later = (rule.after_seconds for rule in hunt.team.relax if rule.after_seconds > waited)
    return next((seconds for seconds in later if _may_ring(hunt, tier, seconds) - now), None)


def _may_ring(hunt: Hunt, tier: int, waited: float) -> set[str]:
    now = line_up(hunt.team, hunt.members, waited=waited, tier=tier, refused=hunt.refused)
    return {one.member for some in (now.ready, now.busy, now.reluctant) for one in some}


def _of_turn(team: Team, tier: int, before: Turn, turn: Turn, until_next: float) -> list[Stage]:
    """One turn, of which some begin to ring later than the others.

    Args:
        before: Who goes on ringing meanwhile.
        until_next: Seconds until the next turn is due even if this one has rung for less than its time.

    A turn lasts until the last of it rings, also when that is longer.
    """
    delays = {member: membership(team, member).delay_seconds for member in turn}
    starts = sorted(set(delays.values()))
    first, last = starts[0], starts[-1]
    ends = first + max(min(team.ring_seconds, until_next), last - first + (LEAST_SECONDS if last > first else 0.0))
    return [
        Stage(
            (*before, *(member for member in turn if delays[member] <= start)),
            following - start,
            tier,
        )
        for start, following in zip(starts, [*starts[1:], ends], strict=True)
    ]
