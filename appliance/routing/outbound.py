"""Which lines carry an outside number, what each of them dials and shows, or why nothing may be dialled."""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from appliance.calls.names import WayOut
from appliance.config.models import (
    SHOW_LINE,
    SHOW_NOTHING,
    Configuration,
    LineOrder,
    NumberKind,
    OutboundRoute,
    Outgoing,
)
from appliance.routing.balance import spent
from appliance.routing.branches import leads_to_office
from appliance.routing.hours import look
from appliance.routing.limits import (
    NOTHING_RUNS,
    OFFICE,
    Counts,
    Reached,
    Running,
    What,
    extension_account,
    line_account,
    too_many,
    used_up,
)
from appliance.routing.number_kinds import kind_of, spelled_as_dialled
from appliance.routing.numbering import is_emergency
from appliance.routing.rights import may_dial

NOTHING_USED: Counts = MappingProxyType({})


class WhyNot(StrEnum):
    """Why an outside number is not dialled."""

    NOT_ALLOWED = "not-allowed"
    """The extension may not call outside at all."""
    KIND = "kind-not-allowed"
    """The extension may not call numbers of this kind."""
    INTERNATIONAL = "international-not-allowed"
    PREMIUM = "premium-not-allowed"
    LIMIT = "limit-reached"
    TOO_MANY = "too-many-at-once"
    """As many calls go out at this moment as may."""
    CLOSED = "way-out-closed"
    """Every route that carries it is closed now."""
    NO_ROUTE = "no-route"


_WHY_OF_KIND = {NumberKind.INTERNATIONAL: WhyNot.INTERNATIONAL, NumberKind.PREMIUM: WhyNot.PREMIUM}


class WaysOut(NamedTuple):
    """How an outside number is reached."""

    kind: NumberKind | None
    """None: it calls for help."""
    ways: tuple[WayOut, ...] = ()
    """In the order they are tried; () when it is refused."""
    route: str = ""
    """Name of the route that decided; "" where none did."""
    refused: WhyNot | None = None
    limit: Reached | None = None
    """The limit that is reached, where that is why."""
    passed_over: tuple[Reached, ...] = ()
    """Lines of the route whose limits are reached, though others are not."""


def ways_out(
    configuration: Configuration,
    number: str,
    caller: str | None,
    now: datetime | None,
    used: Counts = NOTHING_USED,
    running: Running = NOTHING_RUNS,
) -> WaysOut:
    """The lines for a number in the order they are tried, or why there is none.

    Args:
        number: E.164 with its plus sign, or a short number as dialled.
        caller: The extension that dials and pays; None: a call is forwarded, which is written by who owns the office.
        now: None while nobody knows the time.
        used: What was called before.
        running: What is called now.

    The first route that carries the number and is open decides alone: a dearer line further down is used only when it
    is named there. An emergency number goes over every line of the office, those of the routes first: no right, no
    limit, no hours are asked.
    """
    if is_emergency(configuration.country, number):
        return WaysOut(None, _ways_for_help(configuration, number))
    kind = kind_of(configuration.country, number)
    if caller is not None and (refused := _why_not_allowed(configuration, caller, kind)) is not None:
        return WaysOut(kind, refused=refused)
    for account in (extension_account(caller), OFFICE) if caller is not None else (OFFICE,):
        if (limit := used_up(configuration, used, account, now)) is not None:
            return WaysOut(kind, refused=WhyNot.LIMIT, limit=limit)
        if (limit := too_many(configuration, running, account)) is not None:
            return WaysOut(kind, refused=WhyNot.TOO_MANY, limit=limit)
    carrying = [route for route in configuration.outbound_routes if carries(configuration, route, number, kind, caller)]
    route = next((route for route in carrying if _is_open(configuration, route, now)), None)
    if route is None:
        return WaysOut(kind, refused=WhyNot.CLOSED if carrying else WhyNot.NO_ROUTE)
    return _over_lines(configuration, route, number, kind, now, used, running)


