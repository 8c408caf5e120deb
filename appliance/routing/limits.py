"""How much may still be called outside: what a call counts for, and which limit is reached.

Calls are counted for three accounts: the extension that pays, the line, and the office; each in its day, and in its
night where it is night. What was counted lives elsewhere; here is only the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from appliance.calls.names import Used
from appliance.config.models import Allowance, CallLimits, Configuration
from appliance.routing.hours_notation import DAY_MINUTES, parse_period

OFFICE = "office"
UNDATED = ""
"""The period of what is called while nobody knows the time; it lasts until somebody does."""

ALARM_SHARE = 0.5
"""From which part of a limit on its people are told (CHECKLIST D14)."""

Counts = Mapping[tuple[str, str], Used]
"""(account, period) to what was used."""

Running = Mapping[str, int]
"""Account to how many calls it has outside at this moment."""

NOTHING_RUNS: Running = MappingProxyType({})


def extension_account(number: str) -> str:
    return f"extension:{number}"


def line_account(name: str) -> str:
    return f"line:{name}"


class What(StrEnum):
    """What of a limit is used up."""

    CALLS = "calls"
    MINUTES = "minutes"
    MONEY = "money"
    AT_ONCE = "at_once"
    """Calls at the same time; not counted over a period."""
    BALANCE = "balance"
    """Of the SIM; see `appliance.routing.balance`."""


COUNTED = (What.CALLS, What.MINUTES, What.MONEY)
"""What an allowance limits."""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A limit, and how much of it is used."""

    account: str
    what: What
    at_night: bool
    used: float
    most: float
    in_month: bool = False

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.most


class Periods(NamedTuple):
    """What the present counts for."""

    day: str
    night: str | None
    """None: it is not night, or nobody knows."""
    month: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Each once; nobody knows the month either while nobody knows the day."""
        return tuple(dict.fromkeys(key for key in (self.day, self.night, self.month) if key is not None))


def periods(now: datetime | None, timezone: str, night: str) -> Periods:
    """The day by its date, and the night by the date on which it began.

    Args:
        now: None while nobody knows the time: then there is one period without a date, and no night.
    """
    if now is None:
        return Periods(UNDATED, None, UNDATED)
    local = now.astimezone(ZoneInfo(timezone))
    minute, hours = local.hour * 60 + local.minute, parse_period(night)
    day = local.date()
    month = f"{day:%Y-%m} month"
    if hours.begins <= minute < hours.ends:
        began = day
    elif minute + DAY_MINUTES < hours.ends:
        began = day - timedelta(days=1)
    else:
        return Periods(day.isoformat(), None, month)
    return Periods(day.isoformat(), f"{began.isoformat()} night", month)


def limits_of(configuration: Configuration, account: str) -> CallLimits:
    """What an account may use."""
    kind, _, name = account.partition(":")
    match kind:
        case "extension":
            own = configuration.extensions.get(name)
            return (own.limits if own is not None else None) or configuration.outside_limits.extension
        case "line" if name in configuration.lines:
            return configuration.lines[name].outgoing.limits
        case _:
            return configuration.outside_limits.office


def used_of(configuration: Configuration, counts: Counts, account: str, now: datetime | None) -> Iterator[Reached]:
    """Every limit an account has now, with what is used of it."""
    limits = limits_of(configuration, account)
    present = periods(now, configuration.timezone, configuration.outside_limits.night)
    for name, allowance in (("day", limits.day), ("night", limits.night), ("month", limits.month)):
        period: str | None = getattr(present, name)
        if period is not None:
            used = counts.get((account, period), Used())
            for what, most in _mosts(allowance):
                yield Reached(
                    account=account,
                    what=what,
                    at_night=name == "night",
                    in_month=name == "month",
                    used=getattr(used, what),
                    most=most,
                )


def _mosts(allowance: Allowance) -> Iterator[tuple[What, float]]:
    for what in COUNTED:
        if (most := getattr(allowance, what)) is not None:
            yield what, most


def used_up(
    configuration: Configuration, counts: Counts, account: str, now: datetime | None, *, is_running: bool = False
) -> Reached | None:
    """The first limit of an account that is reached; None: it may go on calling.

    Args:
        is_running: Asked for a call that has begun, which a limit of the number of calls does not concern.
    """
    limits = used_of(configuration, counts, account, now)
    return next((one for one in limits if one.is_used_up and not (is_running and one.what is What.CALLS)), None)


def too_many(configuration: Configuration, running: Running, account: str) -> Reached | None:
    """The limit of calls at the same time of an account, when one more would be too many; None: it would not."""
    most, now = limits_of(configuration, account).at_once, running.get(account, 0)
    if most is None or now < most:
        return None
    return Reached(account=account, what=What.AT_ONCE, at_night=False, used=now, most=most)


def alarms(configuration: Configuration, counts: Counts, now: datetime | None) -> tuple[Reached, ...]:
    """Limits of which so much is used that people are told."""
    accounts = dict.fromkeys(account for account, _ in counts)
    limits = (limit for account in accounts for limit in used_of(configuration, counts, account, now))
    return tuple(limit for limit in limits if limit.used and limit.used >= limit.most * ALARM_SHARE)
