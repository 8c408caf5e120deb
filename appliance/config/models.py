"""The configuration of an office: one typed, immutable value. A change is a new value.

Every table is keyed by what people call the thing: an extension by its number, a group by its name. Destinations are
written `kind:name` (`extension:201`, `ring_group:sales`, `voicemail:201`, `outside:+37120000000`, `hang_up`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SCHEMA = 1
"""Version of this model; a file with a newer one is refused."""

# A description says what is expected, for the one who wrote something else; `secret` keeps a value out of messages.
DialledNumber = Annotated[str, Meta(pattern=r"^[0-9]{2,6}$", description="a number of 2 to 6 digits")]
OutsideNumber = Annotated[
    str, Meta(pattern=r"^\+[1-9][0-9]{6,14}$", description='a whole number such as "+37120000000"')
]
Name = Annotated[
    str, Meta(pattern=r"^\w[\w-]{0,31}$", description="a word of letters, digits, - and _, at most 32 long")
]
"""What things are called within the configuration; also a part of file names."""
ShownName = Annotated[str, Meta(min_length=1, max_length=80, description="a name of 1 to 80 characters")]
AccountName = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$", description="letters, digits, . - and _, at most 32 long")
]
"""A SIP user name; this part of RFC 3261 §25.1 needs no escaping and can be keyed in at any phone."""
Password = Annotated[
    str,
    Meta(
        pattern=r"^[!-~]{16,64}$",
        description="16 to 64 characters without spaces; `openssl rand -hex 12` makes a good one",
        extra={"secret": True},
    ),
]
Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,12}$", description="4 to 12 digits", extra={"secret": True})]
SimPin = Annotated[str, Meta(pattern=r"^[0-9]{4,8}$", description="4 to 8 digits", extra={"secret": True})]
"""3GPP TS 31.101 §9.5.1."""
Seconds = Annotated[float, Meta(gt=0, le=3600, description="seconds, more than 0 and at most 3600")]
GpioPin = Annotated[int, Meta(ge=0, le=53, description="a BCM pin number, 0 to 53")]


class Language(StrEnum):
    """Languages of pages and prompts (ISO 639-1)."""

    EN = "en"
    LV = "lv"
    UK = "uk"
    RU = "ru"


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every part of the configuration."""


class Phone(Model, frozen=True, kw_only=True):
    """A SIP account a device registers with."""

    password: Password
    """As generated; the edge keeps only its digest HA1."""
    name: str = ""


class Diversion(Model, frozen=True, kw_only=True):
    """Where a person's calls go."""

    always: str | None = None
    busy: str | None = None
    no_answer: str | None = None
    unreachable: str | None = None
    """No phone of the extension is registered."""
    after_seconds: Seconds = 20.0
    """How long the phones ring before `no_answer`."""


class Extension(Model, frozen=True, kw_only=True):
    """An internal number and the person who answers it."""

    name: ShownName
    phones: dict[AccountName, Phone] = {}
    """By SIP user name; every phone of an extension rings."""
    mobile: OutsideNumber | None = None
    language: Language | None = None
    """None: the office's."""
    voicemail: bool = True
    voicemail_pin: Pin | None = None
    email: str | None = None
    divert: Diversion = Diversion()
    do_not_disturb: bool = False
    may_call_outside: bool = True
    pickup_group: Name | None = None


class HuntStrategy(StrEnum):
    """In which order the members of a group ring."""

    RING_ALL = "ring_all"
    LINEAR = "linear"
    ASCENDING = "ascending"


class RingGroup(Model, frozen=True, kw_only=True):
    """Members who are rung for one number."""

    name: ShownName
    number: DialledNumber
    members: tuple[str, ...]
    """Extension numbers, or `outside:+…` for mobiles, in ringing order."""
    strategy: HuntStrategy = HuntStrategy.RING_ALL
    ring_seconds: Seconds = 25.0
    """How long one stage rings."""
    then: str = "hang_up"
    """Where the call goes when nobody answers."""


