"""Kinds of simulated sticks, as data: one TOML file each beside this module. They were written from the same sources as
the profiles (`hardware/modem/profiles`), and never from the profiles themselves."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

import msgspec

from hardware.modem.profiles import UssdCoding


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class CallLines(_Part, frozen=True, kw_only=True):
    """What the stick writes by itself as a call goes on; {number}, {kind}, {direction}, {cause}, {final}, {key} and
    {code} are filled in."""

    dialing: tuple[str, ...] = ()
    alerting: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    incoming: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    """The far end, or the network, ended it."""
    hung_up: tuple[str, ...] = ()
    """We ended it."""
    missed: tuple[str, ...] = ()
    """Besides `ended`, when nobody answered here."""
    key: tuple[str, ...] = ()


class VoiceCommands(_Part, frozen=True, kw_only=True):
    """How the sound is switched; by nothing where calls have it by themselves."""

    ask: str = ""
    told: str = ""
    """What the question is answered with; a stick without voice answers ERROR."""
    on: str = ""
    off: str = ""
    needs_call: bool = True
    refusals: int = 0
    """How often `on` is refused at the beginning of each call."""


class StickKind(_Part, frozen=True, kw_only=True):
    """One family, as its simulated stick behaves."""

    name: str
    profile: str
    """The profile it should be found to need."""
    usb: str
    """"": it is behind a serial adapter, which tells nothing of it."""
    at: int
    audio: int | None
    ttys: int
    """How many interfaces are serial ports; they are numbered from 0."""
    imei: str
    iccid: str
    technology: int
    """<AcT> of +COPS."""
    unknown: str = "ERROR"
    """What a command is answered with that the stick does not know."""
    tries: str
    """The question for PIN tries left."""
    tries_told: str
    send_key: tuple[str, str]
    """What stands before and after the key."""
    keys: str = "0123456789*#ABCD"
    signal: str
    boot: tuple[str, ...] = ()
    """What it writes when it has started."""
    reset: tuple[str, ...]
    ussd: UssdCoding
    answers: dict[str, str]
    accepts: tuple[str, ...]
    """Settings that are taken and change nothing here."""
    calls: CallLines
    voice: VoiceCommands = VoiceCommands()


KINDS: Mapping[str, StickKind] = {
    kind.name: kind
    for file in files(__package__).iterdir()
    if file.name.endswith(".toml")
    for kind in (msgspec.convert(tomllib.loads(file.read_text("utf-8")), StickKind),)
}
