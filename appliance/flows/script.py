"""Scripts of the auto attendant: one step after another, with the values they collect.

A step that fails leads somewhere: to what it names, or to where the script leads in the end. Nobody is left in one.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase, Prompt
from appliance.calls.story import (
    Branched,
    DigitsCollected,
    NothingCollected,
    ReadBack,
    ScriptBegan,
    ScriptLeft,
    ServiceAsked,
    ServiceNotAsked,
)
from appliance.config.destinations import HangUp, parse_destination
from appliance.config.models import AnyStep, Ask, Book, Branch, Collect, Confirm, Go, Rate, Say, Script, SpokenTexts
from appliance.flows.announce import announce
from appliance.flows.appointments import book
from appliance.flows.last_resort import last_resort
from appliance.flows.onward import Onward
from appliance.flows.questions import digits_after, key_after
from appliance.flows.rating import ask_for_mark
from appliance.routing.languages import text_in
from appliance.routing.scripts import CALLER, fill_address, filled, step_at

MOST_STEPS = 200
"""Of one run; steps that lead to each other end here."""

TRIES = 2
"""For each question."""

YES, NO = "1", "2"

NEXT = None
"""What a step gives when the one after it follows."""


async def follow_script(call: Call, name: str, onward: Onward) -> Then:
    """Take the caller through a script; afterwards, or when a step fails, to where it leads."""
    script = call.home.configuration.scripts.get(name)
    if script is None:
        return Outcome.UNREACHABLE
    call.principal.answer()
    call.at_last = call.at_last or Next(last_resort)
    call.tell(ScriptBegan(script=script.name))
    to = await _Run(call, script).until_over()
    destination = parse_destination(to)
    call.tell(ScriptLeft(script=script.name, destination=to))
    if isinstance(destination, HangUp):
        return Next(announce, Phrase("goodbye", call.language))
    return onward(destination)


class _Run:
    """One caller's way through a script."""

    def __init__(self, call: Call, script: Script) -> None:
        self._call = call
        self._script = script
        self._values = {CALLER: call.principal.party.number}

    async def until_over(self) -> str:
        """Take the steps; the destination that follows."""
        at = 0
        for _ in range(MOST_STEPS):
            if at >= len(self._script.steps):
                break
            target = await self._take(self._script.steps[at])
            if target is NEXT:
                at += 1
            elif (named := step_at(self._script, target)) is not None:
                at = named
            else:
                return target
        return self._end

    @property
    def _end(self) -> str:
        return self._script.then or self._call.home.configuration.default_desk

    async def _take(self, step: AnyStep) -> str | None:
        """Take one step; where it goes on, `NEXT` for the step after it."""
        match step:
            case Say(text=text):
                await self._say(text)
                return NEXT
            case Collect():
                return await self._collect(step)
            case Ask():
                return await self._ask(step)
            case Confirm():
                return await self._confirm(step)
            case Branch():
                return self._branch(step)
            case Go(to=to):
                return to
            case Rate(survey=survey):
                await ask_for_mark(self._call, survey)
                return NEXT
            case Book(calendar=calendar, failed=failed):
                return NEXT if await book(self._call, calendar) else failed or self._end

    def _said(self, texts: SpokenTexts) -> Prompt:
        text, language = text_in(texts, self._call.language, self._call.settings.language)
        return filled(text, self._values, language)

    async def _say(self, text: SpokenTexts) -> None:
        with self._call.play(self._call.principal, self._said(text)) as saying:
            await saying.finished.wait()

    async def _collect(self, step: Collect) -> str | None:
        call = self._call
        regret: tuple[Prompt, ...] = ()
        for _ in range(TRIES):
            digits = await digits_after(call, *regret, self._said(step.text), most=step.most)
            if len(digits) >= step.least:
                call.person_decided()
                self._values[step.into] = digits
                call.tell(DigitsCollected(value=step.into, digits="" if step.secret else digits))
                return NEXT
            regret = (Phrase("not-enough-digits", call.language),)
        call.tell(NothingCollected(value=step.into))
        return step.otherwise or self._end

    async def _ask(self, step: Ask) -> str | None:
        call = self._call
        url = fill_address(step.url, self._values)
        began = trio.current_time()
        with call.music(call.principal):
            answer = await call.home.ports.web_services.ask(
                url, send={name: self._values.get(name, "") for name in step.send}, seconds=step.seconds
            )
        service, fault = urlsplit(url).netloc, answer.fault
        if not answer.was_asked:
            call.tell(ServiceNotAsked(service=service, answers=not fault))
        else:
            if not fault and not set(step.answers) <= set(answer.values):
                fault = "value missing"
            call.tell(ServiceAsked(service=service, seconds=trio.current_time() - began, fault=fault))
        if not fault:
            self._values |= {name: answer.values.get(name, "") for name in step.answers}
            return NEXT
        with call.play(call.principal, Phrase("service-does-not-answer", call.language)) as apology:
            await apology.finished.wait()
        return step.failed or self._end

    async def _confirm(self, step: Confirm) -> str | None:
        call = self._call
        for _ in range(TRIES):
            key = await key_after(call, YES + NO, self._said(step.text))
            if key is not None:
                call.person_decided()
                call.tell(ReadBack(confirmed=key == YES))
                return NEXT if key == YES else step.no or self._end
        call.tell(ReadBack(confirmed=False))
        return self._end

    def _branch(self, step: Branch) -> str | None:
        found = self._values.get(step.value, "")
        taken = step.cases.get(found, step.otherwise)
        ways = dict.fromkeys((*step.cases.values(), step.otherwise))
        others = tuple(way for way in ways if way is not None and way != taken)
        self._call.tell(Branched(value=step.value, found=found, otherwise=others))
        return taken
