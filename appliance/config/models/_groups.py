"""Ring groups: members who are rung for one number."""

from __future__ import annotations

from enum import StrEnum

from appliance.config.models._base import DialledNumber, Model, Seconds, ShownName


class HuntStrategy(StrEnum):
    """In which order the members of a group ring."""

    RING_ALL = "ring_all"
    LINEAR = "linear"
    ASCENDING = "ascending"


class RingGroup(Model, frozen=True, kw_only=True):
    """Members who are rung for one number."""

    name: ShownName
    number: DialledNumber
    members: tuple[str, ...]
    """Extension numbers, or `outside:+…` for mobiles, in ringing order."""
    strategy: HuntStrategy = HuntStrategy.RING_ALL
    ring_seconds: Seconds = 25.0
    """How long one stage rings."""
    then: str = "hang_up"
    """Where the call goes when nobody answers."""
