"""Who is rung for a name of the configuration, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from appliance.calls.call import Call
from appliance.calls.names import PartyKind
from appliance.calls.ringing import Inside, Member, Outside
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import Extension, RingGroup
from appliance.routing.hunting import stages
from appliance.routing.outbound import lines_for

OUTSIDE_SECONDS = 60.0
"""How long an outside number rings before we give up."""


class RingStage(NamedTuple):
    """Members who ring together."""

    members: tuple[Member, ...]
    seconds: float


def member_of(call: Call, name: str) -> Member:
    """The member behind an extension number or `outside:+…`; outside members must accept by a key."""
    if name.startswith(OUTSIDE_PREFIX):
        return outside(call, name.removeprefix(OUTSIDE_PREFIX), confirm=True)
    return Inside(name)


def outside(call: Call, number: str, *, confirm: bool) -> Outside:
    """An outside number with the lines that carry it, in the order of the outbound routes."""
    return Outside(number, lines_for(call.home.configuration, number), confirm=confirm)


def stages_of_group(call: Call, group: RingGroup) -> Sequence[RingStage]:
    """The stages of a group without the one who calls it, whose telephone is in use for just that."""
    caller = call.principal.party
    own = Inside(caller.number) if caller.kind is PartyKind.EXTENSION else None
    return [
        RingStage(
            tuple(member for member in (member_of(call, name) for name in stage.members) if member != own),
            stage.seconds,
        )
        for stage in stages(group, tuple(call.history))
    ]


def stages_of_person(number: str, person: Extension) -> Sequence[RingStage]:
    return [RingStage((Inside(number),), person.divert.after_seconds)]


def stages_of_outside(call: Call, number: str) -> Sequence[RingStage]:
    return [RingStage((outside(call, number, confirm=False),), OUTSIDE_SECONDS)]
