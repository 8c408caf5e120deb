"""What a GSM modem reports and what became of what it was asked: frozen facts for whoever holds the modem."""

from datetime import datetime
from enum import StrEnum

import msgspec

from hardware.modem.faults import ModemFault
from hardware.modem.pdu import Deliver, Malformed, StatusReport, Submit
from hardware.modem.sms_faults import SmsFault


class GsmFact(msgspec.Struct, frozen=True, tag=True):
    """Something a modem reported."""


class Remedy(StrEnum):
    """What helps, as far as the modem's own software can tell."""

    REOPEN = "reopen"
    """Close the port, open it again, start over."""
    RESET = "reset"
    """Restart the modem (AT+CFUN=1,1)."""
    LOOK_ELSEWHERE = "look elsewhere"
    """It is another modem, or has another SIM, than the one that is wanted."""
    PERSON = "person"
    """Nothing without a person; the modem goes on with what it can do."""


class Registration(StrEnum):
    """Whether the network takes calls for us (+CREG, TS 27.007 §7.2)."""

    NOT_SEARCHING = "not searching"
    HOME = "home"
    SEARCHING = "searching"
    DENIED = "denied"
    UNKNOWN = "unknown"
    ROAMING = "roaming"

    @property
    def is_registered(self) -> bool:
        return self in (Registration.HOME, Registration.ROAMING)


class ModemIdentified(GsmFact, frozen=True, kw_only=True):
    """Which modem this is and which SIM is in it, as early as it can be known."""

    imei: str
    iccid: str
    """"" where the modem does not read it without a PIN."""


class ModemReady(GsmFact, frozen=True, kw_only=True):
    """The modem is set up; calls need a registration besides."""

    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    imei: str = ""
    imsi: str = ""
    iccid: str = ""
    """The number of the SIM card itself; "" where the modem does not read it."""
    has_voice: bool = True
    """False for data sticks whose firmware carries no calls."""


class ModemFailed(GsmFact, frozen=True):
    """Something is wrong with the modem or its SIM."""

    fault: ModemFault
    remedy: Remedy
    value: str = ""
    """What the fault leaves open."""


class RegistrationChanged(GsmFact, frozen=True):
    registration: Registration


class SignalChanged(GsmFact, frozen=True):
    """Strength of the radio."""

    bars: int
    """0-5."""
    dbm: int | None
    """None while the modem does not know."""


class OperatorChanged(GsmFact, frozen=True):
    name: str
    """"" while there is none."""


class TechnologyChanged(GsmFact, frozen=True):
    name: str
    """"2G", "3G" or "4G"; "" while it is not known."""


class NetworkTime(GsmFact, frozen=True):
    """The network told the time."""

    at: datetime
    """With its zone."""


class OwnNumber(GsmFact, frozen=True):
    """The number of the SIM, where the SIM knows it (+CNUM)."""

    number: str


class Ringing(GsmFact, frozen=True):
    """A call comes in."""

    number: str
    """"" when withheld or unknown."""


class Dialing(GsmFact, frozen=True):
    """The network works on our call."""


class Alerting(GsmFact, frozen=True):
    """It rings at the other end."""


class Answered(GsmFact, frozen=True):
    """The call is up, whoever began it; its sound flows."""


class SoundFlow(GsmFact, frozen=True):
    """The modem takes no more of our sound for now, or takes it again."""

    is_open: bool


class Ended(GsmFact, frozen=True):
    """The call is over, whoever ended it; the modem is free again."""

    cause: int
    """ITU-T Q.850."""


class DigitHeard(GsmFact, frozen=True):
    """A key the modem itself heard; many modems report none."""

    digit: str


class CallMissed(GsmFact, frozen=True):
    """A call came and went that the modem tells of only now."""

    number: str
    """"" when withheld or unknown."""


class UssdAnswer(GsmFact, frozen=True):
    """The network answered a code, or asks something by itself."""

    id: str
    """Of the question; "" where nobody asked."""
    text: str
    expects_reply: bool = False


class UssdFailed(GsmFact, frozen=True):
    """No answer to a code."""

    id: str
    reason: "UssdTrouble"


class UssdTrouble(StrEnum):
    """Why a code brought no answer."""

    BUSY = "busy"
    """Another code is under way, or the modem is not ready."""
    REFUSED = "refused"
    """By the modem; some do in LTE."""
    ENDED = "ended"
    """By the network."""
    UNSUPPORTED = "unsupported"
    TIMEOUT = "timeout"


class DivertChecked(GsmFact, frozen=True):
    """What the network does with calls of this SIM that nobody can take (+CCFC, TS 27.007 §7.11)."""

    is_on: bool
    number: str
    """Where they go; "" when they go nowhere, or where the network does not tell."""


class DivertFailed(GsmFact, frozen=True):
    """The network did not tell, or did not take a new divert."""

    was_set: bool
    """Whether setting failed, or only asking."""


class SmsArrived(GsmFact, frozen=True):
    """A message came. It stays on the SIM, or unacknowledged, until `SmsDesk.delete` is called with this fact."""

    slot: int | None
    """None: handed over without being stored (+CMT)."""
    pdu: str
    """As the modem wrote it, hexadecimal."""
    content: Deliver | Submit | StatusReport | Malformed
    memory: str = ""
    """Where the slot is; "" for the memory that is selected."""


class SmsSent(GsmFact, frozen=True):
    """The network took one PDU."""

    id: str
    reference: int | None
    """TP-MR, which a status report names; None where the modem did not say."""


class SmsFailed(GsmFact, frozen=True):
    """The network did not take one PDU, as far as is known."""

    id: str
    fault: SmsFault
    code: int | None = None
    """CMS error, TS 27.005 §3.2.5."""
    in_doubt: bool = False
    """True when the network may have taken it all the same: the modem got it and never answered."""


class SmsStorageFull(GsmFact, frozen=True):
    """The SIM takes no more messages until some are deleted; the network holds back the others."""
