"""The alarms of one door: what begins and what ends is told once, and recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from appliance.control.door_alarms import AlarmKind, DoorAlarm, DoorAlarmEnded
from appliance.control.door_messages import DoorSettings
from appliance.door import fixtures, watching
from appliance.door.alarm_words import words
from appliance.door.fixtures import CONTACT

logger = logging.getLogger(__name__)

Record = Callable[[AlarmKind, bool, str | None], None]
"""Put into the ledger that an alarm began (True) or is over, and whose code plays a part."""


class AlarmWatch:
    """Compares what is wrong now with what was a moment ago.

    Args:
        is_open: What the contact says at first; None: there is none.
        tell: Takes `DoorAlarm` and `DoorAlarmEnded`.
        at: The time of day as it is told; None when the clock is not sure.
        now: Monotonic seconds.
    """

    def __init__(
        self,
        settings: DoorSettings,
        is_open: bool | None,
        tell: Callable[[msgspec.Struct], None],
        record: Record,
        at: Callable[[], str | None],
        now: float,
    ) -> None:
        self._door = settings.name
        self._contact = settings.contact
        self._tell = tell
        self._record = record
        self._at = at
        self._seen = watching.Seen(is_open=is_open, moved_at=now)
        self._relay = ""
        self._unsteady: tuple[str, ...] = ()
        self._is_locked_out = False
        self._too_often_until = float("-inf")
        self.current: frozenset[AlarmKind] = frozenset()
        """What is wrong, without what is silent."""

    @property
    def is_open(self) -> bool | None:
        """What the contact says; None without one, and while it changes without end."""
        return self._seen.is_open

    def moved(self, is_open: bool, now: float) -> None:
        """The contact changed."""
        if CONTACT not in self._unsteady:
            self._seen = watching.moved(self._seen, is_open, now)

    def unlocked(self, until: float) -> None:
        """The relay was fired."""
        self._seen = watching.unlocked(self._seen, until)

    def exit_asked(self, now: float) -> None:
        """The exit button was pressed."""
        self._seen = watching.exit_asked(self._seen, now)

    def loop(self, name: str, is_active: bool) -> None:
        """The tamper switch or the panic button changed."""
        match name:
            case fixtures.TAMPER:
                self._seen = msgspec.structs.replace(self._seen, tampered=is_active)
            case fixtures.PANIC:
                self._seen = msgspec.structs.replace(self._seen, panic=is_active)

    def relay(self, what: str) -> None:
        """What is wrong with the relay's pin, to complete a sentence; "" when it is what it should be."""
        self._relay = what

    def unsteady(self, names: Sequence[str], is_closed: bool, now: float) -> None:
        """Which inputs change without end, and what the contact says."""
        was_doubted, is_doubted = CONTACT in self._unsteady, CONTACT in names
        self._unsteady = tuple(names)
        if self._contact is not None and is_doubted != was_doubted:
            if is_doubted:
                self._seen = watching.doubted(self._seen)
            else:
                self._seen = watching.believed_again(self._seen, not is_closed, now)

    def locked_out(self, is_locked_out: bool) -> None:
        """Whether no code is looked at now."""
        self._is_locked_out = is_locked_out

    def opened_too_often(self, until: float) -> None:
        """More openings were asked for than there may be, until then."""
        self._too_often_until = until

    def duress(self, person: str | None) -> None:
        """Somebody used the code that says that he is forced to; each time is one alarm, and has no end."""
        self._begin(AlarmKind.DURESS, person)

    def look(self, now: float) -> bool:
        """Tell what has begun and what is over; whether anything has."""
        if self._contact is not None:
            self._seen = watching.looked(self._seen, self._contact.held_open_seconds, now)
        wrong = {
            AlarmKind.RELAY: bool(self._relay),
            AlarmKind.UNSTEADY_INPUT: bool(self._unsteady),
            AlarmKind.TOO_MANY_TRIES: self._is_locked_out,
            AlarmKind.OPENED_TOO_OFTEN: now < self._too_often_until,
        }
        found = watching.alarms(self._seen) | {kind for kind, is_so in wrong.items() if is_so}
        before, self.current = self.current, found
        for kind in sorted(found - before):
            self._begin(kind)
        for kind in sorted(before - found):
            self._tell(DoorAlarmEnded(door=self._door, kind=kind, at=self._at()))
            self._record(kind, False, None)
            logger.info("Door %s: the alarm %s is over.", self._door, kind)
        return found != before

    def _begin(self, kind: AlarmKind, person: str | None = None) -> None:
        what = {AlarmKind.RELAY: self._relay, AlarmKind.UNSTEADY_INPUT: ", ".join(self._unsteady)}.get(kind, "")
        cause, next_step = words(kind, self._door, what)
        logger.error("%s", cause)
        self._tell(
            DoorAlarm(door=self._door, kind=kind, cause=cause, next_step=next_step, at=self._at(), person=person)
        )
        self._record(kind, True, person)
