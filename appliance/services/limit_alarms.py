"""What people are told when much was called outside: the alarm before, and at, a limit."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.control.controller_messages import Trouble
from appliance.office import Office
from appliance.routing.limits import OFFICE, Reached, alarms


def limit_alarms(office: Office) -> Iterator[Trouble]:
    """One for each limit of which half is used, with what to do."""
    for limit in alarms(office.configuration, office.tolls.counts, office.ports.clock.wall()):
        yield Trouble(where=f"outside calls, {_whose(office, limit)}", cause=_cause(limit), next_step=_next_step(limit))


def _whose(office: Office, limit: Reached) -> str:
    kind, _, name = limit.account.partition(":")
    person = office.configuration.extensions.get(name) if kind == "extension" else None
    return f"{person.name} ({name})" if person is not None else name or OFFICE


def _cause(limit: Reached) -> str:
    period = "this month" if limit.in_month else "this night" if limit.at_night else "today"
    used = f"{limit.used:g} of {limit.most:g} {limit.what} are used {period}"
    return f"{used}; outside calls are refused, emergency calls are not." if limit.is_used_up else f"{used}."


def _next_step(limit: Reached) -> str:
    look = "Look in the call list whether all of these calls are yours."
    if limit.account == OFFICE or limit.account.startswith("line:"):
        other = "If they are not, take away `may_dial` and set new passwords; else raise the limit."
    else:
        other = "If they are not, set a new password for its phones; else raise the limit."
    return f"{look} {other}"
