"""How families of modems differ, as data: one TOML file each beside this module, every line of it with its source.

Sources: [CD] the driver chan_dongle (wdoekes/asterisk-chan-dongle); [CQ] chan_quectel (RoEdAl/asterisk-chan-quectel);
[IQ] chan_quectel (IchthysMaranatha); [CP] the driver callpilot (tianye1999); [MM] ModemManager; [PG] python-gsmmodem;
[27.005], [27.007] 3GPP TS of that number; [U] reports of users. None of it was tried on a device of ours.
"""

from hardware.modem.profiles._files import PROFILES, ProfileError, read_profile, read_profiles
from hardware.modem.profiles._model import (
    AudioKind,
    CallNews,
    Learns,
    Meaning,
    PinTries,
    Profile,
    RadioNews,
    Step,
    UsbLayout,
    UssdCoding,
    Voice,
    VoiceMoment,
)

__all__ = [
    "PROFILES",
    "AudioKind",
    "CallNews",
    "Learns",
    "Meaning",
    "PinTries",
    "Profile",
    "ProfileError",
    "RadioNews",
    "Step",
    "UsbLayout",
    "UssdCoding",
    "Voice",
    "VoiceMoment",
    "read_profile",
    "read_profiles",
]
