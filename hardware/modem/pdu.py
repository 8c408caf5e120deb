"""What an SMS says: the facts of one PDU (3GPP TS 23.040 §9.2). Reading lives in `pdu_decode`, writing in
`pdu_encode`; both know SMSC-prefixed PDUs as modems pass them by AT+CMGR and AT+CMGS (TS 27.005)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from hardware.modem import gsm7_national


class Encoding(StrEnum):
    """How the user data is coded (TS 23.038 §4)."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"
    DATA = "8bit"


class Concat(msgspec.Struct, frozen=True):
    """Which part of a longer message this is (TS 23.040 §9.2.3.24.1 and .8)."""

    reference: int
    total: int
    part: int
    """1 .. total."""
    bits: int = 8
    """Width of the reference, 8 or 16."""


class Sms(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What deliver and submit have in common."""

    number: str
    """Sender or recipient: "+" and digits, digits, or the letters of an alphanumeric sender."""
    smsc: str | None = None
    type_of_address: int = 0x91
    protocol: int = 0
    """TP-PID."""
    coding: int = 0
    """TP-DCS."""
    encoding: Encoding = Encoding.GSM7
    message_class: int | None = None
    """0 flash, 1 phone, 2 SIM, 3 terminal equipment; None: no class."""
    header: bytes = b""
    """User data header with its length octet; b"" when there is none."""
    concat: Concat | None = None
    ports: tuple[int, int] | None = None
    """Destination and originator port; None when the message is for a person."""
    languages: tuple[int, int] = (0, 0)
    """National alphabet and national extension table of GSM-7 text (TS 23.040 §9.2.3.24.15, .16); 0: the default."""
    data: bytes = b""
    """User data after the header: septets one a byte, UTF-16 big endian, or raw octets."""
    text: str | None = None
    """None for 8 bit data."""
    flaw: str | None = None
    """What was wrong with the PDU though something could be read; None when nothing was."""


class Deliver(Sms, frozen=True, kw_only=True, tag=True):
    """A message to us (SMS-DELIVER)."""

    time: datetime | None = None
    """When the service centre got it, with its zone; None when the stamp is not a date."""


class Submit(Sms, frozen=True, kw_only=True, tag=True):
    """A message of ours (SMS-SUBMIT), as the SIM keeps it or the network takes it."""

    reference: int = 0
    """TP-MR."""
    report_wanted: bool = False
    reject_duplicates: bool = False
    validity: int | None = None
    """TP-VP relative, raw octet; None when absent or absolute."""
    valid_until: datetime | None = None


class ReportState(StrEnum):
    """What became of a message we sent."""

    DELIVERED = "delivered"
    TRYING = "trying"
    FAILED = "failed"


class StatusReport(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What became of a message we sent (SMS-STATUS-REPORT)."""

    reference: int
    """TP-MR, as AT+CMGS answered it."""
    number: str
    type_of_address: int = 0x91
    smsc: str | None = None
    time: datetime | None = None
    discharged: datetime | None = None
    status: int = 0
    """TP-ST, TS 23.040 §9.2.3.15."""
    flaw: str | None = None

    @property
    def state(self) -> ReportState:
        if self.status < 0x20:
            return ReportState.DELIVERED
        if self.status < 0x40:
            return ReportState.TRYING
        return ReportState.FAILED


class Malformed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A PDU of which nothing can be read."""

    pdu: str
    """As the modem wrote it."""
    reason: str


Pdu = Deliver | Submit | StatusReport | Malformed


def decode_user_data(encoding: Encoding, data: bytes, languages: tuple[int, int] = (0, 0)) -> str | None:
    """The text of `Sms.data`, also of several parts' data joined; None for 8 bit data."""
    match encoding:
        case Encoding.GSM7:
            return gsm7_national.decode(data, *languages)
        case Encoding.UCS2:
            return data[: len(data) // 2 * 2].decode("utf-16-be", errors="replace")
        case Encoding.DATA:
            return None
