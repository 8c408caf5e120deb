"""Who of a team may be rung at a moment, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import CALLERS_LANGUAGE, Language, Membership, Team

LONG_AGO = float("inf")


class MemberNow(msgspec.Struct, frozen=True, kw_only=True):
    """A member as it is at the moment of the decision."""

    member: str
    """Extension number, or `outside:+…`."""
    is_logged_in: bool = True
    is_paused: bool = False
    is_wrapping_up: bool = False
    do_not_disturb: bool = False
    is_talking: bool = False
    takes_second: bool = True
    """Whether a second call may ring during a talk."""
    is_rung: bool = False
    """For another call."""
    is_offered: bool = False
    """To another caller of a queue, who alone may ring this member now."""
    declined_ago: float = LONG_AGO
    """Seconds since a call of a team was rejected, or rang to the end; infinite when that never was."""
    call_ago: float = LONG_AGO
    """Seconds since the last call of a team was taken."""
    talk_ago: float = LONG_AGO
    """Seconds since the last talk of any kind ended."""
    calls_today: int = 0
    """Taken from teams."""
    skills: Mapping[str, int] = {}
    """Skill to level."""

    @property
    def number(self) -> str:
        """Extension, or the outside number."""
        return self.member.removeprefix(OUTSIDE_PREFIX)


class Absence(StrEnum):
    """Why a member is not rung."""

    LOGGED_OUT = "logged out"
    PAUSED = "paused"
    WRAPPING_UP = "wrapping up"
    UNDISTURBED = "do not disturb"
    TALKING = "in a call"
    OFFERED = "kept for a queue"
    REFUSED = "has rejected this call"
    UNSKILLED = "other skills are needed"
    RANK = "rings later"


class LineUp(NamedTuple):
    """The members of a tier, each in one of the four, in the order they are written in the team."""

    ready: tuple[MemberNow, ...]
    busy: tuple[MemberNow, ...]
    """In a talk, but with a telephone that rings for a second call; or being rung for another."""
    reluctant: tuple[MemberNow, ...]
    """Free, but has just rejected a call or let it ring."""
    absent: tuple[tuple[str, Absence], ...]
    """Member and reason."""


class Wish(NamedTuple):
    """What is asked of a member at some time of waiting."""

    needs: Mapping[str, int]
    """Skill to level."""
    most_rank: float
    """Members of a higher number may not ring yet."""


def membership(team: Team, member: str) -> Membership:
    """What is special about a member; the usual when nothing is."""
    return team.membership.get(member) or Membership()


def for_caller(team: Team, language: Language) -> Team:
    """The team with the caller's language in place of the skill that stands for it."""
    if CALLERS_LANGUAGE not in team.needs:
        return team
    rules = (msgspec.structs.replace(rule, needs=_spoken(rule.needs, language)) for rule in team.relax)
    return msgspec.structs.replace(team, needs=_spoken(team.needs, language), relax=tuple(rules))


def _spoken(needs: Mapping[str, int], language: Language) -> dict[str, int]:
    spoken: dict[str, int] = {}
    for skill, level in needs.items():
        named = language.value if skill == CALLERS_LANGUAGE else skill
        spoken[named] = max(level, spoken.get(named, 0))
    return spoken


def wish_at(team: Team, waited: float) -> Wish:
    """What a team asks for once a caller has waited so many seconds."""
    needs: dict[str, int] = dict(team.needs)
    ranks = [rule.rank for rule in team.relax if rule.rank is not None]
    most_rank = min(ranks) - 1 if ranks else float("inf")
    for rule in team.relax:
        if rule.after_seconds <= waited:
            needs |= rule.needs
            most_rank = max(most_rank, rule.rank) if rule.rank is not None else most_rank
    return Wish({skill: level for skill, level in needs.items() if level > 0}, most_rank)


def line_up(
    team: Team, members: Iterable[MemberNow], *, waited: float = 0.0, tier: int = 1, refused: Iterable[str] = ()
) -> LineUp:
    """Who of a tier may be rung for a caller.

    Args:
        waited: Seconds since the call came to the team.
        refused: Numbers of members who have rejected this very call.
    """
    wish, refusers = wish_at(team, waited), frozenset(refused)
    ready: list[MemberNow] = []
    busy: list[MemberNow] = []
    reluctant: list[MemberNow] = []
    absent: list[tuple[str, Absence]] = []
    for one in members:
        about = membership(team, one.member)
        if about.tier != tier:
            continue
        if (why := _absence(one, about, wish, refusers)) is not None:
            absent.append((one.member, why))
        elif one.is_talking or one.is_rung:
            busy.append(one)
        elif one.declined_ago < team.reoffer_seconds:
            reluctant.append(one)
        else:
            ready.append(one)
    return LineUp(tuple(ready), tuple(busy), tuple(reluctant), tuple(absent))


def _absence(one: MemberNow, about: Membership, wish: Wish, refusers: frozenset[str]) -> Absence | None:
    reasons = {
        Absence.LOGGED_OUT: not one.is_logged_in,
        Absence.PAUSED: one.is_paused,
        Absence.UNSKILLED: any(one.skills.get(skill, 0) < level for skill, level in wish.needs.items()),
        Absence.REFUSED: one.number in refusers,
        Absence.WRAPPING_UP: one.is_wrapping_up,
        Absence.UNDISTURBED: one.do_not_disturb,
        Absence.TALKING: one.is_talking and not one.takes_second,
        Absence.OFFERED: one.is_offered,
        Absence.RANK: about.rank > wish.most_rank,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)
