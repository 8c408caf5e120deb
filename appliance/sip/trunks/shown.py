"""What a line's INVITE shows the operator: From, and the identity headers the line's rules ask for."""

from __future__ import annotations

import msgspec

from appliance.calls.ports import CallerShown
from appliance.calls.trunks import Trunk
from appliance.config.models import CallerFrom
from appliance.sip import messages
from appliance.sip.trunks.identity import HOPS


class Shown(msgspec.Struct, frozen=True):
    """How an INVITE says who calls."""

    local_uri: str
    """The value of From, without its tag."""
    headers: tuple[tuple[str, str], ...] = ()


def shown_by(trunk: Trunk, shown: CallerShown) -> Shown:
    """How a call over a line says who calls.

    A number that is not ours is shown only where the operator lets us, and then with the number of ours that passes
    it on (Diversion, RFC 5806), which such operators ask for.
    """
    settings, rules = trunk.settings, trunk.rules
    ours = settings.number or settings.user
    number = _number_shown(trunk, shown)
    is_foreign = number != ours and not shown.is_ours and settings.branch is None
    headers: list[tuple[str, str]] = []
    if is_foreign and ours:
        headers.append(("Diversion", f"<{_uri(trunk, ours)}>;reason=unconditional;counter=1"))
    if settings.branch is not None:
        headers.append((HOPS, str(shown.offices + 1)))
    if shown.is_withheld:
        headers.append(("Privacy", "id"))
    if rules.show_by is CallerFrom.FROM:
        if shown.is_withheld:
            if ours:
                headers.append(("P-Asserted-Identity", f"<{_uri(trunk, ours)}>"))
            return Shown(messages.name_addr("", "", rules.domain), tuple(headers))
        return Shown(_name_addr(trunk, number or ours, shown.name), tuple(headers))
    # The account stays in From: some operators, and every Porter, check the password against it.
    account = settings.user or trunk.token
    if not shown.is_withheld and number:
        address = _name_addr(trunk, number, shown.name)
        if rules.show_by is CallerFrom.ASSERTED:
            headers.append(("P-Asserted-Identity", address))
        else:
            address = address if address.startswith('"') else f"<{_uri(trunk, number)}>"
            headers.append(("Remote-Party-ID", f"{address};party=calling;screen=no;privacy=off"))
    return Shown(f"<{messages.uri(account, rules.domain)}>", tuple(headers))


def dialled(trunk: Trunk, number: str) -> str:
    """The user part of the Request-URI for a number."""
    return number if trunk.rules.dials_plus else number.removeprefix("+")


def _number_shown(trunk: Trunk, shown: CallerShown) -> str:
    settings = trunk.settings
    if settings.branch is not None or shown.is_ours:
        return shown.number
    if settings.passes_callers and shown.number.startswith("+"):
        return shown.number
    return settings.number or settings.user


def _name_addr(trunk: Trunk, number: str, name: str) -> str:
    spelled = dialled(trunk, number)
    return messages.name_addr(spelled, name, trunk.rules.domain) if spelled else f"<{_uri(trunk, trunk.token)}>"


def _uri(trunk: Trunk, number: str) -> str:
    return messages.uri(dialled(trunk, number), trunk.rules.domain)
