"""Lines: the paths to the outside."""

from __future__ import annotations

from typing import ClassVar

from appliance.config.models._base import Model, OutsideNumber, SimPin
from appliance.config.models._outbound import Outgoing
from appliance.config.models._sip_lines import SipLine


class GsmLine(Model, frozen=True, kw_only=True, tag_field="kind", tag="gsm"):
    """A GSM modem on serial ports."""

    shows_callers: ClassVar[bool] = False
    """The network shows the number of the SIM, whoever called us (3GPP TS 22.081)."""

    withholds_by_digits: ClassVar[bool] = True
    """Our number is withheld by `outgoing.withhold` in front of what is dialled."""

    profile: str = "huawei"
    at_port: str = ""
    """Path of the command port; a simulated modem needs none, it is found by the office's own link."""
    audio_port: str = ""
    """Path of the sound port, 8 kHz s16le."""
    number: OutsideNumber | None = None
    sim_pin: SimPin | None = None
    simulated: bool = False
    outgoing: Outgoing = Outgoing()


LineModel = GsmLine | SipLine
