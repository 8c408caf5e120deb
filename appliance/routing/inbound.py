"""Where a call from outside goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from appliance.calls.places import QueueState
from appliance.calls.story import AnyStoryFact, HoursLooked, NightCaller, RouteTaken
from appliance.config.destinations import Destination, HangUp, ToVoicemail, parse_destination
from appliance.config.models import Configuration, InboundRoute, QueueCondition
from appliance.routing.callers import Caller, is_meant, rings_at_night
from appliance.routing.hours import Openness, look, zone_of
from appliance.routing.numbering import spellings, to_e164

DEFAULT = "default"
"""The `why` of a call that no route matched."""

ANY_REST = "*"


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """How a call came in."""

    line: str
    """Name of the line."""
    did: str = ""
    """The number of ours that was called; "" where the line has only one."""
    hops: int = 0
    """How often it was passed on before it came here, by other offices of ours or by diversions."""
    redirected_from: str = ""
    """The number that was called first, where the network tells that the call was diverted to us; "" otherwise."""


class Routed(msgspec.Struct, frozen=True):
    """A decision and how it came about."""

    destination: Destination
    why: str
    """Name of the route, or `DEFAULT`."""
    otherwise: tuple[Destination, ...] = ()
    """Where the route's other exits would have led."""
    facts: tuple[AnyStoryFact, ...] = ()
    """The decision for the story, in order."""
    then: tuple[Destination, ...] = ()
    """What follows, one after the other, while nobody takes the call."""
    is_open: bool = True
    """False when it is where the call goes outside of the hours."""
    is_for_caller: bool = False
    """The route is meant for this caller, so that nothing else known of him matters."""

    @property
    def rings_people(self) -> bool:
        """Whether people are rung now, who may want to know who calls."""
        return self.is_open and not isinstance(self.destination, HangUp | ToVoicemail)


class _Exits(msgspec.Struct, frozen=True):
    """Where a route leads now; `taken` is None when it leads nowhere while closed, so that the next route is asked."""

    taken: str | None
    other: tuple[str, ...] = ()
    facts: tuple[AnyStoryFact, ...] = ()
    is_open: bool = True


def route_inbound(
    configuration: Configuration,
    arrival: Arrival,
    caller: Caller,
    now: datetime | None,
    queues: Mapping[str, QueueState] | None = None,
) -> Routed:
    """The first route that matches decides; when none does, the default desk.

    Args:
        now: None while the clock is not set; see `hours.look` for what that means.
        queues: How the queues are, by name; a condition about one that is not among them is not met.

    A route whose hours are over and that names nothing for then is passed over.
    """
    facts: list[AnyStoryFact] = []
    for route in configuration.inbound_routes:
        if not _matches(configuration, route, arrival, caller, queues or {}):
            continue
        exits = _exits(configuration, route, caller, now)
        facts.extend(exits.facts)
        if exits.taken is not None:
            return _routed(route, exits, facts)
    to = configuration.default_desk
    return Routed(parse_destination(to), DEFAULT, facts=(*facts, RouteTaken(destination=to, why=DEFAULT)))


def _routed(route: InboundRoute, exits: _Exits, facts: list[AnyStoryFact]) -> Routed:
    to, then = exits.taken or route.to, route.then if exits.is_open else ()
    return Routed(
        destination=parse_destination(to),
        why=route.name,
        otherwise=tuple(parse_destination(other) for other in exits.other),
        facts=(*facts, RouteTaken(destination=to, why=route.name, otherwise=exits.other)),
        then=tuple(parse_destination(following) for following in then),
        is_open=exits.is_open,
        is_for_caller=route.caller is not None,
    )


def _exits(configuration: Configuration, route: InboundRoute, caller: Caller, now: datetime | None) -> _Exits:
    hours = configuration.opening_hours.get(route.hours) if route.hours is not None else None
    if route.hours is None or hours is None:
        return _Exits(route.to)
    openness = look(hours, configuration.timezone, now)
    looked = looked_at(route.hours, openness, zone_of(hours, configuration.timezone))
    if openness.is_open:
        return _Exits(route.to, () if route.closed is None else (route.closed,), (looked,))
    if rings_at_night(configuration, caller):
        other = () if route.closed is None else (route.closed,)
        return _Exits(route.to, other, (looked, NightCaller(caller=caller.number)))
    return _Exits(route.closed, (route.to,), (looked,), is_open=False)


def looked_at(name: str, openness: Openness, zone: ZoneInfo) -> HoursLooked:
    """What was found of some hours, for the story."""
    until = "" if openness.until is None else f"{openness.until.astimezone(zone):%Y-%m-%d %H:%M}"
    return HoursLooked(hours=name, is_open=openness.is_open, why=openness.why, name=openness.name, until=until)


def _matches(
    configuration: Configuration,
    route: InboundRoute,
    arrival: Arrival,
    caller: Caller,
    queues: Mapping[str, QueueState],
) -> bool:
    country = configuration.country
    return (
        (route.line is None or route.line == arrival.line)
        and (route.did is None or _same_number(country, route.did, arrival.did))
        and (route.caller is None or is_meant(configuration, route.caller, caller))
        and (route.redirected_from is None or _is_number(country, route.redirected_from, arrival.redirected_from))
        and (route.queue is None or _is_so(route.queue, queues.get(route.queue.queue)))
    )


def _same_number(country: str, one: str, other: str) -> bool:
    return (to_e164(country, one) or one) == (to_e164(country, other) or other)


def _is_number(country: str, pattern: str, number: str) -> bool:
    """Whether a number is the one of a pattern, or begins as it does."""
    if not pattern.endswith(ANY_REST):
        return bool(number) and _same_number(country, pattern, number)
    prefix = pattern.removesuffix(ANY_REST)
    return bool(number) and any(form.startswith(prefix) for form in spellings(country, number))


def _is_so(condition: QueueCondition, queue: QueueState | None) -> bool:
    if queue is None:
        return False
    is_long = condition.longer_than is not None and queue.waiting > condition.longer_than
    return is_long or (condition.without_agents and queue.agents == 0)
