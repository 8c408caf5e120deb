"""Numbers of our own as the running office knows them: from the configuration, and from the lines themselves."""

from __future__ import annotations

from appliance.calls.home import CallHome
from appliance.routing.own_numbers import OwnNumber, own_number


def own_number_of(home: CallHome, number: str) -> OwnNumber | None:
    """The number of ours that an outside number (E.164) is; None when it is somebody else's."""
    return own_number(home.configuration, number, numbers_of_lines(home))


def numbers_of_lines(home: CallHome) -> dict[str, str]:
    """By line, the numbers they say are theirs, such as those modems read from their SIMs; "" for none."""
    return {name: line.status.number for name, line in home.ports.lines.items()}
