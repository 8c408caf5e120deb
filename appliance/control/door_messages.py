"""What can be said to the door process, and what it says.

The asker never says "pulse": it asks for an opening with all it knows, and the door decides. Codes travel in plain text
only from the one who keyed them in to the door, over a Unix socket, and are never printed: see `repr`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.config.models import DoorContact, DoorLamp, ExitButton, GpioPin, HelpLoop, Keypad, Level
from appliance.control.door_alarms import AlarmKind, DoorAlarm, DoorAlarmEnded
from appliance.control.door_people import (
    CodesUndone,
    DoorName,
    Hours,
    IssueOneTimeCode,
    ListPeople,
    OneTimeCode,
    People,
    SetPersonCode,
    UndoCodes,
)
from appliance.control.messages import Ask, Done, Service

PulseSeconds = Annotated[float, Meta(ge=1.0, le=10.0)]


class Channel(StrEnum):
    """How the wish to open reached us."""

    DTMF = "dtmf"
    PAGE = "page"
    SMS = "sms"
    CODE = "code"
    """The feature code `*3667` and a person's code, from any phone."""
    KEYPAD = "keypad"
    """At the door itself. Only the door process hears its own keypads: from anywhere else it is refused."""
    EXIT = "exit"
    """The exit button inside; only the door process hears it. It opens whatever else is wrong."""

    @property
    def is_local(self) -> bool:
        """Whether it is wired to the door process, which needs nobody else for it."""
        return self in (Channel.KEYPAD, Channel.EXIT)


class LegSide(StrEnum):
    """Who pressed the key, seen from the call. Sound from the door's own side never opens it."""

    ANSWERER = "answerer"
    STREET = "street"


class Reason(StrEnum):
    """Why an opening was refused. The texts for people are in `appliance.door.rules`."""

    UNKNOWN_DOOR = "unknown_door"
    WRONG_SIDE = "wrong_side"
    NOT_ANSWERED = "not_answered"
    DIGIT_NOT_ALLOWED = "digit_not_allowed"
    CODE_NEEDED = "code_needed"
    WRONG_CODE = "wrong_code"
    LOCKED_OUT = "locked_out"
    OUTSIDE_HOURS = "outside_hours"
    CLOCK_UNSURE = "clock_unsure"
    TOO_OFTEN = "too_often"
    BLOCKED = "blocked"
    """Somebody has tampered with the door or pressed the panic button, and asks from afar."""
    USED_UP = "used_up"
    EXPIRED = "expired"
    """A code for one ring whose time is over."""
    NOT_LOCAL = "not_local"
    """Another process asked in the name of the keypad or the exit button."""
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    RELAY_FAILED = "relay_failed"


class Lock(StrEnum):
    """What the lock does without power; said aloud per door, never assumed."""

    FAIL_SECURE = "fail_secure"
    FAIL_SAFE = "fail_safe"


class WithoutLedger(StrEnum):
    """What a door does while its ledger cannot be written, such as with a full disk."""

    REFUSE_REMOTE = "refuse_remote"
    """Only the keypad at the door opens."""
    REFUSE_ALL = "refuse_all"


class DoorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One door as the door process needs it."""

    name: DoorName
    pins: str
    """Driver of the pins: "gpio" or "simulated"; never a fallback."""
    button_pin: GpioPin
    """BCM number. The button connects the pin to ground."""
    relay_pin: GpioPin
    relay_locked_level: Level = 0
    """Level at which the door is locked. It has to be the level at which the relay's coil has no current."""
    lock: Lock
    pulse_seconds: PulseSeconds = 3.0
    digit_opens: bool = False
    """Whether the phone that answered may open by one key, without a code."""
    hours: tuple[Hours, ...] = ()
    """When that key works; empty: always."""
    without_ledger: WithoutLedger = WithoutLedger.REFUSE_REMOTE
    contact: DoorContact | None = None
    exit_button: ExitButton | None = None
    tamper: HelpLoop | None = None
    panic: HelpLoop | None = None
    lamp: DoorLamp | None = None
    keypad: Keypad | None = None


class OpenRequest(Ask["Granted | Refused"], frozen=True, kw_only=True, tag="open"):
    """Ask for one opening. The door decides."""

    door: DoorName
    channel: Channel
    person: str | None = None
    """Extension or number of who asks: whose code it should be, or None when any person's code will do."""
    code: str | None = None
    """Digits keyed in as a code; None: the door's one key was pressed, or a page's button."""
    is_card: bool = False
    """Whether `code` is what a reader told of a card; only the door process hears readers."""
    call_id: str | None = None
    leg_side: LegSide | None = None
    """None where there is no call."""

    def __repr__(self) -> str:
        code = "None" if self.code is None else "'…'"
        return f"OpenRequest({self.door!r}, {self.channel}, person={self.person!r}, code={code}, call={self.call_id!r})"


class Granted(msgspec.Struct, frozen=True, tag="granted"):
    """The relay was fired; the record of it is already durable."""

    door: str
    seconds: float
    """How long the door stays unlocked from now."""
    entry: int
    """Number of the ledger record."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The door stays locked."""

    door: str
    reason: Reason
    cause: str
    next_step: str
    retry_seconds: float = 0.0
    """When asking again makes sense; 0.0 where waiting does not help."""


class ApplyDoors(Ask[Done], frozen=True, tag="apply_doors"):
    """Replace all doors. Durable when answered; doors that are not named any more are locked and let go."""

    doors: tuple[DoorSettings, ...]
    time_zone: str | None = None
    """IANA name of the zone the hours are meant in; None: the machine's."""
    trust_clock: bool = False
    """Believe the wall clock although neither a time server nor a battery-backed clock vouches for it."""


