"""Whether the answers about the balance of a SIM can be read: the pattern is one, and has its group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.config.mistakes import Mistake, below
from appliance.config.models import Configuration, GsmLine


def check_balances(configuration: Configuration) -> Iterator[Mistake]:
    """Patterns compile and name the amount; what stops calls is told before."""
    for name, line in configuration.lines.items():
        if not isinstance(line, GsmLine) or line.balance is None:
            continue
        path = below(below("lines", name), "balance")
        if line.balance.pattern is not None:
            yield from _check_pattern(below(path, "pattern"), line.balance.pattern)
        warn, stop = line.balance.warn_below, line.balance.stop_below
        if warn is not None and stop is not None and stop > warn:
            cause = f"Calls would stop at {stop:g} before anybody is told at {warn:g} (`warn_below`)."
            yield Mistake(path=below(path, "stop_below"), cause=cause)


def _check_pattern(path: str, pattern: str) -> Iterator[Mistake]:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        yield Mistake(path=path, cause=f"This is no regular expression: {error}.")
        return
    if "money" not in groups:
        yield Mistake(path=path, cause="There is no group for the amount: write (?P<money>[0-9.]+) where it stands.")
