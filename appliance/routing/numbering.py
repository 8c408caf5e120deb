"""What a number means: dialled digits as what the office has, and numbers of the outside in one spelling.

The numbering plans come from `phonenumbers` (a port of Google's libphonenumber). Its geocoder is never used.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

import msgspec
import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult, shortnumberinfo

from appliance.config.destinations import (
    Destination,
    ToConference,
    ToExtension,
    ToMenu,
    ToQueue,
    ToRingGroup,
    ToScript,
)
from appliance.config.models import Configuration, Feature
from appliance.routing.branches import branch_of
from appliance.routing.codes import read_code

EVERYWHERE_EMERGENCY = "112"
"""Every GSM network takes it, with or without a SIM (3GPP TS 22.101 §10.1.1), so every office does."""

WITHHELD = ""
"""The number of a caller who does not show one."""

_SEPARATORS = re.compile(r"[\s()./\u00a0\u2010-\u2015-]")
_DIGITS = re.compile(r"\+?[0-9]{1,20}")
_HIDDEN = frozenset({"", "anonymous", "withheld", "restricted", "private", "unavailable", "unknown", "p", "o"})
"""How networks write a caller who does not show a number; "P" and "O" are those of V.253 caller id."""


class Dialled(msgspec.Struct, frozen=True, tag=True):
    """What somebody dialled."""


class DialledEmergency(Dialled, frozen=True):
    """An emergency number of the country: on any line, without asking for rights."""

    number: str


class DialledExtension(Dialled, frozen=True):
    """A person of the house."""

    number: str


class DialledGroup(Dialled, frozen=True):
    """A ring group, by its number."""

    name: str


class DialledQueue(Dialled, frozen=True):
    """A call queue, by its number."""

    name: str


class DialledRoom(Dialled, frozen=True):
    """A conference room, by its number."""

    name: str


class DialledAttendant(Dialled, frozen=True):
    """A menu or a script of the auto attendant, by its number."""

    destination: ToMenu | ToScript


class DialledDoor(Dialled, frozen=True):
    """A door, by the number that displays show for it."""

    name: str


class DialledPark(Dialled, frozen=True):
    """Parking in any free slot; meant for a transfer."""


class DialledSlot(Dialled, frozen=True):
    """A park slot: fetches who waits in it, or is the slot to park in."""

    slot: str


class DialledCode(Dialled, frozen=True):
    """A feature code."""

    feature: Feature
    number: str = ""
    """The number dialled with it; "" without one."""


class DialledOutside(Dialled, frozen=True):
    """A number outside of the house."""

    number: str
    """E.164 with its plus sign, or a short number of the country as it is dialled."""


class DialledBranch(Dialled, frozen=True):
    """A short number of another office of ours."""

    line: str
    number: str


class DialledNothing(Dialled, frozen=True):
    """Nothing this office knows."""


AnyDialled = (
    DialledEmergency
    | DialledExtension
    | DialledGroup
    | DialledQueue
    | DialledRoom
    | DialledAttendant
    | DialledDoor
    | DialledPark
    | DialledSlot
    | DialledCode
    | DialledOutside
    | DialledBranch
    | DialledNothing
)


class ShortNumberUse(StrEnum):
    """Why a short number of the country is, or is not, put through."""

    NONE = "none"
    ORDINARY = "ordinary"
    PREMIUM = "premium"


def classify_dialled(configuration: Configuration, dialled: str) -> AnyDialled:
    """What the office does for what was dialled.

    Args:
        dialled: As it was dialled, separators and a closing `#` allowed.

    An emergency number comes before everything the office gave a number to, so that nothing can shadow it.
    """
    keys = _SEPARATORS.sub("", dialled)
    number = keys.removesuffix("#")
    if is_emergency(configuration.country, number):
        return DialledEmergency(number)
    if number.startswith(("*", "#")):
        return _feature_code(configuration, keys)
    return _internal(configuration, number) or _branch(configuration, number) or _outside(configuration, number)


def destination_of(dialled: AnyDialled) -> Destination | None:
    """What of the house was dialled, as a destination; None for everything else."""
    match dialled:
        case DialledExtension(number=number):
            return ToExtension(number)
        case DialledGroup(name=name):
            return ToRingGroup(name)
        case DialledQueue(name=name):
            return ToQueue(name)
        case DialledRoom(name=name):
            return ToConference(name)
        case DialledAttendant(destination=destination):
            return destination
    return None


def _feature_code(configuration: Configuration, dialled: str) -> AnyDialled:
    code = read_code(configuration, dialled)
    if code is None:
        return DialledNothing()
    if code.feature is Feature.SPEED_DIAL and code.argument in configuration.speed_dials:
        return classify_dialled(configuration, configuration.speed_dials[code.argument])
    return DialledCode(code.feature, code.argument)


def _internal(configuration: Configuration, number: str) -> AnyDialled | None:
    if number in configuration.extensions:
        return DialledExtension(number)
    for name, group in configuration.ring_groups.items():
        if group.number == number:
            return DialledGroup(name)
    for name, queue in configuration.call_queues.items():
        if queue.number == number:
            return DialledQueue(name)
    for name, room in configuration.conference_rooms.items():
        if room.number == number:
            return DialledRoom(name)
    if number == configuration.parking.number:
        return DialledPark()
    if number in configuration.parking.slots:
        return DialledSlot(number)
    return _attendant(configuration, number) or _door(configuration, number)


def _attendant(configuration: Configuration, number: str) -> AnyDialled | None:
    for name, menu in configuration.menus.items():
        if menu.number == number:
            return DialledAttendant(ToMenu(name))
    for name, script in configuration.scripts.items():
        if script.number == number:
            return DialledAttendant(ToScript(name))
    return None


def _door(configuration: Configuration, number: str) -> DialledDoor | None:
    named = (name for name, door in configuration.doors.items() if door.call.number == number)
    return next(map(DialledDoor, named), None)


def _branch(configuration: Configuration, number: str) -> AnyDialled | None:
    line = branch_of(configuration, number)
    return DialledBranch(line, number) if line is not None else None


def _outside(configuration: Configuration, number: str) -> AnyDialled:
    whole = to_e164(configuration.country, number)
    if whole is not None:
        return DialledOutside(whole)
    if short_number_use(configuration.country, number) is not ShortNumberUse.NONE:
        return DialledOutside(number)
    return DialledNothing()


def is_emergency(country: str, number: str) -> bool:
    """Whether a dialled number calls help in a country (ISO 3166): 112 anywhere, and the country's own."""
    if not number.isascii() or not number.isdigit():
        return False
    return number == EVERYWHERE_EMERGENCY or shortnumberinfo.is_emergency_number(number, country)


