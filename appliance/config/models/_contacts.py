"""Contacts: people outside whom the office knows, and the beginnings of numbers that make a region."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Language, Model, Name, OutsideNumber, Seconds, ShownName

CustomerNumber = Annotated[str, Meta(pattern=r"^[0-9]{2,12}$", description="a number of 2 to 12 digits")]
NumberPrefix = Annotated[
    str, Meta(pattern=r"^\+?[0-9]{1,15}$", description='the first digits of numbers, such as "+371" or "67"')
]


class Contact(Model, frozen=True, kw_only=True):
    """Somebody outside who calls, or is called."""

    name: ShownName
    numbers: tuple[OutsideNumber, ...] = ()
    """Each belongs to one contact only."""
    language: Language | None = None
    """What this caller is spoken to in; None: the office's."""
    lists: tuple[Name, ...] = ()
    """Lists of `contact_lists` this contact is on."""
    vip: bool = False
    responsible: DialledNumber | None = None
    """The extension that is rung first when this contact calls; None: nobody in particular."""
    customer_number: CustomerNumber | None = None
    """What the caller keys in when he calls from elsewhere."""
    note: str = ""
    """For the people of the office; never said or shown to the caller."""
    blocked: bool = False
    allowed: bool = False
    """Never taken for spam and never asked who it is."""
    rings_at_night: bool = False
    """Rings people also while the office is closed."""
    greeting: str = ""
    """Spoken to this caller in place of the usual greeting by name; "" for the usual one."""


class KnownBy(StrEnum):
    """How the person responsible for a caller is found."""

    CONTACTS = "contacts"
    """By `responsible` of the contact."""
    LAST_TALK = "last_talk"
    """Whoever of the office talked last with this number, in or out."""


class ContactManager(Model, frozen=True, kw_only=True):
    """A known caller rings the person responsible before the usual destination."""

    sources: tuple[KnownBy, ...] = (KnownBy.CONTACTS,)
    """The first one that knows somebody decides; none: callers go the usual way."""
    never: tuple[DialledNumber, ...] = ()
    """Extensions that are not rung this way, such as the boss's."""
    also_mobile: bool = False
    """Ring the person's mobile together with the phones."""
    ring_seconds: Seconds = 15.0
    """Then the caller goes the usual way."""
    greet_by_name: bool = False
    """Known callers are greeted by name before it rings. They are answered for it where the line needs that."""
    area_prefix: Annotated[str, Meta(pattern=r"^\+?[0-9]{0,10}$", description="digits, such as +3716")] = ""
    """Put before a caller's number that is too short to be a whole one, as some local networks show theirs."""
