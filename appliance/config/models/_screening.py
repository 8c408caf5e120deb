"""Screening: what happens to a caller before anybody is rung."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model

CallerPattern = str
"""Which callers are meant: a number, its beginning and `*`, "withheld", "vip", "contact", "unknown", "spam",
`list:NAME` or `region:NAME`."""

Key = Annotated[str, Meta(pattern=r"^[0-9]$", description="one key, 0 to 9")]


class Treatment(StrEnum):
    """What is done with a doubtful caller."""

    ACCEPT = "accept"
    REJECT = "reject"
    CHALLENGE = "challenge"
    """A key must be pressed, which a machine that dials does not."""


class Refusal(StrEnum):
    """How a caller is turned away."""

    SILENT = "silent"
    """Rejected without being answered."""
    NOTICE = "notice"
    """He hears that this call is not taken."""


class AskUnknown(StrEnum):
    """What a caller nobody knows is asked for before it rings."""

    OFF = "off"
    NAME = "name"
    """His name, which is played to who answers."""
    CUSTOMER_NUMBER = "customer_number"
    """His customer number, which is looked for among the contacts."""


class Screening(Model, frozen=True, kw_only=True):
    """Who gets through. A number that is named whole counts before one that a pattern means, and `allowed` before
    `blocked` patterns."""

    blocked: tuple[CallerPattern, ...] = ()
    allowed: tuple[CallerPattern, ...] = ()
    refusal: Refusal = Refusal.SILENT
    spam: tuple[CallerPattern, ...] = ()
    """Beginnings of numbers, such as "+37190*", that are shown as doubtful on the phones."""
    spam_treatment: Treatment = Treatment.ACCEPT
    withheld: Treatment = Treatment.ACCEPT
    challenge_key: Key = "5"
    ask_unknown: AskUnknown = AskUnknown.OFF
    night: tuple[CallerPattern, ...] = ()
    """Who rings people also while the office is closed, beside the contacts that say so themselves."""
