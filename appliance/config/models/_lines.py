"""Lines: the paths to the outside."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from appliance.config.models._balance import Balance
from appliance.config.models._base import Model, OutsideNumber, SimPin
from appliance.config.models._fxo import FxoLine
from appliance.config.models._outbound import Outgoing
from appliance.config.models._sip_lines import SipLine

NetworkDivert = Annotated[
    str, Meta(pattern=r"^(off|\+[1-9][0-9]{6,14})$", description='a whole number such as "+37120000000", or "off"')
]


DEFAULT_PROFILE = "huawei"
"""Of a modem whose ports are named, or that is simulated, and whose profile is not named."""


ModemFamily = Literal["huawei", "quectel_serial", "quectel_uac", "simcom7600", "simcom_analog"]
"""Families of modems that are known (`hardware/modem/profiles`)."""


class GsmLine(Model, frozen=True, kw_only=True, tag_field="kind", tag="gsm"):
    """A GSM modem on serial ports."""

    shows_callers: ClassVar[bool] = False
    """The network shows the number of the SIM, whoever called us (3GPP TS 22.081)."""

    channels: ClassVar[int] = 1
    """Calls at once."""
    withholds_by_digits: ClassVar[bool] = True
    """Our number is withheld by `outgoing.withhold` in front of what is dialled."""

    modem: str = ""
    """Which modem: "auto" for one that no other line wants, 15 digits of an IMEI, 18 to 20 of the ICCID of its SIM, or
    a USB socket such as "1-1.2"; it is found under any name of its ports. "": its ports are named below, or it is
    simulated."""
    profile: ModemFamily | None = None
    """Family of modems; None: known by its USB id, and "huawei" where ports are named or the modem is simulated."""
    at_port: str = ""
    """Path of the command port, where the modem is not looked for."""
    audio_port: str = ""
    """Path of the sound port, 8 kHz s16le."""
    sound_card: str = ""
    """ALSA device with the sound, such as "plughw:CARD=Device", for `profile: simcom_analog`: modems on a serial
    adapter with their sound on wires."""
    network_divert: NetworkDivert | None = None
    """Where the network itself sends calls that cannot reach the modem, so that they survive a box without power; it
    is set, and checked. "off": nowhere; None: what is set at the network stays."""
    number: OutsideNumber | None = None
    sim_pin: SimPin | None = None
    balance: Balance | None = None
    """How the money left on the SIM is looked after; None: nobody asks."""
    simulated: bool = False
    outgoing: Outgoing = Outgoing()


LineModel = GsmLine | FxoLine | SipLine
