"""Calls that are sent on and on: when they go round, and where they end then."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.config.destinations import (
    BadDestination,
    Destination,
    ToExtension,
    ToQueue,
    ToRingGroup,
    ToVoicemail,
    parse_destination,
)
from appliance.config.models import CallQueue, Configuration, RingGroup

MOST_HOPS = 10
"""After so many destinations, none is tried again."""

MOST_TRIES = 2
"""How often one destination is tried: who was busy a minute ago may be free now, but a third time is a circle."""


def circle(trail: Sequence[str], destination: str) -> tuple[str, ...]:
    """The destinations a call goes round, the first one again at the end; () while it does not.

    Args:
        trail: Where the call has been since a person last decided about it, oldest first.
        destination: Where it is sent now.
    """
    tried = trail.count(destination)
    if tried < MOST_TRIES and (tried == 0 or len(trail) < MOST_HOPS):
        return ()
    latest = len(trail) - 1 - list(reversed(trail)).index(destination)
    return (*trail[latest:], destination)


def last_mailbox(configuration: Configuration) -> str | None:
    """The mailbox for a caller whom nobody takes: the default desk's; None when it has none."""
    for destination in _behind(configuration, configuration.default_desk):
        match destination:
            case ToExtension(number=box) | ToVoicemail(box=box):
                person = configuration.extensions.get(box)
                if person is not None and person.voicemail:
                    return box
    return None


def _behind(configuration: Configuration, text: str) -> list[Destination]:
    """A destination; for a group or queue what follows it, and its members."""
    destination = _parsed(text)
    group: RingGroup | CallQueue | None = None
    match destination:
        case ToRingGroup(name=name):
            group = configuration.ring_groups.get(name)
        case ToQueue(name=name):
            group = configuration.call_queues.get(name)
    if group is None:
        return [destination] if destination is not None else []
    follows = _parsed(group.then)
    return [*([follows] if follows is not None else []), *(ToExtension(member) for member in group.members)]


def _parsed(text: str) -> Destination | None:
    try:
        return parse_destination(text)
    except BadDestination:
        return None
