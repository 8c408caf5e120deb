"""Who is rung for a number that a party of a talk asks for, and where a call goes back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from appliance.calls.call import Call, Next
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome, Party
from appliance.calls.ringing import Inside, Outside
from appliance.config.destinations import Destination, ToExtension, ToOutside, ToRingGroup, parse_destination
from appliance.config.models import Extension
from appliance.flows.members import (
    OUTSIDE_SECONDS,
    RingStage,
    outside_for,
    stages_of_person,
    stages_of_team,
)
from appliance.flows.reach import reach
from appliance.flows.way_out import outside, outside_over, payer_of, tell_ways, ways_now
from appliance.routing.diversion import before_ringing
from appliance.routing.numbering import (
    DialledExtension,
    DialledGroup,
    DialledOutside,
    classify_dialled,
)
from appliance.routing.outbound import WhyNot
from appliance.routing.rights import may_bring_outside

MOST_DIVERSIONS = 5
"""Of people who send each other's calls on; more is a circle."""


class Target(NamedTuple):
    """Who is rung for a number."""

    stages: Sequence[RingStage]
    team: str | None = None
    """The team whose members these are, by the destination that leads to it; None: they are no team."""


def target_of(call: Call, dialled: str, by: Leg, announced: Party | None = None) -> Target | Outcome:
    """Whom a party wants at the phone for the one it talks to, the principal; or why it cannot be.

    Args:
        announced: Who speaks first to whoever answers, as is told there before it is accepted; None: the principal.
    """
    configuration = call.home.configuration
    match classify_dialled(configuration, dialled):
        case DialledExtension(number=number):
            return _Asked(call, by, announced).at(ToExtension(number))
        case DialledGroup(name=name):
            return _Asked(call, by, announced).at(ToRingGroup(name))
        case DialledOutside() if not may_bring_outside(configuration, by.party, call.principal.party):
            return Outcome.REFUSED
        case DialledOutside(number=number):
            return _target_outside(call, number, by)
        case _:
            return Outcome.UNKNOWN


def _target_outside(call: Call, number: str, by: Leg) -> Target | Outcome:
    """A number outside, for which who asks pays; or refused, with the reason in the story."""
    payer = payer_of(call.home, by.party)
    found = ways_now(call.home, number, payer)
    tell_ways(call, number, found)
    if found.refused not in (None, WhyNot.NO_ROUTE):
        return Outcome.REFUSED
    member = outside_over(found, number, confirm=False, payer=payer)
    return Target([RingStage((member,), OUTSIDE_SECONDS)])


class _Asked:
    """Somebody of the house who is asked for, and where her diversions that always hold lead."""

    def __init__(self, call: Call, by: Leg, announced: Party | None) -> None:
        self._call = call
        self._by = by
        self._announced = announced
        self._for_whom: Extension | None = None

    def at(self, destination: Destination, diversions: int = MOST_DIVERSIONS) -> Target | Outcome:
        """Whom a destination rings; a mailbox or the like cannot be asked."""
        call, configuration = self._call, self._call.home.configuration
        match destination:
            case ToExtension(number=number) if number == self._by.party.number:
                return Outcome.BUSY
            case ToExtension(number=number) if (person := configuration.extensions.get(number)) is not None:
                held = before_ringing(configuration, person, call.home.ports.clock.wall())
                if held is None:
                    return _but(self._by, Target(stages_of_person(call, number, person)))
                if diversions:
                    self._for_whom = person
                    return self.at(parse_destination(held.to), diversions - 1)
            case ToRingGroup(name=name) if (group := configuration.ring_groups.get(name)) is not None:
                return _but(self._by, Target(stages_of_team(call, str(destination), group), str(destination)))
            case ToOutside(number=number):
                return Target([RingStage((self._outside(number),), OUTSIDE_SECONDS)])
        return Outcome.UNREACHABLE

    def _outside(self, number: str) -> Outside:
        """A number outside to which a person diverts: announced as she has set."""
        if self._for_whom is None:
            return outside(self._call, number, confirm=True)
        return outside_for(self._call, self._for_whom, number, self._announced)


def _but(by: Leg, target: Target) -> Target | Outcome:
    """A team without who asks, whose telephone is in use for just that."""
    own = Inside(by.party.number)
    kept = [
        stage._replace(members=tuple(member for member in stage.members if member != own)) for stage in target.stages
    ]
    stages = [stage for stage in kept if stage.members]
    return target._replace(stages=stages) if stages else Outcome.UNREACHABLE


def back_to(call: Call, number: str) -> Next:
    """The step that gives the principal back to who sent it away: at its extension, or the mobile that stood for one.

    Who cannot be found there reaches the extension's mailbox as usual; behind a mobile there is the default desk.
    """
    if not number.startswith("+"):
        return Next(reach, ToExtension(number))
    call.otherwise = Next(reach, parse_destination(call.home.configuration.default_desk))
    return Next(reach, ToOutside(number))
