"""What every part of the configuration is made of: scalars that say what they expect, and the base of all tables."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

# A description says what is expected, for the one who wrote something else; `secret` keeps a value out of messages.
DialledNumber = Annotated[str, Meta(pattern=r"^[0-9]{2,6}$", description="a number of 2 to 6 digits")]
OutsideNumber = Annotated[
    str, Meta(pattern=r"^\+[1-9][0-9]{6,14}$", description='a whole number such as "+37120000000"')
]
Name = Annotated[
    str, Meta(pattern=r"^\w[\w-]{0,31}$", description="a word of letters, digits, - and _, at most 32 long")
]
"""What things are called within the configuration; also a part of file names."""
ShownName = Annotated[str, Meta(min_length=1, max_length=80, description="a name of 1 to 80 characters")]
AccountName = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$", description="letters, digits, . - and _, at most 32 long")
]
"""A SIP user name; this part of RFC 3261 §25.1 needs no escaping and can be keyed in at any phone."""
Password = Annotated[
    str,
    Meta(
        pattern=r"^[!-~]{16,64}$",
        description="16 to 64 characters without spaces; `openssl rand -hex 12` makes a good one",
        extra={"secret": True},
    ),
]
Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,12}$", description="4 to 12 digits", extra={"secret": True})]
SimPin = Annotated[str, Meta(pattern=r"^[0-9]{4,8}$", description="4 to 8 digits", extra={"secret": True})]
"""3GPP TS 31.101 §9.5.1."""
Seconds = Annotated[float, Meta(gt=0, le=3600, description="seconds, more than 0 and at most 3600")]
GpioPin = Annotated[int, Meta(ge=0, le=53, description="a BCM pin number, 0 to 53")]


class Language(StrEnum):
    """Languages of pages and prompts (ISO 639-1)."""

    EN = "en"
    LV = "lv"
    UK = "uk"
    RU = "ru"


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every part of the configuration."""
