"""What is known of a line's modem, its SIM and its network, as they told it."""

from __future__ import annotations

import msgspec

from appliance.calls.ports import LineReason, LineState, LineStatus, ModemNow
from appliance.config.models import Language
from appliance.control.line_reasons import line_reason
from hardware.modem.facts import (
    GsmFact,
    ModemReady,
    OperatorChanged,
    OwnNumber,
    Registration,
    SignalChanged,
    TechnologyChanged,
)
from hardware.modem.faults import ModemFault
from hardware.modem.gsm import GsmModem

_NO_CALLS_NOW = {
    Registration.SEARCHING: ModemFault.SEARCHING,
    Registration.NOT_SEARCHING: ModemFault.NOT_SEARCHING,
    Registration.DENIED: ModemFault.DENIED,
    Registration.UNKNOWN: ModemFault.NETWORK_UNKNOWN,
}


class ModemBoard:
    """Remembers the last of each.

    Args:
        number: The line's own as the settings have it; "": the SIM may tell it.
    """

    def __init__(self, line: str, number: str) -> None:
        self._line = line
        self._is_set = bool(number)
        self._signal: int | None = None
        self._operator = ""
        self._modem = ModemNow()
        self.number = number

    def take(self, fact: GsmFact) -> None:
        """The modem told something; what is not of here is passed over."""
        match fact:
            case SignalChanged(bars=bars):
                self._signal = bars
            case OperatorChanged(name=name):
                self._operator = name
            case TechnologyChanged(name=name):
                self._note(technology=name)
            case OwnNumber(number=number) if not self._is_set:
                self.number = number
            case ModemReady(manufacturer=manufacturer, model=model, imei=imei, iccid=iccid):
                self._note(model=f"{manufacturer} {model}".strip(), imei=imei, iccid=iccid)

    def divert(self, number: str | None, *, failed: bool) -> None:
        """Where the network sends calls that cannot reach the modem."""
        self._note(divert=number, divert_failed=failed)

    def status(self, state: LineState, why: LineReason | None) -> LineStatus:
        """The line as it is now."""
        reason = "" if why is None else in_english(why)
        return LineStatus(
            self._line, state, reason, self._signal, self._operator, self.number, why=why, modem=self._modem
        )

    def _note(self, **changes: object) -> None:
        self._modem = msgspec.structs.replace(self._modem, **changes)


def in_english(why: LineReason) -> str:
    """Cause and next step, for the log and for programs."""
    return " ".join(filter(None, line_reason(why.code, why.value, Language.EN)))


def without_network(modem: GsmModem) -> LineReason:
    """Why a modem that is set up carries no calls."""
    if modem.network.has_packets:
        return LineReason(ModemFault.DATA_ONLY)
    registration = modem.network.registration or Registration.SEARCHING
    return LineReason(_NO_CALLS_NOW.get(registration, ModemFault.SEARCHING))
