"""Taking a call that rings at another desk, and taking the place of a phone of one's own."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import LegId, Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import Joined
from appliance.calls.talk import talk
from appliance.flows.announce import announce
from appliance.flows.rating import ask_after_talk
from appliance.routing.teams import teams_of


async def pickup(call: Call, extension: str | None = None) -> Then:
    """Answer the call that rings at an extension, or at anyone of one's own pickup group.

    Args:
        extension: None: the group.
    """
    extensions = [extension] if extension is not None else _own_group(call)
    other = call.home.places.ringing_at(extensions)
    team = call.home.places.rung_for.get(other, "") if other is not None else ""
    if other is not None and other is not call and other.pick_up(call.principal):
        other.tell(Joined(member=call.principal.party.shown, from_call=call.id))
        _note_taken(other, call.principal, team)
        return None
    return Next(announce, Phrase("nothing-to-pick-up", call.language), Outcome.UNREACHABLE)


def _note_taken(call: Call, leg: Leg, key: str) -> None:
    """A member of the team that rang has taken its call, as if at a telephone of the member's own."""
    team = teams_of(call.home.configuration, leg.party.number).get(key)
    if team is not None:
        call.home.agents.took_call(leg, key, team.wrap_up_seconds)
        ask_after_talk(call, team)


def _own_group(call: Call) -> list[str]:
    """Extensions of the caller's pickup group; without a group, everybody without one."""
    extensions = call.home.configuration.extensions
    own = extensions.get(call.principal.party.number)
    group = own.pickup_group if own is not None else None
    return [number for number, other in extensions.items() if other.pickup_group == group]


async def take_over(call: Call, replaced: LegId) -> Then:
    """A phone takes the place of a leg (INVITE with Replaces, RFC 3891): its peer talks to the new one."""
    old = call.home.legs.get(replaced)
    other = old.call if old is not None else None
    if old is None or other is None or other is call:
        return Outcome.UNREACHABLE
    if not take_place(other, old, call.principal):
        return Outcome.UNREACHABLE
    other.tell(Joined(member=call.principal.party.shown, from_call=call.id))
    return None


def take_place(call: Call, old: Leg, new: Leg) -> bool:
    """Let a leg of another call talk in place of one of this call, which is hung up; False when it is too late."""
    peers = [leg for leg in call.legs if leg is not old and leg.is_answered]
    if old is call.principal:
        if not peers:
            return False
        call.principal = peers[0]
    others = [leg for leg in peers if leg is not call.principal] if call.is_talking else []
    return not call.is_ending and call.adopt(new) and call.redirect(talk, new, *others)
