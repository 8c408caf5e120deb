"""Diversions as a person sets them by telephone: where a number she dials leads, and whether she may."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from appliance.config.changes import with_person
from appliance.config.destinations import Destination, ToExtension, ToOutside, ToQueue, ToRingGroup
from appliance.config.loops import check_loops
from appliance.config.models import Configuration, Diversion, DivertRule, Extension
from appliance.routing.codes import GSM_STAR
from appliance.routing.number_kinds import kind_of
from appliance.routing.numbering import (
    DialledExtension,
    DialledGroup,
    DialledOutside,
    DialledQueue,
    classify_dialled,
    to_e164,
)
from appliance.routing.rights import may_dial


class Refusal(StrEnum):
    """Why calls are not diverted."""

    NO_NUMBER = "no-number"
    """What was dialled is no number calls can go to."""
    NOT_ALLOWED = "divert-not-allowed"
    CIRCLE = "circle"
    """Calls would come back to where they are diverted."""
    SECONDS = "wrong-time"
    """The time is shorter or longer than phones may ring."""
    NOT_KEPT = "not-kept"
    """The settings could not be changed."""


class Wanted(NamedTuple):
    """What somebody dialled with a code that diverts."""

    number: str
    after_seconds: float | None
    """How long her phones ring before; None: as long as until now."""


SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, 60.0
"""Of the time; GSM networks take 5 to 30 in steps of 5 (3GPP TS 22.082)."""


def read_wanted(argument: str) -> Wanted | Refusal:
    """The number and the time that were dialled; see `routing.codes.Code.argument_of`."""
    number, _star, time = argument.partition(GSM_STAR)
    if not time:
        return Wanted(number, None)
    seconds = float(time)
    return Wanted(number, seconds) if SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS else Refusal.SECONDS


def divert_to(configuration: Configuration, number: str, rule: DivertRule, dialled: str) -> Destination | Refusal:
    """Where the calls of an extension go by a rule for what its person dialled with a code.

    Emergency numbers are not for callers to be sent to, and short ones have no spelling that is the same everywhere:
    both are no number here. A diversion that the configuration's own check refuses goes in a circle.
    """
    person = configuration.extensions.get(number)
    if person is None:
        return Refusal.NOT_ALLOWED
    found = _destination(configuration, number, person, dialled)
    if isinstance(found, Refusal):
        return found
    return Refusal.CIRCLE if any(check_loops(diverted(configuration, number, rule, found))) else found


def _destination(configuration: Configuration, number: str, person: Extension, dialled: str) -> Destination | Refusal:
    match classify_dialled(configuration, dialled):
        case DialledExtension(number=other):
            return Refusal.CIRCLE if other == number else ToExtension(other)
        case DialledGroup(name=name):
            return ToRingGroup(name)
        case DialledQueue(name=name):
            return ToQueue(name)
        case DialledOutside(number=outside) if to_e164(configuration.country, outside) == outside:
            return ToOutside(outside) if may_divert_to(configuration.country, person, outside) else Refusal.NOT_ALLOWED
        case _:
            return Refusal.NO_NUMBER


def may_divert_to(country: str, person: Extension, outside: str) -> bool:
    """Whether a person may divert her calls to a number outside (E.164; CHECKLIST D15).

    The right to any number is one to those she may dial: a thief of her password would divert to dear ones.
    """
    if outside == person.mobile or outside in person.divert.allowed:
        return True
    return person.may_divert_outside and person.may_call_outside and may_dial(person, kind_of(country, outside))


def diverted(
    configuration: Configuration,
    number: str,
    rule: DivertRule,
    to: Destination | None,
    after_seconds: float | None = None,
) -> Configuration:
    """The configuration with another diversion of an extension; None: none by this rule.

    Args:
        after_seconds: How long the phones ring before; None: as long as until now.
    """
    person = configuration.extensions.get(number)
    if person is None:
        return configuration
    text = None if to is None else str(to)
    seconds = person.divert.after_seconds if after_seconds is None else after_seconds
    changed = msgspec.structs.replace(person.divert, **{rule.value: text}, after_seconds=seconds)
    return with_person(configuration, number, divert=changed)


def undiverted(configuration: Configuration, number: str) -> Configuration:
    """The configuration without any diversion of an extension."""
    for rule in DivertRule:
        configuration = diverted(configuration, number, rule, None)
    return configuration


def rules_in_use(divert: Diversion) -> dict[DivertRule, str]:
    """The destinations of the rules that have one."""
    found = {rule: getattr(divert, rule.value) for rule in DivertRule}
    return {rule: to for rule, to in found.items() if to is not None}
