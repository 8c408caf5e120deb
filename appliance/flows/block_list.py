"""Blocking and allowing numbers by telephone: `*30`, `*31` and `*32`."""

from __future__ import annotations

from collections.abc import Callable

from appliance.calls.call import Call, Next, Then
from appliance.calls.ports import Phrase, SpelledDigits
from appliance.calls.story import BlockListChanged
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.routing.block_list import blockable, blocked, unblocked

Change = Callable[[Configuration, str], Configuration]


async def block_caller(call: Call, number: str) -> Then:
    """Block a number; "" means who called this phone last from outside."""
    meant = number or await call.home.ports.acquaintances.last_caller(call.caller.number)
    if meant is None:
        return Next(announce, Phrase("no-last-caller", call.language))
    whole = blockable(call.home.configuration, meant)
    if whole is None:
        return Next(announce, Phrase("number-cannot-be-blocked", call.language))
    return await _change(call, whole, blocked, Phrase("number-blocked", call.language))


async def allow_caller(call: Call, number: str) -> Then:
    """Take a number off the block list; "" means who called this phone last from outside."""
    meant = number or await call.home.ports.acquaintances.last_caller(call.caller.number)
    if meant is None:
        return Next(announce, Phrase("no-last-caller", call.language))
    whole = blockable(call.home.configuration, meant)
    if whole is None or unblocked(call.home.configuration, whole) == call.home.configuration:
        return Next(announce, Phrase("number-not-blocked", call.language))
    return await _change(call, whole, unblocked, Phrase("number-allowed", call.language))


async def _change(call: Call, number: str, change: Change, said: Phrase) -> Then:
    """Put the change in force, and read the number back."""
    try:
        await call.home.change_settings(lambda current: change(current, number), by=call.caller.number)
    except PorterError:
        return Next(announce, Phrase("number-cannot-be-blocked", call.language))
    call.tell(BlockListChanged(number=number, blocked=change is blocked))
    call.principal.answer()
    with call.play(call.principal, said, SpelledDigits(number.removeprefix("+"), call.language)) as playing:
        await playing.finished.wait()
    return None
