"""A waiting caller asks to be called back: at which number, and may we?"""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.ports import Phrase, Prompt, SpelledDigits
from appliance.calls.story import CallbackRefused
from appliance.config.models import Callback
from appliance.flows.keys import collect_digits, key_before
from appliance.routing.callbacks import number_to_call, outside_number

YES, OTHER_NUMBER, GO_ON = "1", "2", "*"

KEY_SECONDS = 6.0
"""After each question; then the caller goes on waiting."""

FIRST_DIGIT_SECONDS = 10.0
BETWEEN_DIGITS_SECONDS = 4.0
MOST_DIGITS = 20
"""15 of the number (ITU-T E.164 §6.1) and those of any country that are dialled before it."""

QUESTIONS = 5
"""In all; a caller who cannot agree with us by then goes on waiting."""


async def ask_callback(call: Call, callback: Callback) -> str | None:
    """The number a caller wants to be called at, which he has confirmed; None: he goes on waiting.

    Who does not show a number keys one in.
    """
    number = number_to_call(call.home.configuration, callback, call.principal.party)
    for _ in range(QUESTIONS):
        if number is None:
            number = await _keyed_in(call, callback)
            if number == "":
                return None
            continue
        match await _answer(call, number):
            case key if key == YES:
                return number
            case key if key == OTHER_NUMBER:
                number = None
            case _:
                return None
    return None


async def _answer(call: Call, number: str) -> str | None:
    """What the caller says to a number: one of the keys above; None when nothing."""
    leg, language = call.principal, call.language
    question: tuple[Prompt, ...] = (
        Phrase("queue-callback-number", language),
        SpelledDigits(number, language),
        Phrase("queue-callback-confirm", language),
    )
    keys = YES + OTHER_NUMBER + GO_ON
    with call.play(leg, *question) as asking:
        pressed = await key_before(leg, keys, asking.finished)
    return pressed or await key_before(leg, keys, seconds=KEY_SECONDS)


async def _keyed_in(call: Call, callback: Callback) -> str | None:
    """A number the caller keys in; "" when he keys in nothing, None when he cannot be called there."""
    leg, language = call.principal, call.language
    with call.play(leg, Phrase("queue-enter-number", language)) as asking:
        first = await key_before(leg, "0123456789#", asking.finished)
    digits = "" if first in (None, "#") else first or ""
    if first != "#":
        digits += await collect_digits(
            leg,
            most=MOST_DIGITS - len(digits),
            first_seconds=BETWEEN_DIGITS_SECONDS if digits else FIRST_DIGIT_SECONDS,
            between_seconds=BETWEEN_DIGITS_SECONDS,
        )
    if not digits:
        return ""
    number = outside_number(call.home.configuration, callback, digits)
    if number is None:
        call.tell(CallbackRefused(number=digits))
        with call.play(leg, Phrase("queue-number-refused", language)) as telling:
            await telling.finished.wait()
    return number
