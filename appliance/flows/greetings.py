"""Recording the greetings of a mailbox by phone, one for each reason why a caller gets there."""

from __future__ import annotations

from functools import partial

from appliance.calls.call import Call
from appliance.calls.ports import BEEP, Phrase, Recorded
from appliance.calls.story import GreetingChanged
from appliance.errors import PorterError
from appliance.flows.keys import END_OF_NUMBER, key_before
from appliance.flows.questions import key_after
from appliance.routing.boxes import Box, Greeting

REASONS = {
    "1": Greeting.ALWAYS,
    "2": Greeting.BUSY,
    "3": Greeting.NO_ANSWER,
    "4": Greeting.UNREACHABLE,
    "5": Greeting.CLOSED,
}
LEAVE = "#*"
KEEP, AGAIN, STANDARD = "1", "2", "3"

LONGEST_SECONDS = 90.0
SHORTEST_SECONDS = 1.0
THINKING_SECONDS = 8.0


async def record_greetings(call: Call, box: Box) -> None:
    """Let the principal choose greetings and record them, until she has enough of it.

    Whoever hangs up before keeping a greeting leaves the one before in force.
    """
    while (key := await _choose(call, box, "greetings-menu", "".join(REASONS) + LEAVE)) in REASONS:
        await _record_one(call, box, REASONS[key])


async def _record_one(call: Call, box: Box, reason: Greeting) -> None:
    mailboxes, scratch = call.home.ports.mailboxes, call.home.ports.scratch
    while True:
        try:
            path = await scratch.new_recording()
        except PorterError:
            return await _say(call, box, "cannot-record")
        call.at_end.append(partial(scratch.discard_soon, path))
        seconds = await _record(call, box, path)
        if seconds >= SHORTEST_SECONDS:
            with call.play(call.principal, Recorded(path)) as playing:
                await key_before(call.principal, END_OF_NUMBER, playing.finished)
        match await _choose(call, box, "greeting-recorded-menu", KEEP + AGAIN + STANDARD + LEAVE):
            case "1" if seconds >= SHORTEST_SECONDS:
                try:
                    await mailboxes.keep_greeting(box.key, reason, path)
                except PorterError:
                    return await _say(call, box, "cannot-record")
                call.tell(GreetingChanged(box=box.key, reason=reason))
                return await _say(call, box, "greeting-kept")
            case "3":
                await mailboxes.remove_greeting(box.key, reason)
                call.tell(GreetingChanged(box=box.key, reason=reason))
                return await _say(call, box, "greeting-standard")
            case "1" | "2":
                continue
            case _:
                return None


async def _record(call: Call, box: Box, path: str) -> float:
    """Seconds recorded."""
    leg = call.principal
    with call.play(leg, Phrase("speak-greeting", box.language), BEEP) as playing:
        await playing.finished.wait()
    leg.forget_facts()
    with call.record(leg, path) as recording:
        await key_before(leg, END_OF_NUMBER, recording.finished, seconds=LONGEST_SECONDS)
    return recording.seconds


async def _choose(call: Call, box: Box, menu: str, keys: str) -> str | None:
    return await key_after(call, keys, Phrase(menu, box.language), seconds=THINKING_SECONDS)


async def _say(call: Call, box: Box, phrase: str) -> None:
    with call.play(call.principal, Phrase(phrase, box.language)) as playing:
        await playing.finished.wait()
