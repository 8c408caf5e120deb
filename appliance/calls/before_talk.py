"""What who answered is asked or told before the caller gets him; nobody else hears it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import trio

from appliance.calls.leg import Leg
from appliance.calls.ports import Prompt

if TYPE_CHECKING:
    from appliance.calls.call import Call

ACCEPT_SECONDS = 20.0
"""How long the one who answered outside may take to press 1."""

AGAIN_SECONDS = 2.0
"""From the end of the question to its next beginning."""


async def presses_1(call: Call, leg: Leg, question: Sequence[Prompt]) -> bool:
    """Whether he presses 1 after a question that is repeated; any other key, silence and hanging up mean no."""
    accepted = False
    with trio.move_on_after(ACCEPT_SECONDS):
        async with trio.open_nursery() as nursery:

            async def ask() -> None:
                while not leg.is_gone:
                    with call.play(leg, *question) as playing:
                        await playing.finished.wait()
                    await trio.sleep(AGAIN_SECONDS)

            async def give_up() -> None:
                await leg.gone.wait()
                nursery.cancel_scope.cancel()

            nursery.start_soon(ask)
            nursery.start_soon(give_up)
            accepted = await leg.next_digit() == "1"
            nursery.cancel_scope.cancel()
    return accepted and not leg.is_gone


async def hears(call: Call, leg: Leg, note: Sequence[Prompt]) -> None:
    """Play something to its end, or until he presses a key or hangs up."""
    async with trio.open_nursery() as nursery:

        async def until(over: Callable[[], Awaitable[object]]) -> None:
            await over()
            nursery.cancel_scope.cancel()

        with call.play(leg, *note) as playing:
            nursery.start_soon(until, playing.finished.wait)
            nursery.start_soon(until, leg.gone.wait)
            await until(leg.next_digit)
