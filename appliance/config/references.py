"""Whether everything a configuration names is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.config.destinations import (
    HANG_UP,
    KINDS,
    OUTSIDE_PREFIX,
    BadDestination,
    HangUp,
    ToConference,
    ToExtension,
    ToMenu,
    ToQueue,
    ToRingGroup,
    ToScript,
    ToVoicemail,
    parse_destination,
)
from appliance.config.doors import door_destinations
from appliance.config.menus import menu_destinations
from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import CallQueue, Configuration, Door, Extension, InboundRoute, RingGroup
from appliance.config.scripts import script_destinations
from appliance.config.teams import named_teams
from appliance.routing.own_numbers import own_number

_ENDS = (HANG_UP, "voicemail:")
"""How destinations begin that nothing can follow."""

DIVERSIONS = ("always", "busy", "no_answer", "unreachable")


def named_destinations(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """(path, text) of every destination of the office."""
    yield "default_desk", configuration.default_desk
    for number, extension in configuration.extensions.items():
        yield from diversions(number, extension)
        if extension.mailbox.operator is not None:
            yield f"extensions.{number}.mailbox.operator", extension.mailbox.operator
    for name, box in configuration.mailboxes.items():
        if box.rules.operator is not None:
            yield f"mailboxes.{name}.rules.operator", box.rules.operator
    for name, group in configuration.ring_groups.items():
        yield f"ring_groups.{name}.then", group.then
    for name, queue in configuration.call_queues.items():
        yield from queue_destinations(name, queue)
    yield from menu_destinations(configuration)
    yield from script_destinations(configuration)
    for at, route in enumerate(configuration.inbound_routes, 1):
        yield f"inbound_routes.{at}.to", route.to
        if route.closed is not None:
            yield f"inbound_routes.{at}.closed", route.closed
        for position, then in enumerate(route.then, 1):
            yield f"inbound_routes.{at}.then.{position}", then
    yield from door_destinations(configuration)


def queue_destinations(name: str, queue: CallQueue) -> Iterator[tuple[str, str]]:
    """(path, text) of where callers of a queue can go on to."""
    yield f"call_queues.{name}.then", queue.then
    if queue.vip_then is not None:
        yield f"call_queues.{name}.vip_then", queue.vip_then
    for key, to in queue.keys.items():
        yield f"call_queues.{name}.keys.{key}", to


def diversions(number: str, extension: Extension) -> Iterator[tuple[str, str]]:
    """(path, text) of where an extension's calls go."""
    for field in DIVERSIONS:
        to = getattr(extension.divert, field)
        if to is not None:
            yield f"extensions.{number}.divert.{field}", to


def check_destinations(configuration: Configuration) -> Iterator[Mistake]:
    """Every destination has a known kind, and what it names exists."""
    for path, text in named_destinations(configuration):
        yield from _check_destination(configuration, path, text)
    for name, door in configuration.doors.items():
        yield from _check_bell(name, door)


def _check_destination(configuration: Configuration, path: str, text: str) -> Iterator[Mistake]:
    try:
        destination = parse_destination(text)
    except BadDestination as bad:
        yield Mistake(path=path, cause=str(bad), did_you_mean=_meant(configuration, text))
        return
    match destination:
        case ToVoicemail(key) if key in configuration.mailboxes:
            return
        case ToExtension(number) | ToVoicemail(number) if number not in configuration.extensions:
            boxes = configuration.mailboxes if isinstance(destination, ToVoicemail) else ()
            yield _unknown(path, text, "extension", number, [*configuration.extensions, *boxes])
        case ToVoicemail(number) if not configuration.extensions[number].voicemail:
            yield Mistake(path=path, cause=f"Extension {number} has no mailbox: its `voicemail` is off.")
        case ToRingGroup(name) if name not in configuration.ring_groups:
            yield _unknown(path, text, "ring group", name, configuration.ring_groups)
        case ToQueue(name) if name not in configuration.call_queues:
            yield _unknown(path, text, "call queue", name, configuration.call_queues)
        case ToConference(name) if name not in configuration.conference_rooms:
            yield _unknown(path, text, "conference room", name, configuration.conference_rooms)
        case ToMenu(name) if name not in configuration.menus:
            yield _unknown(path, text, "menu", name, configuration.menus)
        case ToScript(name) if name not in configuration.scripts:
            yield _unknown(path, text, "script", name, configuration.scripts)


