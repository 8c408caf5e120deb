"""Where a call from outside goes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from appliance.calls.story import AnyStoryFact, HoursLooked, RouteTaken
from appliance.config.destinations import Destination, parse_destination
from appliance.config.models import Configuration, InboundRoute
from appliance.routing.hours import look
from appliance.routing.numbering import WITHHELD, caller_number, spellings, to_e164

DEFAULT = "default"
"""The `why` of a call that no route matched."""

ANY_REST = "*"


class Routed(msgspec.Struct, frozen=True):
    """A decision and how it came about."""

    destination: Destination
    why: str
    """Name of the route, or `DEFAULT`."""
    otherwise: tuple[Destination, ...] = ()
    """Where the route's other exits would have led."""
    facts: tuple[AnyStoryFact, ...] = ()
    """The decision for the story, in order."""


class _Exits(msgspec.Struct, frozen=True):
    """Where a route leads now; `taken` is None when it leads nowhere while closed, so that the next route is asked."""

    taken: str | None
    other: tuple[str, ...] = ()
    facts: tuple[AnyStoryFact, ...] = ()


def route_inbound(configuration: Configuration, line: str, caller: str, did: str, now: datetime | None) -> Routed:
    """The first route that matches decides; when none does, the default desk.

    Args:
        line: Name of the line the call came in on.
        caller: The caller's number as the line gave it; "" when withheld.
        did: The number of ours that was called; "" where the line has only one.
        now: None while the clock is not set; see `hours.look` for what that means.

    A route whose hours are over and that names nothing for then is passed over.
    """
    facts: list[AnyStoryFact] = []
    for route in configuration.inbound_routes:
        if not _matches(configuration.country, route, line, caller, did):
            continue
        exits = _exits(configuration, route, now)
        facts.extend(exits.facts)
        if exits.taken is not None:
            return _routed(exits.taken, route.name, exits.other, facts)
    return _routed(configuration.default_desk, DEFAULT, (), facts)


def _routed(to: str, why: str, otherwise: tuple[str, ...], facts: list[AnyStoryFact]) -> Routed:
    return Routed(
        destination=parse_destination(to),
        why=why,
        otherwise=tuple(parse_destination(other) for other in otherwise),
        facts=(*facts, RouteTaken(destination=to, why=why, otherwise=otherwise)),
    )


def _exits(configuration: Configuration, route: InboundRoute, now: datetime | None) -> _Exits:
    hours = configuration.opening_hours.get(route.hours) if route.hours is not None else None
    if route.hours is None or hours is None:
        return _Exits(route.to)
    openness = look(hours, configuration.timezone, now)
    looked = HoursLooked(
        hours=route.hours,
        is_open=openness.is_open,
        clock_known=openness.clock_known,
        by_hand=hours.override is not None,
    )
    if openness.is_open:
        return _Exits(route.to, () if route.closed is None else (route.closed,), (looked,))
    return _Exits(route.closed, (route.to,), (looked,))


def _matches(country: str, route: InboundRoute, line: str, caller: str, did: str) -> bool:
    return (
        (route.line is None or route.line == line)
        and (route.did is None or _same_number(country, route.did, did))
        and (route.caller is None or _is_caller(country, route.caller, caller))
    )


def _same_number(country: str, one: str, other: str) -> bool:
    return (to_e164(country, one) or one) == (to_e164(country, other) or other)


def _is_caller(country: str, pattern: str, shown: str) -> bool:
    """Whether a caller is meant by "withheld", a number, or a prefix that ends in `*`.

    A prefix may be written with the plus sign, or as people of the country dial.
    """
    caller = caller_number(country, shown)
    if pattern == "withheld" or caller == WITHHELD:
        return pattern == "withheld" and caller == WITHHELD
    if not pattern.endswith(ANY_REST):
        return _same_number(country, pattern, caller)
    prefix = pattern.removesuffix(ANY_REST)
    return any(form.startswith(prefix) for form in spellings(country, caller))
