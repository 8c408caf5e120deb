"""Mailboxes: what holds for those of people, and boxes that belong to several people together."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Language, Model, Pin, ShownName

MailAddress = Annotated[str, Meta(min_length=3, max_length=254, description="a mail address")]
Days = Annotated[int, Meta(ge=1, le=3650, description="days, 1 to 3650")]


class AfterMail(StrEnum):
    """What happens to a message that was sent by mail."""

    KEEP = "keep"
    HEARD = "heard"
    DELETE = "delete"


class MailboxRules(Model, frozen=True, kw_only=True):
    """What holds for the messages of one box."""

    operator: str | None = None
    """Destination of callers who press 0 instead of leaving a message; None: the office's default desk."""
    after_mail: AfterMail = AfterMail.KEEP
    most_messages: Annotated[int, Meta(ge=1, le=1000, description="messages, 1 to 1000")] = 100
    """With so many, deleted ones not counted, callers hear that the box is full."""
    most_minutes: Annotated[float, Meta(ge=1, le=6000, description="minutes, 1 to 6000")] | None = None
    """The same with so many minutes in all; None: their length does not matter."""
    most_megabytes: Annotated[float, Meta(ge=1, le=10000, description="megabytes, 1 to 10000")] | None = None
    """The same by what they take of the disk, of which a minute takes 0.96; None: that does not matter."""
    keep_days: Days | None = None
    """How long messages that were heard are kept; None: until somebody deletes them."""
    bin_days: Days = 30
    """How long deleted messages can be restored."""


class Mailbox(Model, frozen=True, kw_only=True):
    """A box for several people, such as those of a ring group: what one of them has heard counts as heard for all."""

    name: ShownName
    number: DialledNumber
    """Dialled after the code for any mailbox."""
    members: tuple[DialledNumber, ...]
    """Extensions whose lamps light, and who may listen without a PIN."""
    language: Language | None = None
    """None: the office's."""
    pin: Pin | None = None
    """For listening from elsewhere; None: only from the members' phones."""
    email: MailAddress | None = None
    rules: MailboxRules = MailboxRules()
