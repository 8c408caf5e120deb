"""What can be wrong with a modem, its port, its SIM or its network, by names. The words for people, in their language,
belong to whoever shows them; what a name leaves open (a path, a number of tries) is its value."""

from enum import StrEnum


class ModemFault(StrEnum):
    """Why a modem cannot be used, or not for calls."""

    # The port.
    NOT_THERE = "not_there"
    """Value: the path, or what was looked for."""
    NOT_FOUND = "not_found"
    """Value: what the line knows its modem by."""
    NO_CARD = "no_card"
    NOT_ALLOWED = "not_allowed"
    IN_USE = "in_use"
    NO_PORT = "no_port"
    WENT_AWAY = "went_away"

    # The modem.
    SILENT = "silent"
    BABBLES = "babbles"
    REFUSES = "refuses"
    """Value: the command."""
    DOES_NOT_HANG_UP = "does_not_hang_up"
    NO_VOICE = "no_voice"
    NO_SOUND = "no_sound"
    OTHER_MODEM = "other_modem"
    """Value: the IMEI of the one that is there."""

    # The SIM.
    NO_SIM = "no_sim"
    OTHER_SIM = "other_sim"
    """Value: the ICCID of the one that is there."""
    PIN_WANTED = "pin_wanted"
    PIN_MALFORMED = "pin_malformed"
    PIN_WRONG = "pin_wrong"
    PIN_TRIES_UNKNOWN = "pin_tries_unknown"
    PIN_NOT_RISKED = "pin_not_risked"
    """Value: how many tries are left."""
    PUK_WANTED = "puk_wanted"
    SIM_ASKS = "sim_asks"
    """Value: what for, as the modem says it."""

    # The network.
    NO_NETWORK = "no_network"
    """None was found for long; the modem is restarted."""
    SEARCHING = "searching"
    NOT_SEARCHING = "not_searching"
    DENIED = "denied"
    NETWORK_UNKNOWN = "network_unknown"
    DATA_ONLY = "data_only"
    """LTE without voice."""

    # What is done about it.
    STARTING = "starting"
    ALARM = "alarm"
    """Everything was tried. Value: the fault that stays."""
