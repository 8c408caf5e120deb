"""How families of analog voice modems differ, as data: one TOML file each beside this module, with sources.

Sources: [V.253] ITU-T; [V.250] ITU-T; [MO] notes on the CX93001 by retrac0; [PX] pstnxsip; [CA] callattendant, a driver
of both families; [K] general knowledge. None of it was tried on a device of ours.
"""

import tomllib
from collections import Counter
from enum import StrEnum
from importlib.resources import files

import msgspec

from hardware.audio.coding import Coding
from hardware.modem.dle import LEAVE, LEAVE_DUPLEX


class LeavesBy(StrEnum):
    """How a family is taken out of the stream of sound [V.253] 9.2."""

    ABORT = "abort"
    """DLE ^, of full duplex."""
    END = "end"
    """DLE ETX."""

    @property
    def octets(self) -> bytes:
        """What is sent."""
        return LEAVE_DUPLEX if self is LeavesBy.ABORT else LEAVE


class CallerIdMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way a family can be set to tell who calls."""

    name: str
    steps: tuple[str, ...]
    source: str


class FxoProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One family of voice modems."""

    name: str
    models: tuple[str, ...]
    """What ATI0 answers."""
    set_up: tuple[str, ...]
    """On hook, after ATZ; errors are ignored, but for +FCLASS=?, which must list 8."""
    caller_id: tuple[CallerIdMode, ...]
    """The first one suits most lines; the others are tried when no number comes."""
    seize: tuple[str, ...]
    """From on hook to a line that is off hook, before +VTR; each must be taken."""
    ask_for_voice: tuple[str, ...]
    """Between +FCLASS=8 and off hook; errors are ignored."""
    duplex: str = "AT+VTR"
    leaves_by: LeavesBy = LeavesBy.ABORT
    let_go: tuple[str, ...] = ("AT+VLS=0", "ATH", "AT+FCLASS=0")
    """From text in voice class to on hook; ATH must be taken."""
    coding: Coding = Coding.MU_LAW
    """Two octets a sample both ways are more than these chips move (16 of 30 kB/s) [MO]."""
    pulse: str = "ATDP{number};"
    """Dials before sound flows [V.250] 6.3.1."""


class FxoProfileError(ValueError):
    """A profile is written wrongly; the message names the file and the entry."""


def read_fxo_profile(name: str, text: str) -> FxoProfile:
    """The profile in a file. Raises FxoProfileError for what is unknown, missing, of the wrong type or stands twice."""
    try:
        profile = msgspec.toml.decode(text, type=FxoProfile)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        raise FxoProfileError(f"{name}: {error}") from error
    if profile.name != name:
        raise FxoProfileError(f'{name}: it calls itself "{profile.name}"')
    modes = [mode.name for mode in profile.caller_id]
    if twice := [mode for mode, count in Counter(modes).items() if count > 1]:
        raise FxoProfileError(f"{name}: caller_id has {', '.join(twice)} more than once")
    return profile


FXO_PROFILES = {
    name: read_fxo_profile(name, file.read_text("utf-8"))
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name)
    if (name := file.name.removesuffix(".toml")) != file.name
}

COUNTRY_CODES = {
    **{"AT": "0A", "BE": "0F", "CZ": "2E", "DE": "42", "DK": "31", "EE": "B9", "ES": "A0", "FI": "3C", "FR": "3D"},
    **{"GB": "B4", "IT": "59", "LT": "F8", "LV": "F9", "NL": "7B", "NO": "82", "PL": "8A", "RU": "B8", "SE": "A5"},
    **{"UA": "B8", "US": "B5", "CA": "20", "CH": "A6"},
}
"""ITU-T T.35 annex A as these modems number it; what a modem refuses it goes on with what it has."""
