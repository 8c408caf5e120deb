"""Meeting places: where one call finds another. They belong to the office, point at calls and hold no legs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from appliance.calls.names import CallId
from appliance.calls.rooms import Room
from appliance.calls.wishes import Wishes
from appliance.calls.wrong_pins import WrongPins

if TYPE_CHECKING:
    from appliance.calls.call import Call
    from appliance.calls.leg import Leg
    from appliance.calls.ports import Sound


class QueueState(msgspec.Struct, frozen=True):
    """How a queue is now, for decisions about calls that are not in it."""

    waiting: int
    """Callers in it."""
    agents: int
    """Members who are logged in, busy or not."""


class HelpCalled(msgspec.Struct, frozen=True):
    """Somebody of the house called an emergency number."""

    extension: str
    at: float
    """Monotonic seconds."""


class AskedBySms(msgspec.Struct, frozen=True):
    """Somebody was asked to let a visitor in."""

    door: str
    ring: CallId


HELP_CALLS_BACK_SECONDS = 3600.0
"""How long a call from an unknown number may be the emergency centre that calls back (RFC 7090)."""


class MeetingPlaces:
    """Park slots, queues, conference rooms, what can be picked up, and who waits for help to call back."""

    def __init__(self, sound: Sound, wrong_pins: WrongPins) -> None:
        self._sound = sound
        self.rooms: dict[str, Room] = {}
        """By name, conference rooms with somebody in them."""
        self.wrong_pins = wrong_pins
        self.owners_told: dict[tuple[str, str], float] = {}
        """Mailbox and what its owners were told by SMS, to when: monotonic seconds."""
        self.full_boxes: dict[str, int] = {}
        """Mailboxes that could take no message the last time, to how many there were in them."""
        self.wishes = Wishes()
        """Who wants to be called back by whom."""
        self.parked: dict[str, Call] = {}
        """Slot number to the call that waits in it."""
        self.ringing: dict[Call, tuple[str, ...]] = {}
        """Calls that ring somebody, to the extensions they ring; oldest first."""
        self.rung_for: dict[Call, str] = {}
        """Those of them that a team rings, to the destination that leads to it."""
        self.queues: dict[str, QueueState] = {}
        """By name, how each queue is; whoever leads a queue keeps its entry right."""
        self.asked_by_sms: dict[str, AskedBySms] = {}
        """By number, who was asked last by SMS to let a visitor in."""
        self.help_called: HelpCalled | None = None
        """The last time; None: never since the start."""

    def waits_for_help(self, now: float) -> str | None:
        """The extension that called for help within the last hour; None: none did.

        Args:
            now: Monotonic seconds.
        """
        called = self.help_called
        return called.extension if called is not None and now - called.at < HELP_CALLS_BACK_SECONDS else None

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

    def people_in(self, room: str) -> int:
        """How many are in a conference room."""
        return len(self.rooms[room].members) if room in self.rooms else 0

    @contextmanager
    def in_room(self, name: str, leg: Leg, *, leads: bool) -> Iterator[Room]:
        """The leg is in a conference room meanwhile; the room is there as long as somebody is."""
        room = self.rooms.setdefault(name, Room(self._sound))
        try:
            with room.entered(leg, leads=leads):
                yield room
        finally:
            if not room.members and self.rooms.get(name) is room:
                del self.rooms[name]

    @contextmanager
    def being_rung(self, call: Call) -> Iterator[None]:
        """The call can be picked up meanwhile; `now_ringing` says at which extensions."""
        self.ringing[call] = ()
        try:
            yield
        finally:
            self.ringing.pop(call, None)
            self.rung_for.pop(call, None)

    def now_ringing(self, call: Call, extensions: tuple[str, ...]) -> None:
        if call in self.ringing:
            self.ringing[call] = extensions

    def now_rung_for(self, call: Call, team: str) -> None:
        if call in self.ringing:
            self.rung_for[call] = team

    def ringing_at(self, extensions: Sequence[str]) -> Call | None:
        """The oldest call that rings one of the extensions."""
        wanted = set(extensions)
        return next((call for call, members in self.ringing.items() if wanted & set(members)), None)
