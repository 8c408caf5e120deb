"""Which diversion of a person holds now, and who is rung for her, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from appliance.calls.names import Outcome
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import DESK, MOBILE, Configuration, DivertRule, Extension, OpeningHours
from appliance.routing.hours import look

_GROUP_PREFIX = "ring_group:"


class Held(NamedTuple):
    """A diversion that a call takes."""

    rule: DivertRule
    to: str


class PersonStage(NamedTuple):
    """Who rings together: extension numbers, and `outside:+…`."""

    members: tuple[str, ...]
    seconds: float


def before_ringing(configuration: Configuration, person: Extension, now: datetime | None) -> Held | None:
    """The diversion that is taken without ringing anybody; None: her phones ring."""
    return _first(configuration, person, (DivertRule.ALWAYS,), now)


def after_ringing(
    configuration: Configuration, person: Extension, outcome: Outcome, now: datetime | None
) -> Held | None:
    """The diversion that is taken when nobody took the call, by how that came; None: there is none."""
    match outcome:
        case Outcome.BUSY:
            rules: tuple[DivertRule, ...] = (DivertRule.BUSY,)
        case Outcome.UNREACHABLE:
            rules = (DivertRule.UNREACHABLE, DivertRule.NO_ANSWER)
        case _:
            rules = (DivertRule.NO_ANSWER,)
    return _first(configuration, person, rules, now)


def _first(
    configuration: Configuration, person: Extension, rules: Sequence[DivertRule], now: datetime | None
) -> Held | None:
    for rule in rules:
        to = getattr(person.divert, rule.value)
        if to is not None and holds(configuration, person, rule, now):
            return Held(rule, to)
    return None


def holds(configuration: Configuration, person: Extension, rule: DivertRule, now: datetime | None) -> bool:
    """Whether a rule of a person holds at an instant, whatever its destination.

    Without a clock a rule with times is taken when it helps the caller: `always` is not, so that her phones ring
    first, and the others are, since nobody has taken the call.
    """
    times = person.divert.when.get(rule)
    if times is None:
        return True
    named = configuration.opening_hours.get(times.hours) if times.hours is not None else None
    hours = named if named is not None else OpeningHours(weekly=times.weekly)
    if now is None and hours.override is None:
        return rule is not DivertRule.ALWAYS
    return look(hours, configuration.timezone, now).is_open != times.closed


def stages_for(configuration: Configuration, number: str) -> tuple[PersonStage, ...]:
    """Whom a call for an extension rings, in stages.

    Who does not want to be disturbed is not to be disturbed at her mobile either; only others ring for her then, and
    when there are none her phones say that she is busy.
    """
    person = configuration.extensions[number]
    at_desk = PersonStage((number,), person.divert.after_seconds)
    stages = [
        PersonStage(members, stage.seconds)
        for stage in person.follow_me
        if (members := tuple(dict.fromkeys(_members(configuration, number, person, stage.members))))
    ]
    return tuple(stages) or (at_desk,)


def _members(configuration: Configuration, number: str, person: Extension, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name.startswith(_GROUP_PREFIX):
            group = configuration.ring_groups.get(name.removeprefix(_GROUP_PREFIX))
            yield from (member for member in group.members if member != number) if group is not None else ()
        elif name not in (DESK, MOBILE):
            yield name
        elif name == DESK and not person.do_not_disturb:
            yield number
        elif name == MOBILE and not person.do_not_disturb and person.mobile is not None:
            yield f"{OUTSIDE_PREFIX}{person.mobile}"
