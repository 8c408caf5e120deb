"""Whether a call could be sent round in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from appliance.config.destinations import ToExtension, ToMenu, ToOutside, ToQueue, ToRingGroup, ToScript
from appliance.config.menus import exits
from appliance.config.mistakes import Mistake
from appliance.config.models import Configuration, DivertRule
from appliance.config.references import diversions, queue_destinations
from appliance.routing.numbering import to_e164
from appliance.routing.own_numbers import OwnNumber, own_numbers


class Way(NamedTuple):
    """One way a call can go on."""

    path: str
    to: str
    is_certain: bool
    """Whether every call takes it that nobody answers."""


def check_loops(configuration: Configuration) -> Iterator[Mistake]:
    """No call goes in circles for sure: by diversions that always apply, and groups where nobody answers."""
    certain = {place: [way for way in ways if way.is_certain] for place, ways in _ways(configuration).items()}
    yield from _circles(certain, "Calls would go in circles: {circle}. Let one of these lead somewhere else.")


def warn_of_loops(configuration: Configuration) -> Iterator[Mistake]:
    """Circles a call only takes while several people are busy, away or do not answer at once. It is given up after
    some rounds, but the caller waits for long."""
    ways = _ways(configuration)
    certain = {mistake.path for mistake in check_loops(configuration)}
    found = _circles(ways, "When none of them answers, calls go in circles: {circle}.")
    yield from (warning for warning in found if warning.path not in certain)


def _ways(configuration: Configuration) -> dict[str, list[Way]]:
    """From each extension and group, where a call can go on to."""
    ways: dict[str, list[Way]] = {}
    for number, extension in configuration.extensions.items():
        is_certain = DivertRule.ALWAYS not in extension.divert.when
        found = [Way(path, to, is_certain and path.endswith(".always")) for path, to in diversions(number, extension)]
        always = [way for way in found if way.is_certain]
        ways[str(ToExtension(number))] = always or found
    for name, group in configuration.ring_groups.items():
        ways[str(ToRingGroup(name))] = [Way(f"ring_groups.{name}.then", group.then, True)]
    for name, queue in configuration.call_queues.items():
        found = [Way(path, to, path.endswith(".then")) for path, to in queue_destinations(name, queue)]
        ways[str(ToQueue(name))] = found
    for name, menu in configuration.menus.items():
        ways[str(ToMenu(name))] = [Way(path, to, True) for path, to in exits(configuration, name, menu)]
    for name, script in configuration.scripts.items():
        way = Way(f"scripts.{name}.then", script.then or configuration.default_desk, True)
        ways[str(ToScript(name))] = [way]
    for own in own_numbers(configuration):
        ways.setdefault(str(ToOutside(own.number)), list(_from_outside(configuration, own)))
    return ways


def _from_outside(configuration: Configuration, own: OwnNumber) -> Iterator[Way]:
    """Where a call to a number of our own can go: by each route that may be meant for it, or to the default desk."""
    for at, route in enumerate(configuration.inbound_routes, 1):
        did = to_e164(configuration.country, route.did) if route.did is not None else own.number
        if did == own.number and route.line in (None, own.line):
            path = f"inbound_routes.{at}"
            yield Way(f"{path}.to", route.to, False)
            yield from (Way(f"{path}.then.{position}", then, False) for position, then in enumerate(route.then, 1))
            if route.closed is not None:
                yield Way(f"{path}.closed", route.closed, False)
    yield Way("default_desk", configuration.default_desk, False)


def _circles(ways: Mapping[str, list[Way]], cause: str) -> Iterator[Mistake]:
    """One mistake for each place that leads back to itself and is not in a circle told already."""
    told: set[str] = set()
    for start in ways:
        if start not in told and (circle := _way_back(ways, start)):
            told.update(circle)
            drawn = " → ".join((*circle, start))
            first = next(way for way in ways[start] if way.to == (circle[1:] or [start])[0])
            yield Mistake(path=first.path, cause=cause.format(circle=drawn))


def _way_back(ways: Mapping[str, list[Way]], start: str) -> list[str]:
    """The places of a shortest circle through `start`, beginning with it; empty when there is none."""
    came_from: dict[str, str] = {}
    edge = [start]
    for place in edge:
        for way in ways.get(place, ()):
            if way.to == start:
                return _traced(came_from, start, place)
            if way.to not in came_from:
                came_from[way.to] = place
                edge.append(way.to)
    return []


def _traced(came_from: Mapping[str, str], start: str, end: str) -> list[str]:
    places = [end]
    while places[-1] != start:
        places.append(came_from[places[-1]])
    return places[::-1]
