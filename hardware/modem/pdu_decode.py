"""Reading SMS PDUs as modems hand them over. What comes from the air is never an exception: what can be read is
returned with its flaw, the rest as `Malformed`."""

from datetime import datetime, timedelta, timezone

from hardware.modem import gsm7, gsm7_national
from hardware.modem.pdu import Concat, Deliver, Encoding, Malformed, Pdu, StatusReport, Submit, decode_user_data

_DIGITS = "0123456789*#abc"
_ALPHANUMERIC = 5
_INTERNATIONAL = 1


def decode(pdu: str, *, has_smsc: bool = True) -> Pdu:
    """The facts of one PDU.

    Args:
        pdu: Hexadecimal, as in the second line of +CMGR.
        has_smsc: False for a bare TPDU without the service centre's address.
    """
    try:
        octets = bytes.fromhex(pdu.strip())
    except ValueError:
        return Malformed(pdu=pdu, reason="not hexadecimal, or half an octet at the end")
    try:
        return _read(_Octets(octets), has_smsc)
    except _TooShort as short:
        return Malformed(pdu=pdu, reason=f"ends inside {short.what}")


class _TooShort(Exception):
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Octets:
    """A PDU read from its start."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int, what: str) -> bytes:
        part = self._octets[self._at : self._at + count]
        if len(part) < count:
            raise _TooShort(what)
        self._at += count
        return part

    def octet(self, what: str) -> int:
        return self.take(1, what)[0]

    def rest(self) -> bytes:
        return self._octets[self._at :]


def _read(octets: _Octets, has_smsc: bool) -> Pdu:
    smsc = _smsc(octets) if has_smsc else None
    first = octets.octet("the first octet")
    match first & 0b11:
        case 0b01:
            return _submit(octets, first, smsc)
        case 0b10:
            return _status_report(octets, smsc)
        case _:  # 0b11 is reserved and read as a deliver, TS 23.040 §9.2.3.1
            return _deliver(octets, first, smsc)


def _deliver(octets: _Octets, first: int, smsc: str | None) -> Deliver:
    number, kind = _address(octets)
    protocol = octets.octet("the protocol id")
    coding = octets.octet("the coding scheme")
    time = _time(octets.take(7, "the time stamp"))
    user = _UserData(octets, coding, has_header=bool(first & 0x40))
    return Deliver(
        smsc=smsc,
        number=number,
        type_of_address=kind,
        protocol=protocol,
        coding=coding,
        time=time,
        encoding=user.encoding,
        message_class=_message_class(coding),
        header=user.header,
        concat=user.concat,
        ports=user.ports,
        languages=user.languages,
        data=user.data,
        text=user.text,
        flaw=user.flaw or (None if time else "the time stamp is not a date"),
    )


def _submit(octets: _Octets, first: int, smsc: str | None) -> Submit:
    reference = octets.octet("the message reference")
    number, kind = _address(octets)
    protocol = octets.octet("the protocol id")
    coding = octets.octet("the coding scheme")
    validity, valid_until = None, None
    match first >> 3 & 0b11:
        case 0b10:
            validity = octets.octet("the validity period")
        case 0b11:
            valid_until = _time(octets.take(7, "the validity period"))
        case 0b01:
            octets.take(7, "the validity period")
    user = _UserData(octets, coding, has_header=bool(first & 0x40))
    return Submit(
        smsc=smsc,
        reference=reference,
        number=number,
        type_of_address=kind,
        protocol=protocol,
        coding=coding,
        validity=validity,
        valid_until=valid_until,
        report_wanted=bool(first & 0x20),
        reject_duplicates=bool(first & 0x04),
        encoding=user.encoding,
        message_class=_message_class(coding),
        header=user.header,
        concat=user.concat,
        ports=user.ports,
        languages=user.languages,
        data=user.data,
        text=user.text,
        flaw=user.flaw,
    )


def _status_report(octets: _Octets, smsc: str | None) -> StatusReport:
    reference = octets.octet("the message reference")
    number, kind = _address(octets)
    time = _time(octets.take(7, "the time stamp"))
    discharged = _time(octets.take(7, "the discharge time"))
    status = octets.octet("the status")  # optional parameters and padding follow: nothing a person needs
    return StatusReport(
        smsc=smsc,
        reference=reference,
        number=number,
        type_of_address=kind,
        time=time,
        discharged=discharged,
        status=status,
        flaw=None if time and discharged else "a time stamp is not a date",
    )


def _smsc(octets: _Octets) -> str | None:
    length = octets.octet("the service centre's address")
    if length == 0:
        return None
    kind, *digits = octets.take(length, "the service centre's address")
    return _plus(kind) + _semi_octets(bytes(digits))


def _address(octets: _Octets) -> tuple[str, int]:
    """Number and type-of-address octet (TS 23.040 §9.1.2.5)."""
    digits = octets.octet("the address")
    kind = octets.octet("the address")
    body = octets.take((digits + 1) // 2, "the address")
    if kind >> 4 & 0b111 == _ALPHANUMERIC:
        # 13 half octets hold 7 characters, the 8th would be made of padding and read "@".
        return gsm7.decode(gsm7.unpack(body, digits * 4 // 7)), kind
    return _plus(kind) + _semi_octets(body)[:digits], kind


def _plus(kind: int) -> str:
    return "+" if kind >> 4 & 0b111 == _INTERNATIONAL else ""


def _semi_octets(body: bytes) -> str:
    nibbles = [nibble for octet in body for nibble in (octet & 0x0F, octet >> 4)]
    return "".join(_DIGITS[nibble] for nibble in nibbles if nibble != 0x0F)


def _time(octets: bytes) -> datetime | None:
    """A service centre time stamp (TS 23.040 §9.2.3.11): swapped decimals, zone in quarter hours."""
    *stamp, zone = octets
    try:
        year, month, day, hour, minute, second = ((octet & 0x0F) * 10 + (octet >> 4) for octet in stamp)
        quarters = (zone & 0x07) * 10 + (zone >> 4)
        offset = timedelta(minutes=15 * (-quarters if zone & 0x08 else quarters))
        return datetime(
            1900 + year if year >= 90 else 2000 + year, month, day, hour, minute, second, tzinfo=timezone(offset)
        )
    except ValueError:
        return None


def _encoding(coding: int) -> Encoding:
    """TS 23.038 §4; reserved groups read as the default alphabet, as asked there."""
    match coding >> 4:
        case group if group < 0b1000:
            return (Encoding.GSM7, Encoding.DATA, Encoding.UCS2, Encoding.GSM7)[coding >> 2 & 0b11]
        case 0b1110:
            return Encoding.UCS2
        case 0b1111:
            return Encoding.DATA if coding & 0x04 else Encoding.GSM7
        case _:
            return Encoding.GSM7


def _message_class(coding: int) -> int | None:
    if (coding & 0b1001_0000) == 0b0001_0000 or coding >> 4 == 0b1111:
        return coding & 0b11
    return None


class _UserData:
    """TP-UD: header and text, as much as the PDU really holds (TS 23.040 §9.2.3.24)."""

    def __init__(self, octets: _Octets, coding: int, *, has_header: bool) -> None:
        self.flaw: str | None = None
        self.encoding = _encoding(coding)
        self.header = b""
        self.concat: Concat | None = None
        self.ports: tuple[int, int] | None = None
        self.languages = (0, 0)
        length = octets.octet("the user data length")
        body = octets.rest()
        if has_header and body:
            self._read_header(body)
        after = len(self.header)
        if self.encoding is Encoding.GSM7:
            header_septets = (after * 8 + 6) // 7
            fill_bits = header_septets * 7 - after * 8
            wanted = max(0, length - header_septets)
            self.data = gsm7.unpack(body[after:], wanted, fill_bits)
        else:
            wanted = max(0, length - after)
            self.data = body[after : after + wanted]
        if len(self.data) < wanted:
            self.flaw = "shorter than it claims"
        if self.encoding is Encoding.GSM7 and not gsm7_national.is_known(*self.languages):
            self.flaw = self.flaw or "written in an alphabet that is not known here"
        self.text = decode_user_data(self.encoding, self.data, self.languages)

    def _read_header(self, body: bytes) -> None:
        length = body[0]
        if 1 + length > len(body):
            self.flaw = "the header is longer than the message"
            return
        self.header = body[: 1 + length]
        at = 1
        while at + 2 <= len(self.header):
            element, size = self.header[at], self.header[at + 1]
            value = self.header[at + 2 : at + 2 + size]
            if len(value) == size:
                self._read_element(element, value)
            at += 2 + size

    def _read_element(self, element: int, value: bytes) -> None:
        match element, *value:
            case 0x00, reference, total, part if 1 <= part <= total:
                self.concat = Concat(reference, total, part, 8)
            case 0x08, high, low, total, part if 1 <= part <= total:
                self.concat = Concat(high << 8 | low, total, part, 16)
            case 0x04, destination, originator:
                self.ports = (destination, originator)
            case 0x24, language:
                self.languages = (self.languages[0], language)
            case 0x25, language:
                self.languages = (language, self.languages[1])
            case 0x05, high, low, from_high, from_low:
                self.ports = (high << 8 | low, from_high << 8 | from_low)
            case _:
                pass  # picture messages, e-mail headers and the like: a person reads the text without them