class OpeningHours(Model, frozen=True, kw_only=True):
    """Weekly periods in the office's time zone."""

    weekly: dict[str, tuple[str, ...]]
    """mon … sun to periods such as "09:00-13:00"; a day that is missing is closed."""
    closed_dates: tuple[str, ...] = ()
    """ISO dates on which it is closed all day."""
    override: Literal["open", "closed"] | None = None
    """"open" or "closed" by hand; None: by the week."""


class InboundRoute(Model, frozen=True, kw_only=True):
    """What matches a call from outside, and where it goes. The first route that matches wins."""

    name: ShownName
    line: str | None = None
    """None: any line."""
    did: str | None = None
    caller: str | None = None
    """A number, or a prefix that ends in `*`, or "withheld"."""
    hours: str | None = None
    """Opening hours to ask; None: `to` at any time."""
    to: str
    closed: str | None = None
    """Where it goes outside of the hours."""


class OutboundRoute(Model, frozen=True, kw_only=True):
    """Which lines carry which dialled numbers, in order."""

    name: ShownName
    prefix: Annotated[str, Meta(pattern=r"^\+?[0-9]*$", description='the first digits, such as "+371"')] = ""
    """What the number begins with, after normalisation to E.164; "" matches all."""
    lines: tuple[str, ...]


class GsmLine(Model, frozen=True, kw_only=True, tag_field="kind", tag="gsm"):
    """A GSM modem on serial ports."""

    profile: str = "huawei"
    at_port: str = ""
    """Path of the command port; a simulated modem needs none, it is found by the office's own link."""
    audio_port: str = ""
    """Path of the sound port, 8 kHz s16le."""
    number: OutsideNumber | None = None
    sim_pin: SimPin | None = None
    simulated: bool = False


LineModel = GsmLine


class Door(Model, frozen=True, kw_only=True):
    """A door with a button and a lock relay."""

    name: ShownName
    pins: Literal["gpio", "simulated"] = "simulated"
    """"gpio" for the Pi's own pins through lgpio, "simulated" for the simulator; never a fallback."""
    button_pin: GpioPin = 17
    relay_pin: GpioPin = 27
    lock: Literal["fail_secure", "fail_safe"] = "fail_secure"
    """"fail_secure": locked without power; "fail_safe": open without power."""
    relay_locked_level: Annotated[int, Meta(ge=0, le=1, description="0 or 1")] = 0
    """Level of the relay pin at which the door is locked."""
    pulse_seconds: Annotated[float, Meta(ge=1, le=10, description="seconds, 1 to 10")] = 3.0
    rings: str
    """Destination the button rings."""
    open_digit: Annotated[str, Meta(pattern=r"^[0-9*#]$", description="one key, 0-9 * or #")] | None = None
    """Key that opens from the phone that answered; None: by code only."""


class SmsCommands(Model, frozen=True, kw_only=True):
    """Remote control by SMS."""

    allowed: tuple[OutsideNumber, ...] = ()
    pin: Pin | None = None
    """Needed before every command but `status`; None: only `status` is answered."""


class Parking(Model, frozen=True, kw_only=True):
    """Slots in which callers wait."""

    number: DialledNumber = "70"
    slots: tuple[DialledNumber, ...] = ("71", "72", "73", "74", "75", "76", "77", "78", "79")
    seconds: Seconds = 90.0
    """Then the one who parked is rung again."""


class Configuration(Model, frozen=True, kw_only=True):
    """The whole office."""

    schema: Annotated[int, Meta(ge=1, le=SCHEMA, description=f"a whole number, at most {SCHEMA}")] = SCHEMA
    name: ShownName
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description='two capital letters such as "LV"')] = "LV"
    """ISO 3166: numbering, emergency numbers and tones."""
    language: Language = Language.EN
    timezone: str = "Europe/Riga"
    default_desk: str
    """Destination for calls that nothing else matches."""
    extensions: dict[DialledNumber, Extension] = {}
    ring_groups: dict[Name, RingGroup] = {}
    opening_hours: dict[Name, OpeningHours] = {}
    inbound_routes: tuple[InboundRoute, ...] = ()
    outbound_routes: tuple[OutboundRoute, ...] = ()
    lines: dict[Name, LineModel] = {}
    doors: dict[Name, Door] = {}
    sms: SmsCommands = SmsCommands()
    parking: Parking = Parking()
