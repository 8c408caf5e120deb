"""Whether the person responsible for a caller is rung before anybody else."""

from __future__ import annotations

from datetime import datetime

from appliance.config.models import Configuration
from appliance.routing.diversion import before_ringing


def may_be_first(configuration: Configuration, number: str, now: datetime | None) -> bool:
    """Whether an extension is rung first for callers who know it.

    Not who is excepted, and not who wants no calls now: the caller then goes the usual way at once.
    """
    person = configuration.extensions.get(number)
    if person is None or number in configuration.contact_manager.never:
        return False
    return not person.do_not_disturb and before_ringing(configuration, person, now) is None
