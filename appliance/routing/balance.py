"""The money left on a SIM: reading it in an operator's answer, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from appliance.calls.names import Used
from appliance.calls.tolls import LEFT
from appliance.config.models import Balance, Configuration, GsmLine
from appliance.routing.limits import Reached, What, line_account

_AMOUNT = r"(?P<money>[-\u2212]?\s?\d{1,6}(?:[ \u00a0]\d{3})*(?:[.,]\d{1,2})?)"
_CURRENCY = r"(?:EUR|€|eiro|UAH|₴|грн|гривень|RUB|₽|руб\w*|р\.|USD|\$|PLN|zł)"
_USUAL = (
    re.compile(rf"{_AMOUNT}\s?{_CURRENCY}", re.IGNORECASE),
    re.compile(rf"{_CURRENCY}\s?{_AMOUNT}", re.IGNORECASE),
    re.compile(r"(?P<money>[-\u2212]?\d{1,6}[.,]\d{2})(?!\d|[.,]\d)"),
)
"""An amount with a currency after or before it; else one with two decimals, which no date has."""
_MINUTES = re.compile(r"(?P<minutes>\d{1,6})\s?(?:min|мин|хв)", re.IGNORECASE)


class Left(msgspec.Struct, frozen=True):
    """What a SIM has left, as its operator says."""

    money: float
    minutes: int | None = None
    """None: the answer does not say."""


class MoneyState(StrEnum):
    """What follows from it."""

    ENOUGH = "enough"
    LOW = "low"
    """People are told."""
    SPENT = "spent"
    """Calls go over other lines."""


def read_balance(text: str, pattern: str | None = None) -> Left | None:
    """What an operator's answer says; None when no amount is found in it.

    Args:
        pattern: See `Balance.pattern`.
    """
    if pattern is not None:
        return _left(re.search(pattern, text, re.IGNORECASE | re.DOTALL), None)
    found = next((match for usual in _USUAL if (match := usual.search(text))), None)
    return _left(found, _MINUTES.search(text))


def _left(money: re.Match[str] | None, minutes: re.Match[str] | None) -> Left | None:
    if money is None:
        return None
    given = money.groupdict() | (minutes.groupdict() if minutes is not None else {})
    try:
        amount = float(re.sub(r"\s", "", given.get("money") or "").replace("\u2212", "-").replace(",", "."))
        return Left(amount, int(given["minutes"]) if given.get("minutes") else None)
    except ValueError:
        return None


def judge(settings: Balance, money: float) -> MoneyState:
    """What follows from an amount."""
    if settings.stop_below is not None and money < settings.stop_below:
        return MoneyState.SPENT
    if settings.warn_below is not None and money < settings.warn_below:
        return MoneyState.LOW
    return MoneyState.ENOUGH


def is_due(now: float, *, asked_at: float | None, has_failed: bool, used_since: bool) -> bool:
    """Whether a SIM is asked again.

    Args:
        now: Monotonic seconds.
        asked_at: When it was asked last, the same; None: not since the start.
        has_failed: It brought no answer then.
        used_since: Something was called over the line since then.
    """
    if asked_at is None:
        return True
    pause = DAILY_SECONDS
    if has_failed:
        pause = FAILED_SECONDS
    elif used_since:
        pause = AFTER_CALL_SECONDS
    return now - asked_at >= pause


DAILY_SECONDS = 24 * 3600.0
AFTER_CALL_SECONDS = 600.0
"""Operators book a call some minutes after it, and some charge for asking too often."""
FAILED_SECONDS = 3600.0


def spent(configuration: Configuration, counts: Mapping[tuple[str, str], Used], line: str) -> Reached | None:
    """Why nothing is called over a line whose SIM has too little left; None: it has enough, or nobody knows."""
    settings = configuration.lines.get(line)
    balance = settings.balance if isinstance(settings, GsmLine) else None
    left = counts.get((line_account(line), LEFT))
    if balance is None or balance.stop_below is None or left is None:
        return None
    if judge(balance, left.money) is not MoneyState.SPENT:
        return None
    return Reached(
        account=line_account(line), what=What.BALANCE, at_night=False, used=-left.money, most=-balance.stop_below
    )
