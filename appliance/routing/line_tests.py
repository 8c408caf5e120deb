"""The nightly self-call: which pairs of lines call each other, and what their checks add up to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from appliance.config.models import Configuration, SipLine

SAME_DIGITS = 7
"""Numbers are the same when so many of their last digits are: a network may leave out the country."""


LATEST_MINUTES = 60
"""A box that starts later than this after the time tries its lines the next night."""


class Pair(NamedTuple):
    """One line that calls another."""

    calling: str
    called: str
    number: str
    """Of the called line, E.164."""


class Check(StrEnum):
    """What one self-call checks, in the order it does."""

    ANSWERED = "answered"
    CALLER_ID = "caller_id"
    SOUND_BACK = "sound_back"
    """A tone from the called line is heard on the calling one."""
    SOUND_THERE = "sound_there"
    KEYS_THERE = "keys_there"
    """A key sent by the calling line's own means is heard on the called one."""
    KEYS_BACK = "keys_back"
    HANG_UP = "hang_up"
    """The called line notices that the calling one hung up."""


class LineTested(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one self-call."""

    calling: str
    called: str
    failed: tuple[Check, ...] = ()
    """In their order; of a call that was not answered only that."""
    not_ready: str = ""
    """The line that was in use or down, so that there was no call; "" for none."""

    @property
    def is_good(self) -> bool:
        return not self.failed and not self.not_ready


def pairs(configuration: Configuration, numbers: Mapping[str, str]) -> tuple[Pair, ...]:
    """Every line with every other one, each way.

    Args:
        numbers: Line to its number; one whose number nobody knows can call and not be called.

    Lines to other offices of ours are left out: they have no number of the public network.
    """
    lines = [name for name, line in configuration.lines.items() if not isinstance(line, SipLine) or line.branch is None]
    return tuple(
        Pair(calling, called, numbers[called])
        for calling in lines
        for called in lines
        if calling != called and numbers.get(called)
    )


def is_time(at: str, now: datetime, done_on: date | None) -> bool:
    """Whether the lines are tried now: within an hour of their time, once a day.

    Args:
        at: "03:30".
        now: By the office's clock and zone.
        done_on: The day on which they were tried last; None: not since the start.
    """
    hour, minute = map(int, at.split(":"))
    late = (now.hour * 60 + now.minute) - (hour * 60 + minute)
    return 0 <= late < LATEST_MINUTES and done_on != now.date()


def judged(pair: Pair, passed: frozenset[Check]) -> LineTested:
    """What the checks that passed add up to."""
    if Check.ANSWERED not in passed:
        return LineTested(calling=pair.calling, called=pair.called, failed=(Check.ANSWERED,))
    return LineTested(
        calling=pair.calling, called=pair.called, failed=tuple(check for check in Check if check not in passed)
    )


def is_from(caller: str, number: str) -> bool:
    """Whether a caller's number is that of a line, as networks write it; "" is nobody's."""
    digits, others = caller.lstrip("+"), number.lstrip("+")
    both_long = min(len(digits), len(others)) >= SAME_DIGITS
    return bool(digits) and (digits == others or (both_long and digits[-SAME_DIGITS:] == others[-SAME_DIGITS:]))