class ReadLedger(Ask["LedgerPage"], frozen=True, tag="read_ledger"):
    """The newest tries, newest first."""

    most: Annotated[int, Meta(ge=1, le=1000)] = 100
    before: int | None = None
    """Only entries with a smaller number; None: from the newest."""
    text: Annotated[str, Meta(max_length=64)] = ""
    """Only entries with this text in the door, channel, person, call, result, reason or time; "" is all of them."""


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One try to open, granted or not."""

    number: int
    at: str | None
    """Wall time, ISO 8601 with zone; None when the clock was not sure."""
    boot: str
    """Kernel's id of the boot in which `monotonic` counts."""
    monotonic: float
    """Seconds since that boot, suspended time included."""
    door: str
    channel: str
    asker: str | None = None
    """Extension or number the wish came from."""
    person: str | None = None
    """Whose code it was, or who asked without one; None when nobody was recognised."""
    call_id: str | None = None
    result: str
    """One of "granted", "refused", "not_unlocked" (granted, but the relay did not move), "alarm" and "alarm_ended"
    with the kind as reason, "block_ended" half an hour after tampering, "code_given", "code_taken" and
    "code_undone" with the kind as reason, and "ledger_fault" where the ledger
    itself was damaged."""
    reason: str | None = None
    """A `Reason`, an `AlarmKind` or a `CodeKind`; "duress" beside "granted" where that code was used."""


class LedgerPage(msgspec.Struct, frozen=True, tag="ledger_page"):
    """Part of the ledger."""

    entries: tuple[LedgerEntry, ...]


class VerifyLedger(Ask["LedgerVerified"], frozen=True, tag="verify_ledger"):
    """Check the whole hash chain."""


class LedgerVerified(msgspec.Struct, frozen=True, tag="ledger_verified"):
    """What checking the chain found."""

    entries: int
    faults: tuple[str, ...]
    """Changed, missing or added entries, in words; empty: the ledger is whole."""


class SimulatePress(Ask[Done], frozen=True, tag="simulate_press"):
    """Press the button of a door with simulated pins, as a finger would."""

    door: DoorName
    seconds: Annotated[float, Meta(gt=0, le=30)] = 0.3


class SimulateDoor(Ask[Done], frozen=True, kw_only=True, tag="simulate_door"):
    """Let something happen at a door with simulated pins, as a hand would; what is None stays as it is."""

    door: DoorName
    is_open: bool | None = None
    """Push the door open, or let it fall shut."""
    tampered: bool | None = None
    panic: bool | None = None
    exit_pressed: bool = False
    """Press the exit button for a moment."""
    keys: Annotated[str, Meta(pattern=r"^[0-9*#]{0,20}$")] = ""
    """Key this in at the keypad, one after the other."""
    card: Annotated[int, Meta(ge=0, lt=1 << 24)] | None = None
    """Hold a card with this number before the Wiegand reader."""


class DoorState(msgspec.Struct, frozen=True, kw_only=True):
    """One door now."""

    name: str
    pins: str
    unlocked: bool
    """As read back from the pin, not as wished."""
    wished_unlocked: bool
    """As commanded; when it differs from `unlocked`, something is wrong with the pin."""
    seconds_left: float = 0.0
    """How long it stays unlocked, as of this snapshot."""
    button_pressed: bool = False
    lockout_seconds: float = 0.0
    """How long no code is looked at, as of this snapshot."""
    blocked_seconds: float = 0.0
    """How long nobody opens from afar after tampering, as of this snapshot."""
    digit_opens: bool = False
    is_open: bool | None = None
    """What the contact says; None without one."""
    alarms: tuple[AlarmKind, ...] = ()
    """What is wrong now, without what is silent."""
    fault: str = ""
    """Why this door does not work, in words, such as pins that cannot be opened; "" when it does."""


class DoorStatus(msgspec.Struct, frozen=True, tag="door_status"):
    """The snapshot: all doors."""

    doors: tuple[DoorState, ...]
    ledger_ok: bool
    ledger_fault: str = ""


class ButtonPressed(msgspec.Struct, frozen=True, tag="button_pressed"):
    """Somebody pressed the button."""

    door: str
    at: float
    """Monotonic seconds, the scale of `time.monotonic()` of every process of this machine."""


class DoorUnlocked(msgspec.Struct, frozen=True, tag="door_unlocked"):
    """The relay was fired."""

    door: str
    seconds: float
    channel: Channel
    person: str | None
    call_id: str | None


class DoorLocked(msgspec.Struct, frozen=True, tag="door_locked"):
    """The door is locked again."""

    door: str


class DoorRefused(msgspec.Struct, frozen=True, tag="door_refused"):
    """Somebody was not let in."""

    door: str
    reason: Reason
    channel: Channel
    person: str | None
    call_id: str | None


class DoorMoved(msgspec.Struct, frozen=True, tag="door_moved"):
    """The contact says that the door was opened or closed."""

    door: str
    is_open: bool


DOOR = Service(
    "door",
    requests=OpenRequest
    | ApplyDoors
    | SetPersonCode
    | UndoCodes
    | ListPeople
    | IssueOneTimeCode
    | ReadLedger
    | VerifyLedger
    | SimulatePress
    | SimulateDoor,
    results=Granted | Refused | Done | People | CodesUndone | OneTimeCode | LedgerPage | LedgerVerified,
    snapshots=DoorStatus,
    notices=ButtonPressed | DoorUnlocked | DoorLocked | DoorRefused | DoorMoved | DoorAlarm | DoorAlarmEnded,
)
