"""How people's calls are diverted now, for observers; a rule with times begins and ends by nothing but time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import trio

from appliance.config.models import Configuration, DivertRule, DivertTimes, Extension
from appliance.control.diversion_messages import LiveDiversion
from appliance.office import Office
from appliance.routing.diversion import holds
from appliance.routing.divert_codes import rules_in_use

LOOK_SECONDS = 1.0

_ANY_TIME = DivertTimes()


def live_diversions(configuration: Configuration, person: Extension, now: datetime | None) -> Iterator[LiveDiversion]:
    """Every rule of a person that has a destination."""
    for rule, to in rules_in_use(person.divert).items():
        times = person.divert.when.get(rule, _ANY_TIME)
        yield LiveDiversion(
            rule=rule,
            to=to.partition(":")[2] or to,
            holds=holds(configuration, person, rule, now),
            after_seconds=person.divert.after_seconds if rule is DivertRule.NO_ANSWER else None,
            hours=times.hours or "",
            closed=times.closed,
            weekly={} if times.hours is not None else times.weekly,
        )


async def keep_diversions_shown(office: Office, changed: Callable[[], None]) -> None:
    """Call `changed` whenever a rule begins or ends only because time has passed; until cancelled."""
    shown: tuple[bool, ...] | None = None
    configuration = office.configuration
    while True:
        found = tuple(_timed(office))
        if shown is not None and office.configuration is configuration and found != shown:
            changed()
        shown, configuration = found, office.configuration
        await trio.sleep(LOOK_SECONDS)


def _timed(office: Office) -> Iterator[bool]:
    now = office.ports.clock.wall()
    for person in office.configuration.extensions.values():
        for rule in person.divert.when:
            yield holds(office.configuration, person, rule, now)
