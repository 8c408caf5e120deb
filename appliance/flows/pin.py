"""Asking the principal for a PIN."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from appliance.calls.call import Call
from appliance.calls.ports import Phrase
from appliance.flows.keys import collect_digits

PIN_TRIES = 3
PIN_MOST_DIGITS = 12


async def ask_pin(
    call: Call, question: str, pins: Collection[str], is_wrong: Callable[[], Awaitable[None]] | None = None
) -> str | None:
    """Which of some PINs the principal keys in; None after too many wrong ones.

    Args:
        question: The phrase that asks.
        is_wrong: Told of each wrong one.
    """
    for attempt in range(PIN_TRIES):
        said = [Phrase("pin-wrong", call.language)] if attempt else []
        with call.play(call.principal, *said, Phrase(question, call.language)):
            typed = await collect_digits(call.principal, most=PIN_MOST_DIGITS, first_seconds=15, between_seconds=5)
        if typed in pins:
            return typed
        if is_wrong is not None:
            await is_wrong()
    return None
