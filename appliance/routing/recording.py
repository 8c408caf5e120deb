"""Whether a talk is recorded."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.calls.names import Party
from appliance.config.models import Configuration, RecordTalks
from appliance.routing.rights import person_behind
from appliance.routing.teams import teams


def recording_of(configuration: Configuration, parties: Iterable[Party], teams_served: Iterable[str]) -> RecordTalks:
    """What holds for a talk of these parties: one who is never recorded counts before one who always is.

    Args:
        teams_served: Teams for which one of them took the call, by the destination that leads to each.

    A talk without anybody of the house, such as one that was handed on, is recorded never: nobody there could ask.
    """
    people = [found for party in parties if (found := person_behind(configuration, party)) is not None]
    known = teams(configuration)
    wishes = {person.record for _, person in people}
    wishes |= {known[name].record for name in teams_served if name in known}
    if not people or RecordTalks.NEVER in wishes:
        return RecordTalks.NEVER
    return RecordTalks.ALWAYS if RecordTalks.ALWAYS in wishes else RecordTalks.ON_DEMAND