@cache
def emergency_numbers(country: str) -> tuple[str, ...]:
    """The emergency numbers of a country that have two or three digits, as all but very few have; 112 first."""
    short = (f"{number:0{digits}}" for digits in (2, 3) for number in range(10**digits))
    own = (number for number in short if is_emergency(country, number))
    return tuple(dict.fromkeys((EVERYWHERE_EMERGENCY, *own)))


def short_number_use(country: str, number: str) -> ShortNumberUse:
    """Whether a country has a short number, such as 1188 or 116111, and whether calling it costs extra."""
    if not number.isascii() or not number.isdigit() or not 3 <= len(number) <= 6:
        return ShortNumberUse.NONE
    # A number of a region without a leading zero can be built as it is; parse() refuses some short numbers.
    short = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(country), national_number=int(number)
    )
    if number.startswith("0") or not shortnumberinfo.is_valid_short_number_for_region(short, country):
        return ShortNumberUse.NONE
    cost = shortnumberinfo.expected_cost_for_region(short, country)
    if cost == shortnumberinfo.ShortNumberCost.PREMIUM_RATE:
        return ShortNumberUse.PREMIUM
    return ShortNumberUse.ORDINARY


def to_e164(country: str, number: str) -> str | None:
    """A number of the outside as E.164 with its plus sign; None when it is too short, too long, or not digits.

    Args:
        country: ISO 3166; how numbers without a plus sign are read, with the country's own international prefix.
    """
    digits = _SEPARATORS.sub("", number)
    if _DIGITS.fullmatch(digits) is None:
        return None
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    whole = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    # A zero after the country's code is dropped as a trunk prefix, and so would be the next one.
    return whole if whole == digits else to_e164(country, whole)


def caller_number(country: str, shown: str) -> str:
    """A caller's number as a network gave it: E.164 where it is one, "" when withheld, else just as it came.

    A network may show a name or a short number as the caller (3GPP TS 23.038 alphanumeric senders): those are kept.
    """
    if shown.strip().lower() in _HIDDEN:
        return WITHHELD
    return to_e164(country, shown) or _without_plus(shown) or shown.strip()


def _without_plus(shown: str) -> str | None:
    """A whole number that lacks only its plus sign, as SIP operators give it; None when nobody can have it."""
    digits = _SEPARATORS.sub("", shown)
    if not re.fullmatch(r"[1-9][0-9]{9,14}", digits):
        return None
    try:
        parsed = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None
    return f"+{digits}" if phonenumbers.is_valid_number(parsed) else None


def spellings(country: str, number: str) -> tuple[str, ...]:
    """How a number may be written in a country: E.164, with 00, and as dialled within the country it belongs to."""
    whole = to_e164(country, number)
    if whole is None:
        return (number,)
    parsed = phonenumbers.parse(whole, None)
    forms = [whole, f"00{whole[1:]}"]
    if phonenumbers.country_code_for_region(country) == parsed.country_code:
        national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
        forms += [re.sub(r"\D", "", national), phonenumbers.national_significant_number(parsed)]
    return tuple(dict.fromkeys(forms))
