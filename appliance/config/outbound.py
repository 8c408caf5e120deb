"""Whether the ways out make sense: routes, lines' prices, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import Configuration, LineOrder, NumberKind, OutboundRoute
from appliance.routing.hours_notation import BadHours, parse_period
from appliance.routing.numbering import is_emergency, to_e164

_KINDS = frozenset(kind.value for kind in NumberKind)
_BEGINNING = re.compile(r"\+?[0-9]+\*")


def check_outbound(configuration: Configuration) -> Iterator[Mistake]:
    """Routes name numbers, callers, hours and lines that exist; the night is a period."""
    for at, route in enumerate(configuration.outbound_routes, 1):
        path = f"outbound_routes.{at}"
        yield from _check_patterns(configuration, f"{path}.patterns", route)
        yield from _check_callers(configuration, f"{path}.callers", route)
        if route.hours is not None and route.hours not in configuration.opening_hours:
            guess = closest(route.hours, configuration.opening_hours)
            cause = f'There is no opening hours "{route.hours}".'
            yield Mistake(path=f"{path}.hours", cause=cause, did_you_mean=guess)
        yield from _check_lines(configuration, f"{path}.lines", route)
    try:
        parse_period(configuration.outside_limits.night)
    except BadHours as bad:
        yield Mistake(path="outside_limits.night", cause=str(bad))


def _check_patterns(configuration: Configuration, path: str, route: OutboundRoute) -> Iterator[Mistake]:
    for position, pattern in enumerate(route.patterns, 1):
        here = below(path, position)
        if pattern in route.patterns[: position - 1]:
            yield Mistake(path=here, cause=f'"{pattern}" is a pattern of this route already.')
        elif not _is_pattern(configuration, pattern):
            cause = f'"{pattern}" means no numbers: write "+371*", a whole number, or one of {", ".join(NumberKind)}.'
            yield Mistake(path=here, cause=cause, did_you_mean=_meant(configuration, pattern))
        elif is_emergency(configuration.country, pattern):
            yield Mistake(path=here, cause=f"{pattern} calls for help, which goes over every line without a route.")


def _is_pattern(configuration: Configuration, pattern: str) -> bool:
    return (
        pattern in _KINDS
        or _BEGINNING.fullmatch(pattern) is not None
        or (pattern.startswith("+") and to_e164(configuration.country, pattern) == pattern)
        or bool(re.fullmatch(r"[0-9]{2,6}", pattern))
    )


def _meant(configuration: Configuration, pattern: str) -> str | None:
    """A number in another spelling, a beginning with other signs, or a misspelt kind."""
    if (number := to_e164(configuration.country, pattern)) is not None:
        return number
    if re.fullmatch(r"\+?[0-9]+[xX%.]+", pattern):
        return f"{re.sub(r'[^+0-9]', '', pattern)}*"
    return closest(pattern, NumberKind)


def _check_callers(configuration: Configuration, path: str, route: OutboundRoute) -> Iterator[Mistake]:
    known = [*configuration.extensions, *configuration.ring_groups]
    for position, name in enumerate(route.callers, 1):
        if name not in known:
            cause = f'There is no extension and no ring group "{name}".'
            yield Mistake(path=below(path, position), cause=cause, did_you_mean=closest(name, known))


def _check_lines(configuration: Configuration, path: str, route: OutboundRoute) -> Iterator[Mistake]:
    if not route.lines:
        yield Mistake(path=path, cause="An outbound route needs at least one line.")
    for position, line in enumerate(route.lines, 1):
        if line not in configuration.lines:
            guess = closest(line, configuration.lines)
            yield Mistake(path=below(path, position), cause=f'There is no line "{line}".', did_you_mean=guess)


def warn_of_outbound(configuration: Configuration) -> Iterator[Mistake]:
    """Routes nothing reaches, and lines that are compared by price without one."""
    everything: str | None = None
    for at, route in enumerate(configuration.outbound_routes, 1):
        path = f"outbound_routes.{at}"
        if everything is not None:
            yield Mistake(path=path, cause=f'The route "{everything}" before it carries every number already.')
        elif not (route.prefix or route.patterns or route.callers or route.hours):
            everything = route.name
        for line in route.lines if route.order is LineOrder.CHEAPEST else ():
            if line in configuration.lines and not configuration.lines[line].outgoing.prices:
                cause = f'The line "{line}" has no prices, so it is tried last.'
                yield Mistake(path=f"{path}.order", cause=cause)
