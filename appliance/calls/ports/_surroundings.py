"""What a flow knows of its surroundings: time, and the network of the house."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time: durations are monotonic, the wall may be unknown (most Pis boot without a clock)."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; the same scale as `trio.current_time()`."""
        ...

    def wall(self) -> datetime | None:
        """The time of day with its zone; None while nobody trusts it."""
        ...


class Network(Protocol):
    """The network of the house."""

    def address(self) -> str:
        """IPv4 address of this box there, at which its page is; "" without a network."""
        ...
