"""How families of analog voice modems differ, as data; each line with its source.

Sources: [V.253] ITU-T; [V.250] ITU-T; [MO] notes on the CX93001 by retrac0; [PX] pstnxsip; [CA] callattendant, a driver
of both families; [K] general knowledge. None of it was tried on a device of ours.
"""

import msgspec

from hardware.audio.coding import Coding
from hardware.modem.dle import LEAVE, LEAVE_DUPLEX


class CallerIdMode(msgspec.Struct, frozen=True):
    """One way a family can be set to tell who calls."""

    name: str
    steps: tuple[str, ...]
    source: str


class FxoProfile(msgspec.Struct, frozen=True, kw_only=True):
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
    leave: bytes = LEAVE_DUPLEX
    let_go: tuple[str, ...] = ("AT+VLS=0", "ATH", "AT+FCLASS=0")
    """From text in voice class to on hook; ATH must be taken."""
    coding: Coding = Coding.MU_LAW
    """Two octets a sample both ways are more than these chips move (16 of 30 kB/s) [MO]."""
    pulse: str = "ATDP{number};"
    """Dials before sound flows [V.250] 6.3.1."""


_COMMON = (
    "ATE0",  # [V.250] 6.2.4
    "ATV1",  # [V.250] 6.2.6
    "ATS0=0",  # never answer by itself [V.250] 6.3.8
    "AT&D2",  # a port that is closed, by a crash too, puts the line on hook [K]
    "ATX3",  # no waiting for a dial tone of its own [V.250] 6.2.7
    "ATM0",  # its loudspeaker is silent [V.250] 6.3.14
    "AT+GCI={country}",  # [V.250] 6.1.9
)

CONEXANT = FxoProfile(
    name="conexant",
    models=("56000",),  # [CA]
    set_up=_COMMON,
    caller_id=(
        CallerIdMode("formatted", ("AT-SCID=1", "AT+VCID=1", "AT-STE=3"), "[CA]"),
        CallerIdMode("bell", ("AT!4886=00", "AT+VCID=1"), "[CA] Dell RD02-D400"),
        CallerIdMode("etsi_fsk", ("AT!4886=02", "AT+VCID=1"), "[CA] Dell RD02-D400"),
        CallerIdMode("uk", ("AT!4886=03", "AT+VCID=1"), "[CA] Dell RD02-D400"),
        CallerIdMode("etsi_dtmf", ("AT!4886=05", "AT+VCID=1"), "[CA] Dell RD02-D400"),
        CallerIdMode("unformatted", ("AT+VCID=2",), "[V.253] 9.2.3"),
    ),
    seize=("AT+FCLASS=8", "AT+VSM=131,8000", "AT+VLS=1"),  # [MO], [V.253] 9.2
    ask_for_voice=("AT+VSD=0,0", "AT+VIT=0", "AT+VPR=0", "AT+VGR=255", "AT+VGT=128"),  # [MO]
)

USR = FxoProfile(
    name="usr",
    models=("5601", "5610"),  # [CA]
    set_up=_COMMON,
    caller_id=(
        CallerIdMode("formatted", ("AT+VCID=1",), "[CA]"),
        CallerIdMode("unformatted", ("AT+VCID=2",), "[V.253] 9.2.3"),
    ),
    seize=("AT+FCLASS=8", "AT+VSM=131,8000", "AT+VLS=1"),  # [CA]
    ask_for_voice=("AT+VSD=128,0", "AT+VGR=128"),  # [CA]
    leave=LEAVE,  # [CA]
)

FXO_PROFILES = {profile.name: profile for profile in (CONEXANT, USR)}

COUNTRY_CODES = {
    **{"AT": "0A", "BE": "0F", "CZ": "2E", "DE": "42", "DK": "31", "EE": "B9", "ES": "A0", "FI": "3C", "FR": "3D"},
    **{"GB": "B4", "IT": "59", "LT": "F8", "LV": "F9", "NL": "7B", "NO": "82", "PL": "8A", "RU": "B8", "SE": "A5"},
    **{"UA": "B8", "US": "B5", "CA": "20", "CH": "A6"},
}
"""ITU-T T.35 annex A as these modems number it; what a modem refuses it goes on with what it has."""