def _meant(configuration: Configuration, text: str) -> str | None:
    """What somebody who wrote no destination may have meant: a bare number, a bare group, a misspelt kind."""
    if text in configuration.extensions:
        return str(ToExtension(text))
    if text in configuration.ring_groups:
        return str(ToRingGroup(text))
    if text in configuration.call_queues:
        return str(ToQueue(text))
    if text in configuration.menus:
        return str(ToMenu(text))
    if text in configuration.scripts:
        return str(ToScript(text))
    kind, colon, name = text.partition(":")
    guess = closest(kind, KINDS if colon else (HANG_UP,))
    return None if guess is None or guess == kind else f"{guess}{colon}{name}"


def _unknown(path: str, text: str, what: str, name: str, known: Iterable[str]) -> Mistake:
    guess = closest(name, known)
    meant = None if guess is None else f"{text.removesuffix(name)}{guess}"
    return Mistake(path=path, cause=f'There is no {what} "{name}".', did_you_mean=meant)


def _check_bell(name: str, door: Door) -> Iterator[Mistake]:
    try:
        rings = parse_destination(door.rings)
    except BadDestination:
        return
    if isinstance(rings, HangUp | ToVoicemail | ToMenu | ToScript):
        yield Mistake(
            path=f"doors.{name}.rings", cause=f'Nobody can open from "{door.rings}"; let it ring people or a group.'
        )


def check_members(configuration: Configuration) -> Iterator[Mistake]:
    """Every team has members, each once, and each exists."""
    for team_path, team in named_teams(configuration):
        path = f"{team_path}.members"
        if not team.members:
            kind = "ring group" if isinstance(team, RingGroup) else "call queue"
            yield Mistake(path=path, cause=f"A {kind} needs at least one member.")
        for at, member in enumerate(team.members, 1):
            here = below(path, at)
            if member in team.members[: at - 1]:
                yield Mistake(path=here, cause=f'"{member}" is a member already.')
            elif own_number(configuration, member.removeprefix(OUTSIDE_PREFIX)) is not None:
                yield Mistake(path=here, cause=f'"{member}" is a number of this office: the team would call itself.')
            elif member.startswith(OUTSIDE_PREFIX):
                yield from _check_destination(configuration, here, member)
            elif member not in configuration.extensions:
                guess = closest(member.removeprefix("extension:"), configuration.extensions)
                yield Mistake(
                    path=here,
                    cause=f'There is no extension "{member}". A member is an extension\'s number, or "outside:+…".',
                    did_you_mean=guess,
                )


def _check_chain(path: str, route: InboundRoute) -> Iterator[Mistake]:
    """Each destination of a chain is reached, and only once."""
    chain = (route.to, *route.then)
    for position, then in enumerate(route.then, 1):
        before = chain[:position]
        if then in before:
            yield Mistake(path=f"{path}.then.{position}", cause=f'"{then}" was tried before in this chain.')
        elif before[-1].startswith(_ENDS):
            yield Mistake(
                path=f"{path}.then.{position}", cause=f'Nothing follows "{before[-1]}", which takes every call.'
            )


def check_routes(configuration: Configuration) -> Iterator[Mistake]:
    """Every inbound route names a line and opening hours that exist."""
    for at, inbound in enumerate(configuration.inbound_routes, 1):
        path = f"inbound_routes.{at}"
        if inbound.line is not None and inbound.line not in configuration.lines:
            yield _unknown(f"{path}.line", inbound.line, "line", inbound.line, configuration.lines)
        if inbound.hours is not None and inbound.hours not in configuration.opening_hours:
            yield _unknown(f"{path}.hours", inbound.hours, "opening hours", inbound.hours, configuration.opening_hours)
        if inbound.closed is not None and inbound.hours is None:
            yield Mistake(path=f"{path}.closed", cause="Without `hours` it is never closed; name them, or leave this.")
        yield from _check_chain(path, inbound)
