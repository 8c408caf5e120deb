"""Diverting one's own calls by telephone, and hearing how they are diverted. What is said is durable."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Counted, Phrase, Prompt, Said, SpelledDigits
from appliance.calls.story import DiversionRefused, DiversionSet
from appliance.config.destinations import (
    Destination,
    HangUp,
    ToExtension,
    ToOutside,
    ToQueue,
    ToRingGroup,
    ToVoicemail,
    parse_destination,
)
from appliance.config.models import Configuration, DivertRule
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.flows.ask_number import ask_number
from appliance.routing.divert_codes import Refusal, divert_to, diverted, read_wanted, rules_in_use, undiverted

GOES: Mapping[DivertRule, str] = {
    DivertRule.ALWAYS: "calls-always-go-to",
    DivertRule.BUSY: "calls-go-when-busy",
    DivertRule.NO_ANSWER: "calls-go-unanswered",
    DivertRule.UNREACHABLE: "calls-go-when-unreachable",
}
STAYS: Mapping[DivertRule, str] = {
    DivertRule.ALWAYS: "calls-ring-here",
    DivertRule.BUSY: "not-diverted-when-busy",
    DivertRule.NO_ANSWER: "not-diverted-unanswered",
    DivertRule.UNREACHABLE: "not-diverted-when-unreachable",
}
REFUSED: Mapping[Refusal, str] = {
    Refusal.NO_NUMBER: "divert-no-number",
    Refusal.NOT_ALLOWED: "divert-not-allowed",
    Refusal.CIRCLE: "divert-circle",
    Refusal.SECONDS: "divert-seconds",
    Refusal.NOT_KEPT: "not-changed",
}

Change = Callable[[Configuration], Configuration]


async def divert(call: Call, rule: DivertRule, number: str) -> Then:
    """Divert the caller's calls by a rule; "" asks for the number.

    Args:
        number: Also with a time behind it; see `routing.divert_codes.read_wanted`.
    """
    member, wanted = call.caller.number, read_wanted(number or await _ask(call))
    if isinstance(wanted, Refusal):
        return _refuse(call, number, wanted)
    found = divert_to(call.home.configuration, member, rule, wanted.number)
    if isinstance(found, Refusal):
        return _refuse(call, wanted.number, found)
    seconds = wanted.after_seconds if rule is DivertRule.NO_ANSWER else None
    if not await _changed(call, lambda current: diverted(current, member, rule, found, seconds)):
        return _refuse(call, wanted.number, Refusal.NOT_KEPT)
    call.tell(DiversionSet(member=member, rule=rule, destination=str(found), after_seconds=seconds))
    return await _say(call, *_told(call, rule, found))


async def stop_diverting(call: Call, rule: DivertRule) -> Then:
    """Let the caller's calls be diverted by a rule no longer."""
    if not await _changed(call, lambda current: diverted(current, call.caller.number, rule, None)):
        return _refuse(call, "", Refusal.NOT_KEPT)
    call.tell(DiversionSet(member=call.caller.number, rule=rule))
    return await _say(call, Phrase(STAYS[rule], call.language))


async def stop_all_diversions(call: Call) -> Then:
    """Let the caller's calls be diverted by no rule."""
    if not await _changed(call, lambda current: undiverted(current, call.caller.number)):
        return _refuse(call, "", Refusal.NOT_KEPT)
    call.tell(DiversionSet(member=call.caller.number, rule="all"))
    return await _say(call, Phrase("calls-not-diverted", call.language))


async def tell_diversions(call: Call) -> Then:
    """Say every rule by which the caller's calls are diverted, and where to."""
    person = call.home.configuration.extensions.get(call.caller.number)
    rules = {} if person is None else rules_in_use(person.divert)
    if not rules:
        return await _say(call, Phrase("calls-not-diverted", call.language))
    return await _say(
        call, *(prompt for rule, to in rules.items() for prompt in _told(call, rule, parse_destination(to)))
    )


async def _ask(call: Call) -> str:
    call.principal.answer()
    return await ask_number(call, call.principal, Phrase("divert-where-to", call.language))


async def _changed(call: Call, change: Change) -> bool:
    try:
        await call.home.change_settings(change, by=call.caller.number)
    except PorterError:
        return False
    return True


def _refuse(call: Call, dialled: str, why: Refusal) -> Next:
    call.tell(DiversionRefused(member=call.caller.number, dialled=dialled, reason=why))
    return Next(announce, Phrase(REFUSED[why], call.language), Outcome.REFUSED)


async def _say(call: Call, *prompts: Prompt) -> Then:
    call.principal.answer()
    with call.play(call.principal, *prompts) as playing:
        await playing.finished.wait()
    return None


def _told(call: Call, rule: DivertRule, to: Destination) -> tuple[Prompt, ...]:
    """Where calls go, and how long it rings before."""
    person = call.home.configuration.extensions.get(call.caller.number)
    said = (Phrase(GOES[rule], call.language), *_named(call, to))
    if rule is not DivertRule.NO_ANSWER or person is None:
        return said
    return (*said, Counted("divert-after-seconds", round(person.divert.after_seconds), call.language))


def _named(call: Call, to: Destination) -> tuple[Prompt, ...]:
    """A destination aloud: names where there are some, else the number digit by digit."""
    configuration, language = call.home.configuration, call.language
    match to:
        case ToExtension(number=number):
            person = configuration.extensions.get(number)
            name = (Said(person.name, language),) if person is not None else ()
            return (*name, SpelledDigits(number, language))
        case ToVoicemail(box=box):
            return (Phrase("the-mailbox-of", language), SpelledDigits(box, language))
        case ToOutside(number=number):
            return (SpelledDigits(number.removeprefix("+"), language),)
        case ToRingGroup(name=name) if name in configuration.ring_groups:
            return (Said(configuration.ring_groups[name].name, language),)
        case ToQueue(name=name) if name in configuration.call_queues:
            return (Said(configuration.call_queues[name].name, language),)
        case HangUp():
            return (Phrase("nowhere", language),)
        case _:
            return (Said(str(to).partition(":")[2], language),)
