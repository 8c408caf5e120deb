"""Counting a call that leaves the house while it lasts, and ending it when a limit is reached (CHECKLIST D14)."""

from __future__ import annotations

import logging

import trio

from appliance.calls.home import CallHome
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, Used
from appliance.calls.story import LimitEnded
from appliance.errors import PorterError
from appliance.flows.way_out import accounts_of
from appliance.routing.branches import leads_to_office
from appliance.routing.limit_words import limit_text, newly_reached
from appliance.routing.limits import Reached, alarms, periods, used_up
from appliance.routing.numbering import is_emergency
from appliance.routing.outbound import price_of

log = logging.getLogger(__name__)

MINUTE_SECONDS = 60.0


async def charge(home: CallHome, leg: Leg) -> None:
    """Count a leg that was answered outside, each minute as it begins, as operators do; until it is gone.

    Each minute is kept before it is talked, so that a crash in the middle of a long call forgets nothing. Calls for
    help, and those to other offices of ours, are neither counted nor ended.
    """
    line = leg.party.line or ""
    if is_emergency(home.configuration.country, leg.party.number) or leads_to_office(home.configuration, line):
        return
    accounts = accounts_of(leg)
    calls = 1
    while not leg.is_gone:
        if calls == 0 and _ended_by_limit(home, leg, accounts):
            return
        configuration = home.configuration
        settings = configuration.lines.get(line)
        price = price_of(settings.outgoing, leg.party.number) if settings is not None else None
        now = periods(home.ports.clock.wall(), configuration.timezone, configuration.outside_limits.night)
        before = _alarms(home)
        home.tolls.add(accounts, now.keys, Used(calls, 1, price or 0.0))
        calls = 0
        home.call_changed()
        for limit in newly_reached(before, _alarms(home)):
            await _tell(home, limit)
        with trio.move_on_after(MINUTE_SECONDS):
            await leg.gone.wait()


def _alarms(home: CallHome) -> tuple[Reached, ...]:
    return alarms(home.configuration, home.tolls.counts, home.ports.clock.wall())


async def _tell(home: CallHome, limit: Reached) -> None:
    """Queue an SMS to whoever wants to know; the call goes on whatever fails."""
    for number in home.configuration.outside_limits.alert:
        try:
            await home.ports.outbox.send_sms(number, limit_text(home.configuration, limit))
        except PorterError as error:
            log.error("%s is not told by SMS of the limit of %s: %s", number, limit.account, error)


def _ended_by_limit(home: CallHome, leg: Leg, accounts: tuple[str, ...]) -> bool:
    """Whether the next minute is one too many; then the leg is ended. A limit of calls ends none that has begun."""
    now = home.ports.clock.wall()
    for account in accounts:
        limit = used_up(home.configuration, home.tolls.counts, account, now, is_running=True)
        if limit is not None:
            log.warning("leg %s is ended: %s has used up its %s", leg.id, account, limit.what)
            if leg.call is not None:
                leg.call.tell(LimitEnded(member=leg.party.number, account=account, what=limit.what))
            leg.hang_up(Cause.NOT_ALLOWED)
            return True
    return False
