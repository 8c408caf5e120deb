"""Whether diversions and stages of people make sense."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.destinations import OUTSIDE_PREFIX, BadDestination, parse_destination
from appliance.config.mistakes import Mistake, closest
from appliance.config.models import DESK, MOBILE, Configuration, DivertTimes, Extension
from appliance.config.opening_hours import week_mistakes

_GROUP_PREFIX = "ring_group:"


def check_diversions(configuration: Configuration) -> Iterator[Mistake]:
    """Rules that hold at times exist, as do the times; stages ring somebody who exists, each once."""
    for number, person in configuration.extensions.items():
        path = f"extensions.{number}"
        for rule, times in person.divert.when.items():
            here = f"{path}.divert.when.{rule}"
            if getattr(person.divert, rule, None) is None:
                yield Mistake(path=here, cause=f"There is no `{rule}` that could hold at these times.")
            yield from _check_times(configuration, here, times)
        for at, stage in enumerate(person.follow_me, 1):
            here = f"{path}.follow_me.{at}.members"
            if not stage.members:
                yield Mistake(path=here, cause="A stage needs at least one member.")
            for position, member in enumerate(stage.members, 1):
                yield from _check_member(configuration, f"{here}.{position}", number, person, member)
                if member in stage.members[: position - 1]:
                    yield Mistake(path=f"{here}.{position}", cause=f'"{member}" is in this stage already.')


def _check_times(configuration: Configuration, path: str, times: DivertTimes) -> Iterator[Mistake]:
    if times.hours is None and not times.weekly:
        example = '`weekly: {mon: ["18:00-23:00"]}`'
        yield Mistake(path=path, cause=f"Name opening hours in `hours`, or periods such as {example}.")
    if times.hours is not None and times.weekly:
        yield Mistake(path=f"{path}.weekly", cause="The times are those of `hours` already; keep one of the two.")
    if times.hours is not None and times.hours not in configuration.opening_hours:
        guess = closest(times.hours, configuration.opening_hours)
        yield Mistake(path=f"{path}.hours", cause=f'There are no opening hours "{times.hours}".', did_you_mean=guess)
    yield from week_mistakes(f"{path}.weekly", times.weekly)


def _check_member(
    configuration: Configuration, path: str, number: str, person: Extension, member: str
) -> Iterator[Mistake]:
    group = member.removeprefix(_GROUP_PREFIX)
    if member == MOBILE and person.mobile is None:
        yield Mistake(path=path, cause=f"Extension {number} has no `mobile`.")
    elif member == number:
        yield Mistake(path=path, cause="These are the person's own phones.", did_you_mean=DESK)
    elif group != member and group not in configuration.ring_groups:
        guess = closest(group, configuration.ring_groups)
        meant = None if guess is None else f"{_GROUP_PREFIX}{guess}"
        yield Mistake(path=path, cause=f'There is no ring group "{group}".', did_you_mean=meant)
    elif member.startswith(OUTSIDE_PREFIX):
        try:
            parse_destination(member)
        except BadDestination as bad:
            yield Mistake(path=path, cause=str(bad))
    elif member not in (DESK, MOBILE) and group == member and member not in configuration.extensions:
        guess = closest(member, (DESK, MOBILE, *configuration.extensions))
        cause = f'"{member}" is no member: write desk, mobile, an extension, "ring_group:…" or "outside:+…".'
        yield Mistake(path=path, cause=cause, did_you_mean=guess)
