"""Who may cause a call to the outside (CHECKLIST D15)."""

from __future__ import annotations

from appliance.calls.names import Party, PartyKind
from appliance.config.models import USUAL_KINDS, Configuration, Extension, NumberKind, SipLine
from appliance.routing.number_kinds import kind_of


def person_behind(configuration: Configuration, party: Party) -> tuple[str, Extension] | None:
    """The extension a party is, or whose registered mobile it is; None for strangers."""
    if party.kind is PartyKind.EXTENSION:
        own = configuration.extensions.get(party.number)
        return None if own is None else (party.number, own)
    if party.kind is not PartyKind.OUTSIDE or not party.number:
        return None
    owners = ((number, person) for number, person in configuration.extensions.items() if person.mobile == party.number)
    return next(owners, None)


def may_dial(person: Extension | None, kind: NumberKind) -> bool:
    """Whether an extension may dial outside numbers of a kind; None: a phone without one, which has usual rights."""
    return kind in (USUAL_KINDS if person is None else person.may_dial)


def may_bring_outside(configuration: Configuration, by: Party, kept: Party) -> bool:
    """Whether a party may connect the one it talks to with a number outside.

    Args:
        by: Who asks: a phone of the house, or a mobile that stands for one.
        kept: Who would be connected. From outside to outside needs a right of its own, as both lines are ours to pay.

    A phone whose extension is not configured has no rights to lose; a number outside that is nobody's mobile has none.
    """
    person = person_behind(configuration, by)
    if person is None:
        return by.kind is PartyKind.EXTENSION and kept.kind is not PartyKind.OUTSIDE
    own = person[1]
    return own.may_call_outside and (own.may_transfer_outside or kept.kind is not PartyKind.OUTSIDE)


def may_office_dial(configuration: Configuration, line: str, number: str) -> bool:
    """Whether people of the office behind a line may call an outside number over lines of this one."""
    settings = configuration.lines.get(line)
    office = settings.branch if isinstance(settings, SipLine) else None
    return office is not None and kind_of(configuration.country, number) in office.may_dial
