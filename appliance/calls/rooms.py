"""Conference rooms as meeting places: who is in one, and the bridge on which they hear each other.

Every member is the principal of a call of its own, which holds its leg; a room holds none. It knows who is in it and
keeps one bridge for all of them, so that whoever leaves takes nobody else's sound along.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from appliance.calls.leg import Leg
    from appliance.calls.names import LegId
    from appliance.calls.ports import Attachment, Sound


class Room:
    """One conference room while somebody is in it.

    Attributes:
        members: Who is in it, in the order they came.
        leaders: Those of them who lead.
        changed: Set when somebody came or left; then another event takes its place.
    """

    def __init__(self, sound: Sound) -> None:
        self.members: list[Leg] = []
        self.leaders: set[Leg] = set()
        self.changed = trio.Event()
        self._sound = sound
        self._speaking: dict[LegId, bool] = {}
        """Who sits on the bridge, and whether the others hear them."""
        self._attachments: list[Attachment] = []

    @contextmanager
    def entered(self, leg: Leg, *, leads: bool) -> Iterator[None]:
        """The leg is in the room meanwhile."""
        self.members.append(leg)
        if leads:
            self.leaders.add(leg)
        self._tell()
        try:
            yield
        finally:
            self.members.remove(leg)
            self.leaders.discard(leg)
            self._tell()

    def seat(self, leg: LegId, *, is_muted: bool) -> Seat:
        """A place on the bridge; muted, one hears the others and is not heard."""
        self._speaking[leg] = not is_muted
        self._connect()
        return Seat(self, leg)

    def rise(self, leg: LegId) -> None:
        """Give a place on the bridge up. Called by the seat."""
        if self._speaking.pop(leg, None) is not None:
            self._connect()

    def _tell(self) -> None:
        changed, self.changed = self.changed, trio.Event()
        changed.set()

    def _connect(self) -> None:
        """Connect everybody anew before what was is undone, so that nobody hears a gap."""
        before, self._attachments = self._attachments, []
        heard = [leg for leg, speaks in self._speaking.items() if speaks]
        if len(heard) > 1:
            self._attachments.append(self._sound.bridge(*heard))
        for leg, speaks in self._speaking.items():
            if not speaks and heard:
                self._attachments.append(self._sound.tap(leg, heard))
        for attachment in before:
            attachment.close()


class Seat:
    """One member's place on the bridge of a room, as the attachment of its leg."""

    seconds = 0.0

    def __init__(self, room: Room, leg: LegId) -> None:
        self.finished = trio.Event()
        self._room: Room | None = room
        self._leg = leg

    def close(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.rise(self._leg)
