"""Whether teams make sense: what is said of members, skills, rules that relax, tiers and their notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import CALLERS_LANGUAGE, Configuration, HuntStrategy, Language, Team
from appliance.routing.hunting import TOGETHER

MOST_NOTES = 9
"""One for each key from 1 to 9."""


def named_teams(configuration: Configuration) -> Iterator[tuple[str, Team]]:
    """(path, team) of every team."""
    for name, group in configuration.ring_groups.items():
        yield f"ring_groups.{name}", group
    for name, queue in configuration.call_queues.items():
        yield f"call_queues.{name}", queue


def check_teams(configuration: Configuration) -> Iterator[Mistake]:
    """What is written about a team can be meant."""
    for path, team in named_teams(configuration):
        yield from _check_membership(path, team)
        yield from _check_needs(configuration, path, team)
        yield from _check_relax(path, team)
        yield from _check_tiers(path, team)


def _check_membership(path: str, team: Team) -> Iterator[Mistake]:
    for member, about in team.membership.items():
        here = f"{path}.membership.{member}"
        if member not in team.members:
            guess = closest(member, (known for known in team.members if known not in team.membership))
            yield Mistake(path=here, cause=f'"{member}" is no member of this team.', did_you_mean=guess)
        if about.delay_seconds and team.strategy not in TOGETHER:
            cause = f"With the strategy {team.strategy} members ring one after the other; a delay means nothing there."
            yield Mistake(path=f"{here}.delay_seconds", cause=cause)
        elif about.delay_seconds >= team.ring_seconds:
            cause = f"After {about.delay_seconds:g} s the others have stopped ringing (`ring_seconds`)."
            yield Mistake(path=f"{here}.delay_seconds", cause=cause)


def _check_needs(configuration: Configuration, path: str, team: Team) -> Iterator[Mistake]:
    """Somebody has each skill: at once, or once the rules have relaxed."""
    people = [configuration.extensions[member] for member in team.members if member in configuration.extensions]
    levels: dict[str, int] = {}
    for person in people:
        for skill, level in person.skills.items():
            levels[skill] = max(level, levels.get(skill, 0))
    levels[CALLERS_LANGUAGE] = max((levels.get(language, 0) for language in Language), default=0)
    for skill, level in _in_the_end(team).items():
        here = f"{path}.needs.{skill}"
        if not levels.get(skill):
            yield Mistake(path=here, cause=f'No member has the skill "{skill}".', did_you_mean=closest(skill, levels))
        elif levels[skill] < level:
            yield Mistake(path=here, cause=f'No member has "{skill}" at level {level}; the best is {levels[skill]}.')


def _in_the_end(team: Team) -> Mapping[str, int]:
    """What is asked for once every rule has relaxed."""
    needs = dict(team.needs)
    for rule in team.relax:
        needs |= {skill: level for skill, level in rule.needs.items() if skill in needs}
    return {skill: level for skill, level in needs.items() if level}


def _check_relax(path: str, team: Team) -> Iterator[Mistake]:
    """Each rule comes after the one before, and asks for less."""
    needs, rank, after = dict(team.needs), 0, 0.0
    for at, rule in enumerate(team.relax, 1):
        here = below(f"{path}.relax", at)
        if rule.after_seconds <= after:
            yield Mistake(path=f"{here}.after_seconds", cause=f"It must be later than the rule before ({after:g} s).")
        if not rule.needs and rule.rank is None:
            yield Mistake(path=here, cause="This rule changes nothing; write `needs` or `rank`.")
        for skill, level in rule.needs.items():
            if skill not in team.needs:
                cause, meant = f'The team does not ask for "{skill}".', closest(skill, team.needs)
                yield Mistake(path=f"{here}.needs.{skill}", cause=cause, did_you_mean=meant)
            elif level >= needs[skill]:
                cause = f"{level} is not less than before ({needs[skill]})."
                yield Mistake(path=f"{here}.needs.{skill}", cause=cause)
        if rule.rank is not None and rule.rank <= max(rank, 1):
            cause = f"Rank {rule.rank} may ring before already." if rank else "Rank 1 rings from the beginning."
            yield Mistake(path=f"{here}.rank", cause=cause)
        needs |= {skill: level for skill, level in rule.needs.items() if skill in needs}
        after, rank = rule.after_seconds, rule.rank or rank


def _check_tiers(path: str, team: Team) -> Iterator[Mistake]:
    """The lines are counted from 1 without a gap, and what is for lifting is only there where there is a second."""
    usual = {1} if any(member not in team.membership for member in team.members) else set()
    tiers = usual | {about.tier for member, about in team.membership.items() if member in team.members}
    for member, about in team.membership.items():
        if about.tier - 1 not in tiers | {0}:
            cause = f"Nobody is in tier {about.tier - 1}."
            yield Mistake(path=f"{path}.membership.{member}.tier", cause=cause)
    if len(team.notes) > MOST_NOTES:
        yield Mistake(path=f"{path}.notes", cause=f"There are keys for {MOST_NOTES} notes, not for {len(team.notes)}.")
    for field in ("lift_seconds", "notes", "own_note"):
        if getattr(team, field) and max(tiers, default=1) == 1:
            cause = "All members are in tier 1; give some a `tier` in `membership` that a call can be lifted to."
            yield Mistake(path=f"{path}.{field}", cause=cause)


def warn_of_teams(configuration: Configuration) -> Iterator[Mistake]:
    """What can be used but does nothing."""
    for path, team in named_teams(configuration):
        if team.strategy is HuntStrategy.SKILL and not team.needs:
            cause = "No skill is asked for (`needs`), so all members ring at once."
            yield Mistake(path=f"{path}.strategy", cause=cause)
        ranks = {about.rank for about in team.membership.values()} - {1}
        if ranks and team.strategy is not HuntStrategy.RANK and all(rule.rank is None for rule in team.relax):
            cause = "Ranks mean nothing here: neither does the strategy go by rank, nor does a rule let ranks join."
            yield Mistake(path=f"{path}.membership", cause=cause)
