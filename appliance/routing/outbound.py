"""Which lines carry an outside number."""

from __future__ import annotations

from appliance.config.models import Configuration
from appliance.routing.numbering import is_emergency


def lines_for(configuration: Configuration, number: str) -> tuple[str, ...]:
    """Names of the lines to try for a number, in order; empty when no route carries it.

    Args:
        number: E.164 with its plus sign, or a short number as dialled.

    The first route whose prefix matches decides alone: a dearer line further down is used only when it is named
    there. An emergency number may use every line of the office; those the routes name come first.
    """
    if is_emergency(configuration.country, number):
        named = (line for route in configuration.outbound_routes for line in route.lines)
        return tuple(dict.fromkeys((*named, *configuration.lines)))
    for route in configuration.outbound_routes:
        if number.startswith(route.prefix):
            return tuple(dict.fromkeys(route.lines))
    return ()
