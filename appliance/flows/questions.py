"""Questions to the principal that are answered by keys; a key cuts the question short."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.ports import Prompt
from appliance.flows.keys import END_OF_NUMBER, collect_digits, key_before

DIGITS = "0123456789"
ANY_KEY = DIGITS + "*#"

THINKING_SECONDS = 6.0
"""After a question."""

BETWEEN_DIGITS_SECONDS = 3.0


async def key_after(call: Call, keys: str, *question: Prompt, seconds: float = THINKING_SECONDS) -> str | None:
    """The first of some keys that is pressed during a question or soon after it; None when none is."""
    leg = call.principal
    with call.play(leg, *question) as asking:
        pressed = await key_before(leg, keys, asking.finished)
    return pressed or await key_before(leg, keys, seconds=seconds)


async def digits_after(call: Call, *question: Prompt, most: int, seconds: float = THINKING_SECONDS) -> str:
    """What is keyed in during a question or after it, without the `#` that ends it; "" for nothing."""
    leg = call.principal
    with call.play(leg, *question) as asking:
        first = await key_before(leg, DIGITS + END_OF_NUMBER, asking.finished)
    if first == END_OF_NUMBER:
        return ""
    rest = await collect_digits(
        leg,
        most=most - len(first or ""),
        first_seconds=BETWEEN_DIGITS_SECONDS if first else seconds,
        between_seconds=BETWEEN_DIGITS_SECONDS,
    )
    return (first or "") + rest
