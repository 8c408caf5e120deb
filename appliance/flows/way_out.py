"""The ways to an outside number as they are at this moment, and telling why there is none."""

from __future__ import annotations

from collections import Counter

from appliance.calls.call import Call
from appliance.calls.home import CallHome
from appliance.calls.leg import Leg
from appliance.calls.names import Party, PartyKind
from appliance.calls.ringing import Outside
from appliance.calls.story import LineSpent, WayOutRefused
from appliance.routing.branches import leads_to_office
from appliance.routing.limits import OFFICE, extension_account, line_account, too_many
from appliance.routing.numbering import is_emergency
from appliance.routing.outbound import WaysOut, WhyNot, ways_out
from appliance.routing.rights import person_behind


def outside(call: Call, number: str, *, confirm: bool, by: Party | None = None) -> Outside:
    """An outside number with the lines that carry it now.

    Args:
        by: Who of the house dials it, with the rights of an extension that pays; None: the call is forwarded there.
    """
    payer = payer_of(call.home, by)
    return outside_over(ways_now(call.home, number, payer), number, confirm=confirm, payer=payer)


def outside_over(found: WaysOut, number: str, *, confirm: bool, payer: str | None) -> Outside:
    """A number with ways that were found; what is refused for another reason than a missing route says why."""
    why_not = "" if found.refused in (None, WhyNot.NO_ROUTE) else str(found.refused)
    return Outside(number, found.ways, confirm=confirm, route=found.route, payer=payer, why_not=why_not)


def ways_now(home: CallHome, number: str, payer: str | None) -> WaysOut:
    """The ways to an outside number at this moment."""
    now = home.ports.clock.wall()
    return ways_out(home.configuration, number, payer, now, home.tolls.counts, calls_out(home))


def calls_out(home: CallHome) -> dict[str, int]:
    """How many calls each account has outside at this moment, those that ring too.

    Help, and calls to other offices of ours, do not count.
    """
    running: Counter[str] = Counter()
    for leg in home.legs.values():
        is_out = leg.party.kind is PartyKind.OUTSIDE and not leg.incoming
        is_free = is_emergency(home.configuration.country, leg.party.number) or leads_to_office(
            home.configuration, leg.party.line or ""
        )
        if is_out and not is_free:
            running.update(accounts_of(leg))
    return dict(running)


def why_not_now(home: CallHome, line: str, payer: str | None) -> str:
    """Why no further call may go out over a line at this moment; "" when one may."""
    if leads_to_office(home.configuration, line):
        return ""
    running = calls_out(home)
    accounts = (OFFICE, line_account(line), *((extension_account(payer),) if payer is not None else ()))
    is_full = any(too_many(home.configuration, running, account) for account in accounts)
    return WhyNot.TOO_MANY if is_full else ""


def accounts_of(leg: Leg) -> tuple[str, ...]:
    """Whom an outside leg counts for: the office, its line, and the extension that pays, if one does."""
    payer = (extension_account(leg.payer),) if leg.payer is not None else ()
    return (OFFICE, line_account(leg.party.line or ""), *payer)


def payer_of(home: CallHome, by: Party | None) -> str | None:
    """The extension that a call of a party counts for: its own, or the one whose mobile it is."""
    if by is None:
        return None
    person = person_behind(home.configuration, by)
    if person is not None:
        return person[0]
    return by.number if by.kind is PartyKind.EXTENSION else None


def tell_ways(call: Call, number: str, found: WaysOut) -> None:
    """Tell in the story why a number is refused, and which lines are passed over."""
    if found.refused not in (None, WhyNot.NO_ROUTE):
        account = found.limit.account if found.limit is not None else ""
        call.tell(WayOutRefused(number=number, why=str(found.refused), account=account))
        return
    for limit in found.passed_over:
        call.tell(LineSpent(line=limit.account.removeprefix(line_account("")), what=limit.what))
