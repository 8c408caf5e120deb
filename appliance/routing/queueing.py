"""Decisions of call queues: whose turn it is, whom to offer to him, when to look again, and who cannot be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import CallQueue, Configuration, SpokenTexts
from appliance.routing.callers import Caller, is_meant
from appliance.routing.hunting import MOST_TIERS, Hunt, Turn, turns
from appliance.routing.line_up import MemberNow, line_up, membership

LEAST_REOFFER_SECONDS = 5.0
"""Who did not take an offer is left alone for so long at least; a phone that refuses at once would else be rung on and
on."""


ROUNDING_SECONDS = 1e-6
"""Sums of times are not exact: what should be so now may be so only a moment later, and must not be missed."""


class Place(Protocol):
    """One caller's place, as far as the order goes by it."""

    @property
    def entered(self) -> float:
        """Office seconds when he came."""
        ...

    @property
    def steps(self) -> int:
        """Of priority."""
        ...


def counts_from(place: Place, ageing_seconds: float) -> float:
    """When somebody without priority would have had to come to have the same place, in office seconds.

    A step of priority counts as much as `ageing_seconds` of waiting. All age alike, so two callers never change places
    while they wait, and somebody can only be passed by those who come within their advantage in steps times the ageing:
    nobody starves.
    """
    return place.entered - place.steps * ageing_seconds


def steps_for(configuration: Configuration, queue: CallQueue, caller: Caller, line: str | None) -> int:
    """Steps of priority that a queue gives a caller.

    Args:
        line: The line the call came in on; None: from within.
    """
    for rule in queue.priorities:
        is_line = rule.line is None or rule.line == line
        if is_line and (rule.caller is None or is_meant(configuration, rule.caller, caller)):
            return rule.steps
    return 0


def whom_to_offer(hunt: Hunt, waited: float) -> Turn:
    """Who is rung for a caller whose turn it is; () while nobody is free for him.

    Only members with nothing else to do are: no telephone rings a second time, and who has just rejected a call, or let
    it ring, is left alone for a while. A later tier is asked as the time for each before it is over, or when nobody of
    those before is logged in.

    Args:
        waited: Seconds since the caller came to the queue.
    """
    for tier in range(1, MOST_TIERS + 1):
        if not _may_lift(hunt, tier, waited):
            return ()
        ready = line_up(hunt.team, hunt.members, waited=waited, tier=tier, refused=hunt.refused).ready
        rested = [one for one in ready if one.declined_ago >= LEAST_REOFFER_SECONDS]
        if order := turns(hunt, rested, waited=waited):
            return order[0]
    return ()


def _may_lift(hunt: Hunt, tier: int, waited: float) -> bool:
    if hunt.team.lift_seconds is not None:
        return waited >= (tier - 1) * hunt.team.lift_seconds
    earlier = (one for one in hunt.members if membership(hunt.team, one.member).tier < tier)
    return not any(one.is_logged_in for one in earlier)


def next_look(
    queue: CallQueue, members: Sequence[MemberNow], wrap_ups: Iterable[float], places: Iterable[Place], now: float
) -> float | None:
    """When something may be different by nothing but time; None: never.

    Args:
        wrap_ups: When members' times to wrap up are over, in office seconds.
        now: Office seconds, as is what is returned.
    """
    rest = max(queue.reoffer_seconds, LEAST_REOFFER_SECONDS)
    moments = [*wrap_ups, *(now - one.declined_ago + rest for one in members)]
    later = _later_steps(queue)
    for place in places:
        moments += [place.entered + seconds for seconds in later]
    return min((moment for moment in moments if moment > now - ROUNDING_SECONDS), default=None)


def _later_steps(queue: CallQueue) -> list[float]:
    """Seconds of waiting after which others may be offered to a caller, or he can be kept no longer."""
    lifts = [] if queue.lift_seconds is None else [tier * queue.lift_seconds for tier in range(1, MOST_TIERS)]
    return [*(rule.after_seconds for rule in queue.relax), *lifts, queue.longest_seconds]


class Reason(StrEnum):
    """Why a queue cannot keep a caller."""

    FULL = "full"
    TOO_LONG = "too_long"
    """He would wait longer than callers are made to."""
    NO_AGENTS = "no_agents"
    WAITED = "waited"
    """He has waited as long as callers do."""
    REMOVED = "removed"
    """The queue is not in the configuration any more."""


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """A caller who comes to a queue, and what he finds there."""

    is_vip: bool
    waiting: int
    """Callers before him, wherever in the order."""
    agents: int
    """Members who are logged in."""
    expected_seconds: float | None
    """What he would wait; None when that cannot be told."""


def why_not_enter(queue: CallQueue, arriving: Arriving) -> Reason | None:
    """Why a caller cannot wait at all; None: he can. A VIP is kept however many wait and however long that takes."""
    if arriving.agents == 0 and queue.when_no_agents == "leave":
        return Reason.NO_AGENTS
    if arriving.is_vip:
        return None
    if queue.most_waiting is not None and arriving.waiting >= queue.most_waiting:
        return Reason.FULL
    most, expected = queue.longest_expected_seconds, arriving.expected_seconds
    return Reason.TOO_LONG if most is not None and expected is not None and expected > most else None


def why_leave(queue: CallQueue | None, *, waited: float, agents: int) -> Reason | None:
    """Why a caller who waits cannot be kept; None: he goes on waiting."""
    if queue is None:
        return Reason.REMOVED
    if agents == 0 and queue.when_no_agents == "leave":
        return Reason.NO_AGENTS
    return Reason.WAITED if waited >= queue.longest_seconds else None


def leads_to(configuration: Configuration, queue: CallQueue, *, is_vip: bool) -> str:
    """The destination of a caller whom a queue cannot keep."""
    if not is_vip:
        return queue.then
    if queue.vip_then is not None:
        return queue.vip_then
    return configuration.default_desk if queue.then.startswith(OUTSIDE_PREFIX) else queue.then


class Saying(msgspec.Struct, frozen=True):
    """Something a waiting caller is told."""

    at: float
    """Seconds of waiting."""
    announcement: str | SpokenTexts | None = None
    """None: his place, and what he can press."""


def sayings(queue: CallQueue) -> Iterator[Saying]:
    """What a caller is told, in the order of its times, without end; empty where he is told nothing.

    The place first, and again every `tell_seconds`; an announcement every `announce_seconds`, one after the other.
    """
    places = announcements = 0
    while queue.tells_place or queue.announcements:
        place_at = places * queue.tell_seconds
        announced_at = (announcements + 1) * queue.announce_seconds
        if queue.tells_place and (not queue.announcements or place_at <= announced_at):
            places += 1
            yield Saying(place_at)
        else:
            text = queue.announcements[announcements % len(queue.announcements)]
            announcements += 1
            yield Saying(announced_at, text)
