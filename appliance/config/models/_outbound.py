"""The way out: which lines carry which numbers, what a minute costs on them, and how much may be called at all."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import Model, OutsideNumber, ShownName

BeginningOfNumber = Annotated[
    str, Meta(pattern=r"^(\+[1-9])?[0-9]*$", description='the first digits of whole numbers, such as "+371"')
]
Price = Annotated[float, Meta(ge=0, le=1000, description="money for a minute, 0 to 1000")]
AccessDigits = Annotated[str, Meta(pattern=r"^[0-9*#+]{0,16}$", description="at most 16 of 0 to 9, *, # and +")]
NumberShown = Annotated[
    str,
    Meta(
        pattern=r"^(line|withheld|\+[1-9][0-9]{6,14})$",
        description='"line", "withheld", or a whole number of ours such as "+37160000000"',
    ),
]
OutboundPattern = str
"""Which numbers are meant: a whole or short number, its beginning and `*` such as `+371*`, or a `NumberKind`."""


class NumberKind(StrEnum):
    """What sort of number is called, by the numbering plan of its country."""

    NATIONAL = "national"
    """Of our own country, and none of the kinds below."""
    MOBILE = "mobile"
    """A mobile of our own country."""
    INTERNATIONAL = "international"
    SHORT = "short"
    """A short number of our own country that costs no more than a call."""
    PREMIUM = "premium"
    """Costs extra, wherever it is: premium rate and shared cost, short or long."""


USUAL_KINDS = (NumberKind.NATIONAL, NumberKind.MOBILE, NumberKind.SHORT)
"""What an extension may dial until more is allowed: nothing that thieves of passwords are after."""

SHOW_LINE, SHOW_NOTHING = "line", "withheld"


class LineOrder(StrEnum):
    """In which order the lines of a route are tried."""

    LISTED = "listed"
    CHEAPEST = "cheapest"
    """By price for the number; those that cost the same, or have no price, as listed, the latter last."""


class Allowance(Model, frozen=True, kw_only=True):
    """How much may be called outside in one period; None: as much as one likes. Minutes count from their beginning."""

    calls: Annotated[int, Meta(ge=0, le=100_000, description="calls, 0 to 100000")] | None = None
    minutes: Annotated[int, Meta(ge=0, le=100_000, description="minutes, 0 to 100000")] | None = None
    money: Annotated[float, Meta(ge=0, le=1_000_000, description="money, 0 to 1000000")] | None = None
    """In the currency of the lines' prices; a call without a known price costs nothing."""


class CallLimits(Model, frozen=True, kw_only=True):
    """How much may be called in a day, in its night and in a month. A call of the night counts for all three."""

    day: Allowance = Allowance()
    """From midnight to midnight."""
    night: Allowance = Allowance()
    month: Allowance = Allowance()
    """From the first of a month to its last day."""
    at_once: Annotated[int, Meta(ge=0, le=1000, description="calls, 0 to 1000")] | None = None
    """Calls outside at the same time, those that ring too; None: as many as there are lines."""


class OutsideLimits(Model, frozen=True, kw_only=True):
    """How much may be called outside: the stop for a stolen password. Emergency calls neither count nor are limited."""

    office: CallLimits = CallLimits()
    """All calls together, forwarded ones too."""
    extension: CallLimits = CallLimits()
    """Each extension, unless it has `limits` of its own."""
    night: str = "20:00-07:00"
    """The hours of the night, in the office's time zone."""
    alert: tuple[OutsideNumber, ...] = ()
    """Mobiles that get an SMS when half of a limit is used, when all of it is, and when a SIM runs out of money."""


class Outgoing(Model, frozen=True, kw_only=True):
    """How a line is dialled, what it costs, and how much it may be used."""

    prices: dict[BeginningOfNumber, Price] = {}
    """Money for a minute by what the number begins with; the longest beginning counts, "" is for all others."""
    spelling: Literal["whole", "national"] = "whole"
    """"whole": with + and the country; "national": as somebody in the country dials, abroad with its own prefix."""
    strip: AccessDigits = ""
    """Taken away from the front of the number, after `spelling`."""
    add: AccessDigits = ""
    """Put in front after that, such as the 9 of an exchange; in front of emergency numbers, too."""
    withhold: AccessDigits = "#31#"
    """Put in front of all to hide our number for one call (3GPP TS 22.030 §6.5.5, CLIR)."""
    limits: CallLimits = CallLimits()


class OutboundRoute(Model, frozen=True, kw_only=True):
    """Which lines carry which dialled numbers, in order. The first route that matches, and is open, decides alone."""

    name: ShownName
    prefix: Annotated[str, Meta(pattern=r"^\+?[0-9]*$", description='the first digits, such as "+371"')] = ""
    """What the number begins with, after normalisation to E.164; "" matches all, unless there are `patterns`."""
    patterns: tuple[OutboundPattern, ...] = ()
    """Further numbers it carries: any one of them is enough."""
    callers: tuple[str, ...] = ()
    """Extensions and ring groups whose calls it carries; () for everybody's and for forwarded calls."""
    hours: str | None = None
    """Opening hours in which it is used; the next route that matches follows while they are closed."""
    lines: tuple[str, ...]
    order: LineOrder = LineOrder.LISTED
    shown: NumberShown | None = None
    """The number that is shown: the line's own, none, or one of ours; None: the caller's where the line lets us, as
    for forwarded calls."""
