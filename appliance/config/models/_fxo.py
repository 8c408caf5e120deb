"""Analog lines."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from appliance.config.models._base import Model, OutsideNumber, Seconds
from appliance.config.models._outbound import Outgoing

Gain = Annotated[float, Meta(ge=-30, le=30, description="decibels, -30 to 30")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="a country of two capital letters, such as LV")]
DialPrefix = Annotated[
    str, Meta(pattern=r"^[0-9*#,w]{0,16}$", description="digits, * and #, `,` for two seconds, `w` for a dial tone")
]
Minutes = Annotated[int, Meta(ge=1, le=1440, description="minutes, 1 to 1440")]


class Dialling(StrEnum):
    """How digits reach the exchange."""

    TONE = "tone"
    PULSE = "pulse"
    """By interrupting the current, for exchanges of before the tones."""


class AnalogModem(StrEnum):
    """Families of voice modems; their commands are in `hardware.modem.fxo_profiles`."""

    CONEXANT = "conexant"
    """CX93001, CX93010 and what is built of them."""
    USR = "usr"
    """USR5637."""


class FxoLine(Model, frozen=True, kw_only=True, tag_field="kind", tag="fxo"):
    """An analog line on a voice modem (V.253). A SIP gateway with an FXO port is the better way where calls matter."""

    shows_callers: ClassVar[bool] = False
    """The exchange shows the number of the line."""

    channels: ClassVar[int] = 1
    """Calls at once."""

    withholds_by_digits: ClassVar[bool] = True
    """Our number is withheld by `outgoing.withhold` in front of what is dialled."""

    profile: AnalogModem = AnalogModem.CONEXANT
    port: str = ""
    """Path of its port, such as /dev/serial/by-id/…; a simulated modem needs none."""
    number: OutsideNumber | None = None
    country: Country | None = None
    """Whose tones the exchange plays; None: the office's country."""
    dialling: Dialling = Dialling.TONE
    dial_prefix: DialPrefix = ""
    """Dialled before every number, such as "9," behind a telephone system."""
    waits_for_dial_tone: bool = True
    cancels_echo: bool = True
    heard_db: Gain = 0.0
    """Makes what callers say louder or quieter."""
    said_db: Gain = 0.0
    """Makes what callers hear louder or quieter."""
    both_quiet_seconds: Seconds = 60.0
    """The line is given back when neither side says anything for so long."""
    quiet_seconds: Seconds = 600.0
    """The same when only the outside says nothing, such as under music."""
    most_minutes: Minutes = 240
    """No talk is longer."""
    simulated: bool = False
    outgoing: Outgoing = Outgoing()
