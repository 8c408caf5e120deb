"""Short numbers of other offices, and what somebody of another office may do here."""

from __future__ import annotations

from appliance.config.models import Configuration, SipLine

MOST_OFFICES = 10
"""Through how many Porters a call may go before it is taken for a circle (CHECKLIST D17)."""


def branch_of(configuration: Configuration, number: str) -> str | None:
    """The line to the office that a short number belongs to; None when it is no other office's."""
    for name, line in configuration.lines.items():
        office = line.branch if isinstance(line, SipLine) else None
        if office is not None and any(fits(pattern, number) for pattern in office.numbers):
            return name
    return None


def fits(pattern: str, number: str) -> bool:
    """Whether a number is one of a pattern, in which x is any digit."""
    return len(pattern) == len(number) and all(
        wanted in ("x", digit) for wanted, digit in zip(pattern, number, strict=True)
    )


def patterns_meet(one: str, other: str) -> bool:
    """Whether some number is of both patterns."""
    return len(one) == len(other) and all(
        mine == theirs or "x" in (mine, theirs) for mine, theirs in zip(one, other, strict=True)
    )


def leads_to_office(configuration: Configuration, line: str) -> bool:
    """Whether a line leads to another office of ours, not to an operator."""
    settings = configuration.lines.get(line)
    return isinstance(settings, SipLine) and settings.branch is not None
