"""What the door process raises an alarm about. Each is told once when it begins and once when it is over."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class AlarmKind(StrEnum):
    """What is wrong. A door has at most one alarm of a kind at a time."""

    FORCED = "forced"
    """The door opened though nobody had unlocked it or asked to go out."""
    HELD_OPEN = "held_open"
    """The door stands open for too long."""
    NOT_OPENED = "not_opened"
    """The relay fired, and the door stayed closed: the visitor gave up, or the strike does not work."""
    TAMPER = "tamper"
    """The tamper switch; remote opening is blocked for half an hour."""
    PANIC = "panic"
    """The panic button inside; remote opening is blocked for half an hour."""
    DURESS = "duress"
    """Somebody opened with the code that says that he is forced to. Silent, see `is_silent`; it has no end."""
    TOO_MANY_TRIES = "too_many_tries"
    """So many wrong codes that the door looks at none for a while."""
    OPENED_TOO_OFTEN = "opened_too_often"
    """More than ten openings in a minute were asked for."""
    UNSTEADY_INPUT = "unsteady_input"
    """An input changes without end: a bad contact or a broken wire."""
    RELAY = "relay"
    """The pin of the relay is not what it was told to be."""
    LEDGER = "ledger"
    """The ledger cannot be written."""


class DoorAlarm(msgspec.Struct, frozen=True, kw_only=True, tag="door_alarm"):
    """Something about a door that a person has to see to; told when it begins."""

    door: str
    kind: AlarmKind
    cause: str
    """One English sentence, for logs; pages and short messages have their own words for each kind."""
    next_step: str
    at: str | None = None
    """Wall time, ISO 8601 with zone; None when the clock was not sure."""
    person: str | None = None
    """Whose code it was, where one plays a part."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing at the door or on a page anybody may see may show it: who forces somebody looks there too."""
        return self.kind is AlarmKind.DURESS


class DoorAlarmEnded(msgspec.Struct, frozen=True, kw_only=True, tag="door_alarm_ended"):
    """An alarm is over."""

    door: str
    kind: AlarmKind
    at: str | None = None
    """As in `DoorAlarm`."""
