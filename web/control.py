"""What the page needs of the controller's client: the one in `appliance.control.client`, or another in a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from appliance.control.client import Heard
from appliance.control.messages import Ask

Result = TypeVar("Result")


class Control(Protocol):
    """Asks the controller and hears from it; safe to share between threads."""

    def ask(self, request: Ask[Result], *, seconds: float | None = None) -> Result:
        """Its answer; raises `RequestFailed` with a fault to show."""
        ...

    def subscribe(self, *, idle_seconds: float = 15.0) -> Iterator[Heard]:
        """What happens, for ever."""
        ...
