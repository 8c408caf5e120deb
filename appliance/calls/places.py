"""Meeting places: where one call finds another. They belong to the office, point at calls and hold no legs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from appliance.calls.call import Call


class QueueState(msgspec.Struct, frozen=True):
    """How a queue is now, for decisions about calls that are not in it."""

    waiting: int
    """Callers in it."""
    agents: int
    """Members who are logged in, busy or not."""


class MeetingPlaces:
    """Park slots, queues and what can be picked up."""

    def __init__(self) -> None:
        self.parked: dict[str, Call] = {}
        """Slot number to the call that waits in it."""
        self.ringing: dict[Call, tuple[str, ...]] = {}
        """Calls that ring somebody, to the extensions they ring; oldest first."""
        self.queues: dict[str, QueueState] = {}
        """By name, how each queue is; whoever leads a queue keeps its entry right."""

    def free_slot(self, slots: Sequence[str], wanted: str | None = None) -> str | None:
        """A slot nobody waits in; the wanted one when it is free. None: all are taken."""
        if wanted is not None:
            return wanted if wanted not in self.parked else None
        return next((slot for slot in slots if slot not in self.parked), None)

    @contextmanager
    def parked_in(self, slot: str, call: Call) -> Iterator[None]:
        """The call can be found in the slot meanwhile."""
        if slot in self.parked:
            raise ValueError(f"slot {slot} is taken")
        self.parked[slot] = call
        try:
            yield
        finally:
            del self.parked[slot]

    @contextmanager
    def being_rung(self, call: Call) -> Iterator[None]:
        """The call can be picked up meanwhile; `now_ringing` says at which extensions."""
        self.ringing[call] = ()
        try:
            yield
        finally:
            self.ringing.pop(call, None)

    def now_ringing(self, call: Call, extensions: tuple[str, ...]) -> None:
        if call in self.ringing:
            self.ringing[call] = extensions

    def ringing_at(self, extensions: Sequence[str]) -> Call | None:
        """The oldest call that rings one of the extensions."""
        wanted = set(extensions)
        return next((call for call, members in self.ringing.items() if wanted & set(members)), None)
