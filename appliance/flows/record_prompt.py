"""Recording a prompt of the office by telephone: speak, listen, and only then let callers hear it."""

from __future__ import annotations

import logging

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import BEEP, Phrase, Prompt, Recorded
from appliance.calls.story import PromptRecorded, PromptRestored
from appliance.config.models import Language
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.flows.keys import END_OF_NUMBER, key_before
from appliance.flows.questions import digits_after, key_after
from appliance.routing.prompts import PromptSpoken, may_record_prompts, prompt_at

log = logging.getLogger(__name__)

KEEP, AGAIN, BUILT_IN, LISTEN = "1", "2", "3", "4"
CHOICES = KEEP + AGAIN + BUILT_IN + LISTEN + END_OF_NUMBER

LONGEST_SECONDS = 180.0
MOST_DIGITS = 6
MOST_CHOICES = 30
"""Then somebody plays with the keys, or a machine does."""


async def record_prompt(call: Call, number: str = "") -> Then:
    """Let the principal record the prompt of a number; "" asks for it.

    Nothing changes before he says so, whenever he hangs up.
    """
    if not may_record_prompts(call.home.configuration, call.caller):
        return Next(announce, Phrase("may-not-record-prompts", call.language), Outcome.REFUSED)
    leg = call.principal
    leg.answer()
    leg.forget_facts()
    if not number:
        number = await digits_after(call, Phrase("prompt-number", call.language), most=MOST_DIGITS)
    prompt = prompt_at(call.home.configuration, number) or _numbered(call, number)
    if prompt is None:
        return Next(announce, Phrase("no-such-prompt", call.language), Outcome.UNKNOWN)
    return Next(announce, Phrase(await _choose(call, prompt), call.language))


def _numbered(call: Call, number: str) -> PromptSpoken | None:
    """Any other prompt, by the number that the page shows beside it."""
    found = call.home.ports.prompts.numbered(call.home.configuration, number)
    return None if found is None else PromptSpoken(found.name, Language(found.language), found.text)


async def _choose(call: Call, prompt: PromptSpoken) -> str:
    """Record until the principal keeps it or goes back to what comes with Porter; the phrase that ends it all."""
    path = await _record(call)
    for _ in range(MOST_CHOICES):
        if path is None:
            return "cannot-record-prompt"
        match await _heard(call, path):
            case "1":
                if await _keep(call, prompt, path):
                    return "prompt-kept"
                path = await _record(call, Phrase("prompt-not-usable", call.language))
            case "2":
                path = await _record(call)
            case "3":
                await _restore(call, prompt)
                return "prompt-restored"
            case "4":
                pass
            case _:
                break
    return "prompt-unchanged"


async def _heard(call: Call, path: str) -> str | None:
    """Play a recording and ask what to do with it."""
    language = call.language
    own = (Phrase("prompt-sounds-so", language), Recorded(path))
    return await key_after(call, CHOICES, *own, Phrase("prompt-choices", language))


async def _record(call: Call, *before: Prompt) -> str | None:
    """Record the principal until `#` or long silence, into the file of this path; None when there is no room for it.

    Args:
        before: Said first.
    """
    leg, scratch = call.principal, call.home.ports.scratch
    try:
        path = await scratch.new_recording()
    except PorterError as error:
        log.error("call %s: no prompt could be recorded: %s", call.id, error)
        return None
    call.at_end.append(lambda: scratch.discard_soon(path))
    with call.play(leg, *before, Phrase("speak-then-hash", call.language), BEEP) as asking:
        await asking.finished.wait()
    leg.forget_facts()
    with call.record(leg, path) as recording:
        await key_before(leg, END_OF_NUMBER, recording.finished, seconds=LONGEST_SECONDS)
    leg.forget_facts()
    return path


async def _keep(call: Call, prompt: PromptSpoken, path: str) -> bool:
    """Whether callers hear the recording from now on; one that is silent is not kept."""
    try:
        seconds = await call.home.ports.prompts.keep(prompt.name, prompt.language, path, prompt.text)
    except PorterError as error:
        log.warning("call %s: a recording of %s was not kept: %s", call.id, prompt.name, error)
        return False
    call.tell(PromptRecorded(prompt=prompt.text or prompt.name, language=prompt.language, seconds=seconds))
    return True


async def _restore(call: Call, prompt: PromptSpoken) -> None:
    if await call.home.ports.prompts.remove(prompt.name, prompt.language):
        call.tell(PromptRestored(prompt=prompt.text or prompt.name, language=prompt.language))
