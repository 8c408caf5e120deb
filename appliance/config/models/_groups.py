"""Teams: members who are hunted by a strategy. A ring group rings them now."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Model, Name, Seconds, ShownName
from appliance.config.models._menus import SpokenText, SpokenTexts
from appliance.config.models._recording import RecordTalks

Spell = Annotated[float, Meta(ge=0, le=3600, description="seconds, 0 to 3600")]
SkillLevel = Annotated[int, Meta(ge=1, le=10, description="a level, 1 to 10")]
WantedLevel = Annotated[int, Meta(ge=0, le=10, description="a level, 1 to 10, or 0 for none")]
Rank = Annotated[int, Meta(ge=1, le=99, description="a rank, 1 to 99")]
Tier = Annotated[int, Meta(ge=1, le=3, description="a tier, 1 to 3")]
PauseKey = Annotated[str, Meta(pattern=r"^[0-9]{1,2}$", description="one or two digits")]


CALLERS_LANGUAGE = "language"
"""The skill that stands for the one named as the caller's language, such as `lv`."""


class HuntStrategy(StrEnum):
    """In which order the members of a team ring."""

    RING_ALL = "ring_all"
    """All at once."""
    LINEAR = "linear"
    """One after the other, in the order they are written."""
    ASCENDING = "ascending"
    """As linear, and the earlier ones go on ringing."""
    ROUND_ROBIN = "round_robin"
    """One after the other; it begins after the one who had the last turn."""
    LONGEST_IDLE = "longest_idle"
    """One after the other; first who has had nothing to do for longest."""
    FEWEST_CALLS = "fewest_calls"
    """One after the other; first who took the fewest calls today."""
    RANDOM = "random"
    """One after the other, in an order of chance."""
    RANK = "rank"
    """One rank after the other; members of one rank ring together."""
    SKILL = "skill"
    """Who has the skills asked for; the most skilled first, the others join while they go on ringing."""


class Membership(Model, frozen=True, kw_only=True):
    """What is special about one member of a team."""

    rank: Rank = 1
    """1 is the best; see `HuntStrategy.RANK` and `Relax.rank`."""
    tier: Tier = 1
    """The line the member belongs to: the second and third ring when a call is lifted to them."""
    delay_seconds: Spell = 0.0
    """Rings so much later than those the member rings together with."""


class Relax(Model, frozen=True, kw_only=True):
    """What is asked for no longer once a caller has waited for some time."""

    after_seconds: Seconds
    """Of waiting, since the call came to the team."""
    needs: dict[Name, WantedLevel] = {}
    """Skill to the level that is enough from then on; 0: the skill is no longer asked for."""
    rank: Rank | None = None
    """Members up to this rank may ring from then on. Before the first rule that names a rank, only better ones may."""


class Team(Model, frozen=True, kw_only=True):
    """What ring groups and call queues have in common: members, and how they are hunted."""

    name: ShownName
    number: DialledNumber
    members: tuple[str, ...]
    """Extension numbers, or `outside:+…` for mobiles, in ringing order."""
    membership: dict[str, Membership] = {}
    """By member, for those about whom something is special."""
    strategy: HuntStrategy = HuntStrategy.RING_ALL
    ring_seconds: Seconds = 25.0
    """How long one stage rings."""
    idle_since: Literal["last_call", "last_talk"] = "last_call"
    """For `longest_idle`: counted since the last call of a team was taken, or since the last talk of any kind ended."""
    needs: dict[Name, SkillLevel] = {}
    """Skill to the level a member must have; whatever the strategy. `language` is the caller's language."""
    relax: tuple[Relax, ...] = ()
    """In the order of their times."""
    wrap_up_seconds: Spell = 0.0
    """After a talk for the team its member is given so long before the next call of a team."""
    reoffer_seconds: Spell = 30.0
    """Who has rejected a call of a team, or let it ring to the end, comes last for so long. Queues do not ring him."""
    lift_seconds: Seconds | None = None
    """How long one tier rings before the next one; None: until all its members have had their turn."""
    record: RecordTalks = RecordTalks.ON_DEMAND
    """Whether talks of calls that a member took for the team are recorded; counts beside the member's own `record`."""
    rating: Name | None = None
    """A survey that callers are asked to answer after a talk with a member; None: no question is asked."""
    notes: tuple[ShownName, ...] = ()
    """At most 9, chosen by the keys 1 to 9 by who lifts a call to the next tier, whose displays show the note; who
    answers hears it too."""
    own_note: bool = False
    """Who lifts a call may press * and speak a note, which who answers hears before the caller."""
    briefing: SpokenText | SpokenTexts | None = None
    """What a member hears who answers, before the caller gets him, such as "A call about a repair". A text in the
    office's language, or in several; a key cuts it short. None: nothing."""


class RingGroup(Team, frozen=True, kw_only=True):
    """Members who are rung for one number."""

    then: str = "hang_up"
    """Where the call goes when nobody answers, or nobody can be rung."""
