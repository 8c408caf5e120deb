"""The ways to an outside number as they are at this moment, and telling why there is none."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.home import CallHome
from appliance.calls.names import Party, PartyKind
from appliance.calls.ringing import Outside
from appliance.calls.story import LineSpent, WayOutRefused
from appliance.routing.limits import line_account
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
    return ways_out(home.configuration, number, payer, home.ports.clock.wall(), home.tolls.counts)


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