def carries(
    configuration: Configuration, route: OutboundRoute, number: str, kind: NumberKind, caller: str | None
) -> bool:
    """Whether a route is meant for a number of a kind, dialled by an extension or forwarded."""
    if route.callers and not any(_is_or_has(configuration, name, caller) for name in route.callers):
        return False
    if route.prefix and number.startswith(route.prefix):
        return True
    if any(_fits(pattern, number, kind) for pattern in route.patterns):
        return True
    return not route.prefix and not route.patterns


def price_of(outgoing: Outgoing, number: str) -> float | None:
    """Money for a minute to a number on a line; None where no price is known."""
    beginnings = [beginning for beginning in outgoing.prices if number.startswith(beginning)]
    return outgoing.prices[max(beginnings, key=len)] if beginnings else None


def _why_not_allowed(configuration: Configuration, caller: str, kind: NumberKind) -> WhyNot | None:
    person = configuration.extensions.get(caller)
    if person is not None and not person.may_call_outside:
        return WhyNot.NOT_ALLOWED
    return None if may_dial(person, kind) else _WHY_OF_KIND.get(kind, WhyNot.KIND)


def _is_or_has(configuration: Configuration, name: str, caller: str | None) -> bool:
    group = configuration.ring_groups.get(name)
    return caller is not None and (caller == name or (group is not None and caller in group.members))


def _fits(pattern: str, number: str, kind: NumberKind) -> bool:
    if pattern.endswith("*"):
        return number.startswith(pattern[:-1])
    return pattern in (number, kind)


def _is_open(configuration: Configuration, route: OutboundRoute, now: datetime | None) -> bool:
    hours = configuration.opening_hours.get(route.hours) if route.hours is not None else None
    return hours is None or look(hours, configuration.timezone, now).is_open


def _over_lines(
    configuration: Configuration,
    route: OutboundRoute,
    number: str,
    kind: NumberKind,
    now: datetime | None,
    used: Counts,
    running: Running,
) -> WaysOut:
    lines = [name for name in dict.fromkeys(route.lines) if name in configuration.lines]
    if route.order is LineOrder.CHEAPEST:
        lines.sort(key=lambda name: _rank(price_of(configuration.lines[name].outgoing, number)))
    limits = {
        name: used_up(configuration, used, line_account(name), now)
        or too_many(configuration, running, line_account(name))
        or spent(configuration, used, name)
        for name in lines
    }
    passed_over = tuple(limit for limit in limits.values() if limit is not None)
    ways = tuple(way_over(configuration, name, number, route.shown) for name in lines if limits[name] is None)
    if passed_over and not ways:
        is_now = all(limit.what is What.AT_ONCE for limit in passed_over)
        return WaysOut(kind, (), route.name, WhyNot.TOO_MANY if is_now else WhyNot.LIMIT, passed_over[0])
    return WaysOut(kind, ways, route.name, passed_over=passed_over)


def _rank(price: float | None) -> float:
    return math.inf if price is None else price


def way_over(configuration: Configuration, line: str, number: str, shown: str | None = SHOW_LINE) -> WayOut:
    """How a number is dialled over a line.

    Args:
        shown: See `OutboundRoute.shown`.
    """
    settings = configuration.lines[line]
    outgoing = settings.outgoing
    national = spelled_as_dialled(configuration.country, number) if outgoing.spelling == "national" else number
    dials = outgoing.add + national.removeprefix(outgoing.strip)
    match shown:
        case str(nothing) if nothing == SHOW_NOTHING:
            return WayOut(line, (outgoing.withhold if settings.withholds_by_digits else "") + dials, "")
        case str(ours) if ours == SHOW_LINE:
            return WayOut(line, dials, settings.number)
        case _:
            return WayOut(line, dials, shown)


def _ways_for_help(configuration: Configuration, number: str) -> tuple[WayOut, ...]:
    """Every line, with the number as it is: a mobile network knows it with nothing before it (3GPP TS 22.101 §10.1).

    Those to other offices come last: help would come to where they are.
    """
    named = (line for route in configuration.outbound_routes for line in route.lines if line in configuration.lines)
    every = sorted(dict.fromkeys((*named, *configuration.lines)), key=lambda line: leads_to_office(configuration, line))
    return tuple(WayOut(line, number) for line in every)
