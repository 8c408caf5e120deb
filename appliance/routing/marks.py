"""How callers are marked: blocked, allowed, doubtful, heard at night, or of special weight; listed, set and taken off.

A mark is either a pattern of `screening` or a switch of a contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from appliance.config.models import Configuration, Contact
from appliance.errors import PorterError
from appliance.routing.block_list import blockable
from appliance.routing.callers import who_calls

CONTACT_PREFIX = "contact:"


class MarkKind(StrEnum):
    """What a mark says."""

    BLOCKED = "blocked"
    ALLOWED = "allowed"
    SPAM = "spam"
    NIGHT = "night"
    VIP = "vip"


class Mark(NamedTuple):
    """One mark and whose it is."""

    kind: MarkKind
    who: str
    """A pattern, or `contact:KEY`."""
    name: str
    """The contact's; "" for a pattern."""
    numbers: tuple[str, ...]


class NoSuchMark(PorterError):
    """There is no mark to take off, or nobody to put it on."""


_LISTS = (MarkKind.BLOCKED, MarkKind.ALLOWED, MarkKind.SPAM, MarkKind.NIGHT)
"""Kinds that `screening` has under the same name."""

_SWITCHES: Mapping[MarkKind, str] = {
    MarkKind.BLOCKED: "blocked",
    MarkKind.ALLOWED: "allowed",
    MarkKind.NIGHT: "rings_at_night",
    MarkKind.VIP: "vip",
}
"""Kinds that a contact has, and what they are called there."""


def marks(configuration: Configuration) -> Iterator[Mark]:
    """Every mark, patterns before contacts."""
    for kind in MarkKind:
        if kind in _LISTS:
            for pattern in getattr(configuration.screening, kind):
                yield Mark(kind, pattern, "", (pattern,))
        if (switch := _SWITCHES.get(kind)) is not None:
            for key, contact in configuration.contacts.items():
                if getattr(contact, switch):
                    yield Mark(kind, f"{CONTACT_PREFIX}{key}", contact.name, contact.numbers)


def marked(configuration: Configuration, kind: str, who: str, *, on: bool) -> Configuration:
    """The configuration with a mark put on or taken off. What is so already stays.

    Args:
        who: A pattern, or `contact:KEY`; a number of a contact where only contacts can have the mark.

    Raises:
        NoSuchMark: There is no such kind, contact or mark, or the number must not be blocked.
    """
    if kind not in set(MarkKind):
        raise NoSuchMark(f'"{kind}" is no mark.', f"Write one of: {', '.join(MarkKind)}.")
    meant = MarkKind(kind)
    if who.startswith(CONTACT_PREFIX):
        return _contact_marked(configuration, meant, who.removeprefix(CONTACT_PREFIX), on=on)
    if meant not in _LISTS:
        key = who_calls(configuration, who).key
        if not key:
            raise NoSuchMark(f"{who} belongs to no contact.", "Add the contact first, in the configuration.")
        return _contact_marked(configuration, meant, key, on=on)
    return _pattern_marked(configuration, meant, who, on=on)


def _pattern_marked(configuration: Configuration, kind: MarkKind, pattern: str, *, on: bool) -> Configuration:
    before: tuple[str, ...] = getattr(configuration.screening, kind)
    if not on and pattern not in before:
        raise NoSuchMark(f"{pattern} is not marked as {kind}.")
    if on and kind is MarkKind.BLOCKED and pattern.lstrip("+").isdigit() and blockable(configuration, pattern) is None:
        raise NoSuchMark(f"{pattern} must not be blocked.", "Help that calls back and our own lines must get through.")
    after = tuple(one for one in before if one != pattern) + ((pattern,) if on else ())
    screening = msgspec.structs.replace(configuration.screening, **{kind.value: after})
    return msgspec.structs.replace(configuration, screening=screening)


def _contact_marked(configuration: Configuration, kind: MarkKind, key: str, *, on: bool) -> Configuration:
    contact: Contact | None = configuration.contacts.get(key)
    switch = _SWITCHES.get(kind)
    if contact is None:
        raise NoSuchMark(f'There is no contact "{key}".')
    if switch is None:
        raise NoSuchMark(f"A contact cannot be marked as {kind}.", "Name a number or its beginning.")
    if not on and not getattr(contact, switch):
        raise NoSuchMark(f"{contact.name} is not marked as {kind}.")
    changed = msgspec.structs.replace(contact, **{switch: on})
    return msgspec.structs.replace(configuration, contacts={**configuration.contacts, key: changed})
