"""Numbers of the office itself: a call to one of them from within never leaves the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from appliance.config.models import Configuration
from appliance.routing.numbering import to_e164


class OwnNumber(NamedTuple):
    """A number of ours, and the line a call to it would come in on."""

    number: str
    """E.164."""
    line: str


def own_numbers(configuration: Configuration) -> Iterator[OwnNumber]:
    """The numbers of the lines, then those the inbound routes name; on the first line where a route names none."""
    for name, line in configuration.lines.items():
        if line.number is not None:
            yield OwnNumber(line.number, name)
    for route in configuration.inbound_routes:
        number = to_e164(configuration.country, route.did) if route.did is not None else None
        if number is not None:
            yield OwnNumber(number, route.line or next(iter(configuration.lines), ""))


def own_number(configuration: Configuration, number: str, learned: Mapping[str, str] | None = None) -> OwnNumber | None:
    """The number of ours that an outside number is; None when it belongs to somebody else.

    Args:
        number: E.164 with its plus sign.
        learned: By line, numbers that stand nowhere in the configuration, such as those modems read from their SIMs.
    """
    found = next((own for own in own_numbers(configuration) if own.number == number), None)
    if found is not None or not number:
        return found
    return next((OwnNumber(number, line) for line, own in (learned or {}).items() if own == number), None)
