"""Keys a caller presses: single ones while something plays, and whole numbers."""

from __future__ import annotations

import math

import trio

from appliance.calls.leg import Leg

END_OF_NUMBER = "#"


async def key_before(
    leg: Leg, keys: str, finished: trio.Event | None = None, *, seconds: float = math.inf
) -> str | None:
    """The first of some keys that is pressed before an event or before the time is over; others do nothing.

    Args:
        finished: Ends the waiting, such as the end of a prompt; None: only the time does.
    """
    pressed: str | None = None
    with trio.move_on_after(seconds):
        async with trio.open_nursery() as nursery:

            async def listen() -> None:
                nonlocal pressed
                while (digit := await leg.next_digit()) not in keys:
                    pass
                pressed = digit
                nursery.cancel_scope.cancel()

            nursery.start_soon(listen)
            if finished is not None:
                await finished.wait()
                nursery.cancel_scope.cancel()
    return pressed


async def collect_digits(leg: Leg, *, most: int, first_seconds: float, between_seconds: float) -> str:
    """What the caller keys in, without the terminator.

    Args:
        most: Stop after this many digits.
        first_seconds: Wait for the first digit; "" when it passes.
        between_seconds: Wait for each further digit.

    `#` ends the number, as ITU-T E.161 suggests and every desk phone teaches.
    """
    digits = ""
    while len(digits) < most:
        seconds = between_seconds if digits else first_seconds
        key = await key_before(leg, "0123456789" + END_OF_NUMBER, seconds=seconds)
        if key is None or key == END_OF_NUMBER:
            break
        digits += key
    return digits
