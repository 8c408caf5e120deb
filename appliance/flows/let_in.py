"""A caller from outside who got through: a greeting by name, the person responsible first, then the route's way."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.ports import Phrase, Prompt, Said
from appliance.calls.ringing import Inside, Member
from appliance.calls.story import Greeted, ResponsibleFirst
from appliance.calls.talk import talk
from appliance.config.destinations import HangUp, ToExtension
from appliance.config.models import KnownBy
from appliance.flows.announce import let_hear
from appliance.flows.last_resort import last_resort
from appliance.flows.members import RingStage
from appliance.flows.reach import reach
from appliance.flows.ring_group import first_to_answer
from appliance.flows.way_out import outside
from appliance.routing.callers import Caller
from appliance.routing.inbound import Routed
from appliance.routing.responsible import may_be_first


async def let_in(call: Call, routed: Routed, caller: Caller) -> Then:
    """Go where the route leads; what nobody takes ends at a mailbox or with a notice, never in silence."""
    for fact in routed.facts:
        call.tell(fact)
    onward = Next(reach, routed.destination, then=routed.then)
    person = await _responsible(call, routed, caller)
    if person is None and isinstance(routed.destination, HangUp):
        return onward
    call.at_last = Next(last_resort)
    if person is not None:
        onward = Next(ring_responsible, person, onward)
    if greeting := _greeting(call, caller):
        return Next(greet, caller.name, greeting, onward)
    call.principal.ring()
    return onward


def _greeting(call: Call, caller: Caller) -> tuple[Prompt, ...]:
    """What a known caller hears first; () for nothing."""
    if caller.contact is None:
        return ()
    if caller.contact.greeting:
        return (Said(caller.contact.greeting, call.language),)
    if not call.settings.contact_manager.greet_by_name:
        return ()
    return (Phrase("good-day", call.language), Said(caller.name, call.language))


async def greet(call: Call, name: str, greeting: tuple[Prompt, ...], onward: Next) -> Then:
    """Greet the caller by name, where the line allows before the call costs him anything."""
    let_hear(call.principal)
    call.tell(Greeted(name=name))
    with call.play(call.principal, *greeting) as playing:
        await playing.finished.wait()
    call.principal.ring()
    return onward


async def _responsible(call: Call, routed: Routed, caller: Caller) -> str | None:
    """The extension to ring first; None where the route decides alone, rings nobody, or nobody is responsible.

    Who has called for help a short time ago is rung first for every unknown number, whatever the hours.
    """
    helped = call.home.places.waits_for_help(call.home.ports.clock.monotonic())
    if helped is not None and caller.contact is None:
        call.tell(ResponsibleFirst(member=helped, source="help"))
        return helped
    if routed.is_for_caller or not routed.rings_people:
        return None
    for source in call.settings.contact_manager.sources:
        number = await _known_by(call, source, caller)
        if number is not None and may_be_first(call.home.configuration, number, call.home.ports.clock.wall()):
            if routed.destination == ToExtension(number):
                return None
            call.tell(ResponsibleFirst(member=number, source=source))
            return number
    return None


async def _known_by(call: Call, source: KnownBy, caller: Caller) -> str | None:
    match source:
        case KnownBy.CONTACTS:
            return caller.contact.responsible if caller.contact is not None else None
        case KnownBy.LAST_TALK:
            return await call.home.ports.acquaintances.last_talk(caller.number) if caller.number else None


async def ring_responsible(call: Call, number: str, onward: Next) -> Then:
    """Ring the person responsible, at the mobile too where that is wished; else the caller goes on as usual.

    Her diversions do not count here: they would take the caller away from those who can be reached.
    """
    person = call.home.configuration.extensions.get(number)
    if person is None:
        return onward
    settings = call.settings.contact_manager
    members: list[Member] = [Inside(number)]
    if settings.also_mobile and person.mobile is not None:
        members.append(outside(call, person.mobile, confirm=True))
    call.otherwise = onward
    async with call.ringing() as ringing:
        stages = [RingStage(tuple(members), settings.ring_seconds)]
        if winner := await first_to_answer(call, ringing, stages, person.name):
            return Next(talk, winner)
    return ringing.outcome
