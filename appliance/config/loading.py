"""A configuration from text or plain data, and back. Text in, text out: who reads and writes files is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from appliance.config import (
    balances,
    callers,
    diversion,
    door_pins,
    doors,
    loops,
    mailboxes,
    menus,
    opening_hours,
    outbound,
    plausibility,
    prompts,
    queues,
    references,
    rooms,
    scripts,
    sip_lines,
    supervision,
    teams,
    uniqueness,
)
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.migrations import migrated
from appliance.config.mistakes import ConfigurationInvalid, Mistake, is_at_or_below
from appliance.config.models import Configuration
from appliance.config.shape import shape
from appliance.config.text import read_yaml, write_yaml
from appliance.routing.outbound import WhyNot, ways_out

Check = Callable[[Configuration], Iterator[Mistake]]

CHECKS: tuple[Check, ...] = (
    plausibility.check_place,
    references.check_destinations,
    references.check_members,
    doors.check_door_calls,
    doors.check_door_sound,
    doors.check_stations,
    doors.check_notices,
    teams.check_teams,
    diversion.check_diversions,
    queues.check_queues,
    queues.check_queue_conditions,
    menus.check_menus,
    scripts.check_scripts,
    scripts.check_surveys,
    scripts.check_calendars,
    references.check_routes,
    outbound.check_outbound,
    balances.check_balances,
    sip_lines.check_sip_lines,
    supervision.check_supervision,
    uniqueness.check_numbers,
    uniqueness.check_codes,
    uniqueness.check_accounts,
    uniqueness.check_hardware,
    door_pins.check_door_pins,
    doors.check_digit_hours,
    uniqueness.check_route_names,
    opening_hours.check_hours,
    plausibility.check_people,
    plausibility.check_pins,
    plausibility.check_lines,
    callers.check_contacts,
    callers.check_contact_manager,
    callers.check_screening,
    callers.check_callers,
    prompts.check_prompts,
    rooms.check_rooms,
    rooms.check_speed_dials,
    mailboxes.check_mailboxes,
    mailboxes.check_mail,
    loops.check_loops,
)


def parse(text: str) -> Configuration:
    """The configuration a YAML (or JSON) text describes.

    Raises:
        ConfigurationInvalid: With every mistake and its line.
    """
    document = read_yaml(text)
    configuration, mistakes = _read(document.data)
    found = [*document.mistakes, *(_with_line(mistake, document.lines) for mistake in mistakes)]
    if found:
        raise ConfigurationInvalid(sorted(found, key=lambda mistake: mistake.line or 0))
    return configuration


def from_plain(data: object) -> Configuration:
    """The configuration that tables, lists and scalars describe, as JSON or TinyDB give them.

    Raises:
        ConfigurationInvalid: With every mistake.
    """
    configuration, mistakes = _read(data)
    if mistakes:
        raise ConfigurationInvalid(mistakes)
    return configuration


def check(configuration: Configuration) -> tuple[Mistake, ...]:
    """What is wrong with a configuration that was made in code; empty when it can be used."""
    return tuple(_read(to_plain(configuration))[1])


def find_warnings(configuration: Configuration) -> tuple[Mistake, ...]:
    """What can be used but is probably not meant."""
    return (
        *loops.warn_of_loops(configuration),
        *teams.warn_of_teams(configuration),
        *queues.warn_of_queues(configuration),
        *menus.warn_of_menus(configuration),
        *outbound.warn_of_outbound(configuration),
        *door_pins.warn_of_door_pins(configuration),
        *_calls_nobody_carries(configuration),
    )


def to_plain(configuration: Configuration) -> dict[str, Any]:
    """The configuration as tables, lists and scalars: the schema, and all that differs from the default."""
    return {"schema": configuration.schema, **_plain(configuration)}


def export(configuration: Configuration) -> str:
    """The configuration as YAML, in the order of the models; `parse` gives an equal one."""
    return write_yaml(to_plain(configuration))


def _read(data: object) -> tuple[Configuration, list[Mistake]]:
    """The configuration and all mistakes; those of a check about a place that could not even be read are left out."""
    configuration, mistakes, stand_ins = shape(Configuration, migrated(data))
    found = [mistake for check_one in CHECKS for mistake in check_one(configuration)]
    checked = [mistake for mistake in found if not any(is_at_or_below(mistake.path, path) for path in stand_ins)]
    return configuration, [*mistakes, *checked]


def _with_line(mistake: Mistake, lines: Mapping[str, int]) -> Mistake:
    """The mistake with the line of its place, or of the nearest place around it that is written."""
    path = mistake.path
    while path not in lines and path:
        path = path.rpartition(".")[0]
    return msgspec.structs.replace(mistake, line=lines.get(path))


def _calls_nobody_carries(configuration: Configuration) -> Iterator[Mistake]:
    for path, text in references.named_destinations(configuration):
        number = text.removeprefix(OUTSIDE_PREFIX)
        if number != text and ways_out(configuration, number, None, None).refused is WhyNot.NO_ROUTE:
            yield Mistake(path=path, cause=f"No outbound route carries {number}.")


def _plain(value: object) -> Any:
    match value:
        case msgspec.Struct():
            tag = value.__struct_config__
            said = {} if tag.tag is None else {str(tag.tag_field): tag.tag}
            for field in _fields(type(value)):
                part = getattr(value, field.name)
                if field.required or part != _default(field):
                    said[field.encode_name] = _plain(part)
            return said
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case tuple():
            return [_plain(part) for part in value]
        case bool():
            return value
        case float() if value.is_integer():
            return int(value)
        case str():
            return str(value)
        case _:
            return value


@cache
def _fields(model: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Looking them up resolves every annotation anew, which takes a second for a thick phone book."""
    return msgspec.structs.fields(model)


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default
