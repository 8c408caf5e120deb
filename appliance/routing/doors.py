"""Who is rung for a door, and which keys count there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from appliance.calls.facts import DtmfTransport
from appliance.calls.names import Party, PartyKind
from appliance.calls.story import AnyStoryFact
from appliance.config.destinations import Destination, parse_destination
from appliance.config.models import Configuration, Door
from appliance.routing.hours import look, zone_of
from appliance.routing.inbound import looked_at

ECHO_SECONDS = 1.5
"""How late a tone of the street may come back from a telephone: a mobile network delays by less than half of it."""

IN_THE_SOUND = frozenset({DtmfTransport.INBAND, DtmfTransport.LINE})
"""Keys that were found as tones in what a party says, where the street may be heard too."""


class Bell(msgspec.Struct, frozen=True):
    """Who is rung, and how that came about."""

    destinations: tuple[Destination, ...]
    """In turn; none: nobody is rung at this time."""
    facts: tuple[AnyStoryFact, ...] = ()
    is_open: bool = True


def bell(configuration: Configuration, door: Door, now: datetime | None, dialled: str = "") -> Bell:
    """Who is rung when the button of a door is pressed.

    Args:
        dialled: What a SIP station's button dials; "" for a button of ours.
        now: None while the clock is not set, which counts as open: see `hours.look`.
    """
    name = door.call.hours
    hours = configuration.opening_hours.get(name) if name is not None else None
    rings = door.station.buttons.get(dialled, door.rings) if door.station is not None else door.rings
    usual = (rings, *(then for then in door.call.then if then != rings))
    if name is None or hours is None:
        return Bell(_parsed(usual))
    openness = look(hours, configuration.timezone, now)
    facts = (looked_at(name, openness, zone_of(hours, configuration.timezone)),)
    return Bell(_parsed(usual if openness.is_open else door.call.closed), facts, openness.is_open)


def _parsed(destinations: Iterable[str]) -> tuple[Destination, ...]:
    return tuple(parse_destination(text) for text in destinations)


def may_open(party: Party, *, incoming: bool) -> bool:
    """Whether a party of a talk with a door may open it by its key: a phone of the house, or a number we rang.

    What sounds in the street never opens (CHECKLIST A15), and neither does a caller from outside who was transferred to
    the door (A13, A17).

    Args:
        incoming: Whether the party called us.
    """
    return party.kind is PartyKind.EXTENSION or (party.kind is PartyKind.OUTSIDE and not incoming)


def may_be_echo(party: Party, transport: DtmfTransport) -> bool:
    """Whether a key may be a tone of the street that came back: out of a telephone's sound, or out of a network, which
    may turn tones that it hears into keys beside the sound."""
    return transport in IN_THE_SOUND or party.kind is PartyKind.OUTSIDE


def is_echo(digit: str, at: float, street: Iterable[tuple[str, float]]) -> bool:
    """Whether a key was heard at the door a moment before, or is heard there now.

    Args:
        at: Monotonic seconds.
        street: Keys heard in the street, each with its monotonic time.
    """
    return any(heard == digit and abs(at - then) <= ECHO_SECONDS for heard, then in street)


def doors_meant(configuration: Configuration, number: str) -> tuple[str, ...]:
    """The doors that somebody means who dials a number with the code for opening; "": all of them."""
    if not number:
        return tuple(configuration.doors)
    return tuple(name for name, door in configuration.doors.items() if door.call.number == number)
