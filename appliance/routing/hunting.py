"""In which order the members of a group ring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import HuntStrategy, RingGroup


class Stage(NamedTuple):
    """Members who ring together, and for how long before the next stage."""

    members: tuple[str, ...]
    """Extension numbers, or `outside:+…`."""
    seconds: float


def stages(group: RingGroup, history: Sequence[str]) -> list[Stage]:
    """The stages of a group, first one first; none for a group without members.

    Args:
        history: Extensions and outside numbers this call has rung already.

    RING_ALL rings everybody at once. LINEAR rings one after the other and passes over who was rung before, unless
    that leaves nobody: who let it ring a minute ago would only make the caller wait again. ASCENDING adds a member at
    each stage while the earlier ones go on ringing.
    """
    members = tuple(dict.fromkeys(group.members))
    if not members:
        return []
    match group.strategy:
        case HuntStrategy.RING_ALL:
            return [Stage(members, group.ring_seconds)]
        case HuntStrategy.LINEAR:
            fresh = [member for member in members if member.removeprefix(OUTSIDE_PREFIX) not in history]
            return [Stage((member,), group.ring_seconds) for member in fresh or members]
        case HuntStrategy.ASCENDING:
            return [Stage(members[: count + 1], group.ring_seconds) for count in range(len(members))]
