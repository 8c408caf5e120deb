"""Who calls: a number as the person, the lists and the region behind it, and which callers a pattern means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec

from appliance.config.models import Configuration, Contact
from appliance.routing.numbering import WITHHELD, caller_number, spellings, to_e164

ANY_REST = "*"
LIST_PREFIX = "list:"
REGION_PREFIX = "region:"
LONGEST_NAME = 80
"""Characters of a name the network sent."""

_SEPARATORS = re.compile(r"[ ()/-]")


class Group(StrEnum):
    """Patterns that mean callers by what is known of them."""

    WITHHELD = "withheld"
    VIP = "vip"
    CONTACT = "contact"
    UNKNOWN = "unknown"
    """Shows a number that belongs to no contact."""
    SPAM = "spam"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, as far as a number tells."""

    number: str
    """E.164 where it is one, as the network gave it otherwise; "" when withheld."""
    name: str = ""
    """The contact's, or the one the network sent; "" for none."""
    contact: Contact | None = None
    key: str = ""
    """Of the contact in `contacts`; "" for none."""
    written: tuple[str, ...] = ()
    """Ways to write the number, for comparing it with patterns."""
    is_spam: bool = False
    is_colleague: bool = False
    """An extension that calls one of our own outside numbers."""

    @property
    def is_withheld(self) -> bool:
        return self.number == WITHHELD and not self.is_colleague

    @property
    def is_unknown(self) -> bool:
        return not self.is_withheld and not self.is_colleague and self.contact is None

    @property
    def shown_name(self) -> str:
        """What a display shows beside the number: the name, or the doubt; "" for nothing but the number."""
        return f"Spam? {self.name or self.number}" if self.is_spam else self.name


def who_calls(configuration: Configuration, shown: str, network_name: str = "") -> Caller:
    """The caller behind a number.

    Args:
        shown: The number as the line gave it; "" when withheld.
        network_name: The name the network sent along, if any; a contact's own name counts more. What cannot be shown
            in it is left out.

    One look-up, however many contacts there are.
    """
    number = _whole(configuration, caller_number(configuration.country, shown))
    key = _index(_Same(configuration.contacts)).numbers.get(number, "") if number != WITHHELD else ""
    contact = configuration.contacts.get(key)
    caller = Caller(
        number=number,
        name=_showable(network_name) if contact is None else contact.name,
        contact=contact,
        key=key,
        written=() if number == WITHHELD else spellings(configuration.country, number),
    )
    doubtful = contact is None and is_any_of(configuration, configuration.screening.spam, caller)
    return msgspec.structs.replace(caller, is_spam=doubtful and not is_allowed(configuration, caller))


def who_is(configuration: Configuration, caller: Caller, customer_number: str) -> Caller | None:
    """The caller as the contact with a customer number; None when no contact has it."""
    key = _index(_Same(configuration.contacts)).customers.get(customer_number)
    if key is None:
        return None
    contact = configuration.contacts[key]
    return msgspec.structs.replace(caller, name=contact.name, contact=contact, key=key, is_spam=False)


def colleague(number: str, name: str) -> Caller:
    """An extension, as the caller of one of our own outside numbers."""
    return Caller(number=number, name=name, written=(number,), is_colleague=True)


def is_meant(configuration: Configuration, pattern: str, caller: Caller) -> bool:
    """Whether a pattern means a caller; see `CallerPattern` for how it is written.

    A number, or its beginning, may be written with the plus sign or as people of the country dial.
    """
    match pattern:
        case Group.WITHHELD:
            return caller.is_withheld
        case Group.VIP:
            return caller.contact is not None and caller.contact.vip
        case Group.CONTACT:
            return caller.contact is not None
        case Group.UNKNOWN:
            return caller.is_unknown
        case Group.SPAM:
            return caller.is_spam
    if pattern.startswith(LIST_PREFIX):
        return caller.contact is not None and pattern.removeprefix(LIST_PREFIX) in caller.contact.lists
    if pattern.startswith(REGION_PREFIX):
        prefixes = configuration.regions.get(pattern.removeprefix(REGION_PREFIX), ())
        return any(form.startswith(prefixes) for form in caller.written)
    digits = _SEPARATORS.sub("", pattern)
    if digits.endswith(ANY_REST):
        return any(form.startswith(digits.removesuffix(ANY_REST)) for form in caller.written)
    return digits in caller.written


def is_any_of(configuration: Configuration, patterns: Iterable[str], caller: Caller) -> bool:
    """Whether one of the patterns means a caller."""
    return any(is_meant(configuration, pattern, caller) for pattern in patterns)


def is_named(patterns: Iterable[str], caller: Caller) -> bool:
    """Whether the caller's whole number is among the patterns."""
    return any(_SEPARATORS.sub("", pattern) in caller.written for pattern in patterns)


def is_allowed(configuration: Configuration, caller: Caller) -> bool:
    """Whether the owner said that this caller may always get through."""
    if caller.contact is not None and caller.contact.allowed:
        return True
    return is_any_of(configuration, configuration.screening.allowed, caller)


def rings_at_night(configuration: Configuration, caller: Caller) -> bool:
    """Whether the caller may disturb people while the office is closed."""
    if caller.contact is not None and caller.contact.rings_at_night:
        return True
    return is_any_of(configuration, configuration.screening.night, caller)


def _showable(name: str) -> str:
    """A name from outside as displays and pages may show it: printable, and no longer than names here are."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(printable.split())[:LONGEST_NAME]


def _whole(configuration: Configuration, number: str) -> str:
    """A local number with the office's own area before it, where that makes it whole."""
    area = configuration.contact_manager.area_prefix
    if not area or number == WITHHELD or number.startswith("+"):
        return number
    return to_e164(configuration.country, area + number) or number


class _Same:
    """A table of contacts that equals only itself, so that its index is made once for each configuration."""

    def __init__(self, contacts: Mapping[str, Contact]) -> None:
        self.contacts = contacts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.contacts is self.contacts

    def __hash__(self) -> int:
        return id(self.contacts)


class _Index(NamedTuple):
    """Keys of contacts."""

    numbers: Mapping[str, str]
    customers: Mapping[str, str]
    """By customer number."""


@lru_cache(maxsize=4)
def _index(same: _Same) -> _Index:
    book = same.contacts.items()
    return _Index(
        numbers={number: key for key, contact in book for number in contact.numbers},
        customers={contact.customer_number: key for key, contact in book if contact.customer_number is not None},
    )
