"""Asking a party of a talk for a number, and telling it what became of that."""

from __future__ import annotations

from contextlib import ExitStack

from appliance.calls.call import Call
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase, Prompt, Tone
from appliance.flows.keys import END_OF_NUMBER, key_before

DIAL_TONE = Tone((425,), on_ms=1000, cycles=0)
"""ITU-T E.180 supplement 2: continuous in most of Europe."""

CANCEL = "*"
"""Ends the number without one, and calls back from ringing."""

MOST_DIGITS = 20
FIRST_SECONDS = 10.0
BETWEEN_SECONDS = 3.0

SAID_OF_OUTCOME = {
    Outcome.BUSY: "they-are-busy",
    Outcome.NO_ANSWER: "nobody-answers",
    Outcome.UNREACHABLE: "cannot-be-reached",
    Outcome.UNKNOWN: "number-unknown",
    Outcome.REFUSED: "cannot-connect",
}


async def ask_number(call: Call, leg: Leg, *before: Prompt) -> str:
    """What a party keys in after a dial tone; "" when nothing, or when it cancels with `*`.

    Args:
        before: What it hears before the tone; it may key in the number already.

    `#` ends the number, and so does a pause. A party that hangs up has keyed in what it has.
    """
    number = ""
    with ExitStack() as sounding:
        sounding.enter_context(call.play(leg, *before, DIAL_TONE))
        while len(number) < MOST_DIGITS:
            seconds = BETWEEN_SECONDS if number else FIRST_SECONDS
            key = await key_before(leg, "0123456789*" + END_OF_NUMBER, leg.gone, seconds=seconds)
            sounding.close()
            if key == CANCEL:
                return ""
            if key is None or key == END_OF_NUMBER:
                break
            number += key
    return number


async def tell_outcome(call: Call, leg: Leg, outcome: Outcome) -> None:
    """Say why the number did not come to the phone."""
    await say(call, leg, SAID_OF_OUTCOME.get(outcome, "cannot-be-reached"))


async def say(call: Call, leg: Leg, phrase: str) -> None:
    """Say something to one party to its end; at once over when the party is gone."""
    with call.play(leg, Phrase(phrase, call.language_of(leg))) as playing:
        await playing.finished.wait()
