"""Whether the calls of doors make sense: where they go, when, and under which number."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.destinations import HANG_UP, BadDestination, HangUp, ToMenu, ToScript, parse_destination
from appliance.config.mistakes import Mistake, closest
from appliance.config.models import Configuration, Door, RelayBy, SipStation
from appliance.config.opening_hours import week_mistakes
from appliance.config.station_makes import MAKES

TAKES_EVERY_VISITOR = "voicemail:"
"""How a destination begins after which no other is tried."""


def door_destinations(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """(path, text) of every destination that doors name."""
    for name, door in configuration.doors.items():
        yield f"doors.{name}.rings", door.rings
        for path, chain in _chains(name, door):
            yield from ((f"{path}.{at}", text) for at, text in enumerate(chain, 1))
        for button, text in door.station.buttons.items() if door.station is not None else ():
            yield f"doors.{name}.station.buttons.{button}", text


def _chains(name: str, door: Door) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"doors.{name}.call.then", door.call.then
    yield f"doors.{name}.call.closed", door.call.closed


def check_door_calls(configuration: Configuration) -> Iterator[Mistake]:
    """Every destination of a door is reached by a visitor who has no keys, once; its hours exist."""
    for name, door in configuration.doors.items():
        for path, chain in _chains(name, door):
            before = (door.rings,) if path.endswith(".then") else ()
            yield from _check_chain(path, chain, before)
        hours = door.call.hours
        if hours is not None and hours not in configuration.opening_hours:
            guess = closest(hours, configuration.opening_hours)
            cause = f'There are no opening hours "{hours}".'
            yield Mistake(path=f"doors.{name}.call.hours", cause=cause, did_you_mean=guess)
        if door.call.closed and hours is None:
            cause = "Without `hours` it is never closed; name them, or leave this."
            yield Mistake(path=f"doors.{name}.call.closed", cause=cause)


def _check_chain(path: str, chain: tuple[str, ...], before: tuple[str, ...]) -> Iterator[Mistake]:
    for at, text in enumerate(chain, 1):
        here, tried = f"{path}.{at}", (*before, *chain[: at - 1])
        if text in tried:
            yield Mistake(path=here, cause=f'"{text}" was tried before in this chain.')
        elif tried and tried[-1].startswith(TAKES_EVERY_VISITOR):
            yield Mistake(path=here, cause=f'Nothing follows "{tried[-1]}", which takes every visitor.')
        else:
            yield from _check_end(here, text)


def _check_end(path: str, text: str) -> Iterator[Mistake]:
    try:
        destination = parse_destination(text)
    except BadDestination:
        return
    if isinstance(destination, HangUp):
        cause = f'Leave "{HANG_UP}" out: after the last destination the visitor hears that nobody comes.'
        yield Mistake(path=path, cause=cause)
    elif isinstance(destination, ToMenu | ToScript):
        yield Mistake(path=path, cause=f'A visitor has no keys for "{text}".')


def check_door_sound(configuration: Configuration) -> Iterator[Mistake]:
    """A real card has a name, and serves one door."""
    used: dict[str, str] = {}
    for name, door in configuration.doors.items():
        sound, path = door.sound, f"doors.{name}.sound.device"
        if sound is None or sound.simulated:
            continue
        if not sound.device:
            cause = "Name the sound card as `aplay -L` does, or write `simulated: true`."
            yield Mistake(path=path, cause=cause)
        elif sound.device in used:
            yield Mistake(path=path, cause=f"This card is already used for the door {used[sound.device]}.")
        used.setdefault(sound.device, name)


def check_digit_hours(configuration: Configuration) -> Iterator[Mistake]:
    """The hours of a door's key can be read, and there is a key they are for."""
    for name, door in configuration.doors.items():
        path = f"doors.{name}.key_hours"
        yield from week_mistakes(path, door.key_hours)
        if door.key_hours and door.open_digit is None:
            yield Mistake(path=path, cause="Without `open_digit` there is no key these hours are for.")


def check_stations(configuration: Configuration) -> Iterator[Mistake]:
    """A SIP station has a make we know, and a relay of its own all that is needed to fire it."""
    for name, door in configuration.doors.items():
        station, path = door.station, f"doors.{name}.station"
        has_relay = station is not None and station.relay is not None
        if has_relay is not (door.pins == "station"):
            cause = (
                "The lock hangs on the relay of the station: write `pins: station`, or leave `station.relay`."
                if has_relay
                else 'Pins "station" need a `station` with a `relay` of its own.'
            )
            yield Mistake(path=f"doors.{name}.pins", cause=cause)
        if station is None:
            continue
        if station.make not in MAKES:
            cause = f'No station is known as "{station.make}"; write one of {", ".join(MAKES)}.'
            yield Mistake(path=f"{path}.make", cause=cause, did_you_mean=closest(station.make, MAKES))
        if door.sound is not None:
            yield Mistake(path=f"doors.{name}.sound", cause="The station has a microphone of its own; leave this.")
        yield from _check_relay(f"{path}.relay", station)
        for button, text in station.buttons.items():
            yield from _check_end(f"{path}.buttons.{button}", text)


def _check_relay(path: str, station: SipStation) -> Iterator[Mistake]:
    relay = station.relay
    if relay is None:
        return
    if relay.by is RelayBy.HTTP:
        if station.make == "other":
            cause = "How a station opens by HTTP depends on its make; name it in `make`."
            yield Mistake(path=f"{path}.by", cause=cause)
        for field in ("address", "password"):
            if getattr(relay, field) is None:
                yield Mistake(path=f"{path}.{field}", cause=f"To open by HTTP the station needs `{field}`.")
    elif relay.opening_code is None:
        yield Mistake(path=f"{path}.opening_code", cause="To open within a call the station expects a code.")


def check_notices(configuration: Configuration) -> Iterator[Mistake]:
    """Notices are about doors that exist, and nobody is told of the same thing twice."""
    told: dict[tuple[str, str], int] = {}
    for at, receiver in enumerate(configuration.notices.receivers, 1):
        path = f"notices.receivers.{at}"
        for position, door in enumerate(receiver.doors, 1):
            if door not in configuration.doors:
                guess = closest(door, configuration.doors)
                cause = f'There is no door "{door}".'
                yield Mistake(path=f"{path}.doors.{position}", cause=cause, did_you_mean=guess)
        first = told.setdefault((receiver.by, receiver.to), at)
        if first != at:
            yield Mistake(path=f"{path}.to", cause=f"{receiver.to} is told by this way already, as receiver {first}.")
