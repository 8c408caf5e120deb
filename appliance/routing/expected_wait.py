"""How long a caller of a queue will wait, from what the queue has seen lately.

The model is the queue-length predictor for impatient callers (QLm of R. Ibrahim and W. Whitt, Real-Time Delay
Estimation Based on Delay History, Manufacturing & Service Operations Management 11(3), 2009): while all `n` agents
are busy, one of them becomes free every `h / n` seconds, `h` being the mean time a call takes its agent; and each of
the `i` callers who are still ahead gives up at a rate `q`. With `k` callers ahead, the wait is the sum of
`1 / (n / h + i q)` over `i` from 0 to `k`.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import msgspec

LEAST_HANDLED = 3
"""Calls that must have been handled before anything is predicted; one or two may have been anything."""

LATEST = 100
"""Calls that count."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue has seen lately."""

    handling: Sequence[float] = ()
    """How long each of the last calls took its agent, from the first ring to the end of the time to wrap up, in
    seconds."""
    waits: Sequence[float] = ()
    """How long each of the last callers waited, whatever came of it, in seconds."""
    given_up: int = 0
    """How many of those hung up or chose something else."""


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """What stands between a caller and an agent."""

    waiting: int
    """Callers with a better place to whom nobody is offered yet."""
    agents: int
    """Members who take calls of the queue: logged in, not paused; busy or not."""
    free: int
    """How many of those have nothing to do."""


def expected_wait(seen: Seen, ahead: Ahead) -> float | None:
    """Seconds until an agent is offered; None when there is nothing to tell it by.

    With an agent free for everybody ahead it is no time at all, whatever was seen.
    """
    if ahead.free > ahead.waiting:
        return 0.0
    if ahead.agents == 0 or len(seen.handling) < LEAST_HANDLED:
        return None
    freed_a_second = ahead.agents / max(fmean(seen.handling), 1.0)
    given_up_a_second = seen.given_up / max(sum(seen.waits), 1.0)
    return sum(1 / (freed_a_second + place * given_up_a_second) for place in range(ahead.waiting - ahead.free + 1))
