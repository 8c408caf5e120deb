"""What Porter did with a simulated stick, and what the SIM in it is like."""

import msgspec


class ModemEvent(msgspec.Struct, frozen=True, tag=True):
    """What Porter did with the modem."""


class Dialed(ModemEvent, frozen=True):
    number: str


class PickedUp(ModemEvent, frozen=True):
    """Our call in was answered."""


class HungUp(ModemEvent, frozen=True):
    """The call was ended, or rejected while it rang."""


class KeySent(ModemEvent, frozen=True):
    key: str


class CodeSent(ModemEvent, frozen=True):
    """A code to the network (USSD)."""

    code: str


class SmsSubmitted(ModemEvent, frozen=True):
    """One PDU given to the network."""

    pdu: str
    reference: int


class ModemReset(ModemEvent, frozen=True):
    """AT+CFUN=1,1: a real stick leaves the bus and comes back."""


class SimulatedSim(msgspec.Struct):
    """What the modem's SIM is like; changed by tests and the demo as they please."""

    present: bool = True
    pin: str | None = None
    """None: asks for none."""
    unlocked: bool = False
    tries: int = 3
    imsi: str = "247010000000001"
    iccid: str = "8937101000000000018"
    number: str = "+37120000000"
    smsc: str = "+37129999999"
