"""The teams of an office, whatever makes their callers wait or ring, under one name each."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.config.destinations import OUTSIDE_PREFIX, ToQueue, ToRingGroup
from appliance.config.models import Configuration, Team


def teams(configuration: Configuration) -> Mapping[str, Team]:
    """Every team by the destination that leads to it, such as `ring_group:sales`."""
    groups = {str(ToRingGroup(name)): group for name, group in configuration.ring_groups.items()}
    return {**groups, **{str(ToQueue(name)): queue for name, queue in configuration.call_queues.items()}}


def teams_of(configuration: Configuration, member: str) -> Mapping[str, Team]:
    """The teams somebody is a member of.

    Args:
        member: Extension, or an outside number.
    """
    return {key: team for key, team in teams(configuration).items() if member in numbers_of(team)}


def numbers_of(team: Team) -> tuple[str, ...]:
    """Extensions and outside numbers of the members, each once, in the order they are written."""
    return tuple(dict.fromkeys(member.removeprefix(OUTSIDE_PREFIX) for member in team.members))
