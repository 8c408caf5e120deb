"""Opening hours switched by hand from the page, the command line or a message: what the configuration becomes."""

from __future__ import annotations

from datetime import datetime

from appliance.config.models import Configuration
from appliance.control.controller_messages import HoursSwitch
from appliance.routing.day_night import by_the_week, closed_by_hand, open_by_hand, until_when


def switched(
    to: HoursSwitch, name: str | None, until: str | None, now: datetime | None, configuration: Configuration
) -> Configuration:
    """The configuration with hours switched; see `SwitchHours` for `name` and `until`.

    Args:
        now: None while the clock is unknown.

    Raises:
        CannotSwitch: There are no such hours, or the time is over already.
        BadHours: `until` is no instant.
    """
    moment = None if until is None else until_when(configuration, name, until, now)
    match to:
        case HoursSwitch.OPEN:
            return open_by_hand(configuration, name, moment)
        case HoursSwitch.CLOSED:
            return closed_by_hand(configuration, name, moment)
        case HoursSwitch.AUTO:
            return by_the_week(configuration, name)
