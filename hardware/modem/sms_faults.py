"""Why a message was not sent, by name; the words are somebody else's."""

from collections.abc import Mapping
from enum import StrEnum


class SmsFault(StrEnum):
    """What hindered one PDU."""

    MODEM_GONE = "modem_gone"
    NO_ANSWER = "no_answer"
    SIM_BUSY = "sim_busy"
    SIM_FULL = "sim_full"
    NO_SIM = "no_sim"
    SIM_PIN = "sim_pin"
    NO_NETWORK = "no_network"
    OUT_OF_ORDER = "out_of_order"
    CONGESTED = "congested"
    NETWORK_SILENT = "network_silent"
    NO_CENTRE = "no_centre"
    REJECTED = "rejected"
    NOT_SUBSCRIBED = "not_subscribed"
    NOT_ALLOWED = "not_allowed"
    NOT_UNDERSTOOD = "not_understood"
    REFUSED = "refused"
    """For a reason we have no name for."""

    @property
    def may_pass(self) -> bool:
        """Whether the same message may go through later, by itself or once a person has put the SIM right."""
        return self not in _FINAL


_FINAL = {
    SmsFault.REJECTED,
    SmsFault.NOT_SUBSCRIBED,
    SmsFault.NOT_ALLOWED,
    SmsFault.NOT_UNDERSTOOD,
    SmsFault.REFUSED,
}

_BY_CODE: Mapping[int, SmsFault] = {
    14: SmsFault.SIM_BUSY,
    21: SmsFault.REJECTED,
    38: SmsFault.OUT_OF_ORDER,
    42: SmsFault.CONGESTED,
    50: SmsFault.NOT_SUBSCRIBED,
    302: SmsFault.NOT_ALLOWED,
    304: SmsFault.NOT_UNDERSTOOD,
    310: SmsFault.NO_SIM,
    311: SmsFault.SIM_PIN,
    313: SmsFault.NO_SIM,
    314: SmsFault.SIM_BUSY,
    315: SmsFault.NO_SIM,
    316: SmsFault.SIM_PIN,
    322: SmsFault.SIM_FULL,
    330: SmsFault.NO_CENTRE,
    331: SmsFault.NO_NETWORK,
    332: SmsFault.NETWORK_SILENT,
    500: SmsFault.NETWORK_SILENT,
}
"""CMS errors, TS 27.005 §3.2.5; 500, "unknown error", is what modems write when the network does not answer."""


def fault_of(code: int | None) -> SmsFault:
    """What an error number means."""
    return _BY_CODE.get(code or 0, SmsFault.REFUSED)
