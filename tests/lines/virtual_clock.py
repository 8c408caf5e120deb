"""Real terminals, virtual time: what takes a modem a minute takes a test a second."""

import functools
from collections.abc import Awaitable, Callable

import trio
import trio.testing

IDLE_SECONDS = 0.001
"""Real time without a byte on any terminal after which the clock jumps. It may be too short for the kernel to carry
one: then some milliseconds of the virtual clock pass, of the seconds that a modem is given."""


def on_a_virtual_clock(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test whose seconds of patience take none: the terminals are real, the time is not."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        clock = trio.testing.MockClock(autojump_threshold=IDLE_SECONDS)
        trio.run(functools.partial(test, **fixtures), clock=clock)

    return run
