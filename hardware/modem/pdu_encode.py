"""Writing SMS PDUs: submits for the modem; delivers and status reports for the simulated network."""

from datetime import datetime, timedelta

import msgspec

from hardware.modem import gsm7
from hardware.modem.pdu import Encoding

_SEPTETS, _SEPTETS_OF_PART = 160, 153
_UNITS, _UNITS_OF_PART = 70, 67
MOST_PARTS = 255


class EncodedPdu(msgspec.Struct, frozen=True):
    """One PDU ready for AT+CMGS."""

    hex: str
    """With the SMSC's octets in front."""
    tpdu_length: int
    """Octets without the SMSC: the number AT+CMGS wants."""


def encode_submit(
    to: str,
    text: str,
    *,
    reference: int = 0,
    message_reference: int | None = None,
    report: bool = False,
    reject_duplicates: bool = False,
    validity: int | None = None,
    smsc: str | None = None,
) -> list[EncodedPdu]:
    """The PDUs of one message, in the order to send them.

    Args:
        to: Digits, with "+" when international. Raises ValueError for anything else.
        text: Any length that fits 255 parts, else ValueError. GSM-7 where every character allows it, else UCS-2.
        reference: Joins the parts, 0-255.
        message_reference: TP-MR of each part, 0-255; None: the same. Many modems put their own in.
        report: Ask for a status report.
        reject_duplicates: TP-RD: let the service centre refuse what it still holds with the same TP-MR and recipient.
        validity: TP-VP, relative (TS 23.040 §9.2.3.12.1); None leaves it to the service centre.
        smsc: None: the one stored on the SIM.
    """
    encoding, parts = split_text(text)
    if len(parts) > MOST_PARTS:
        raise ValueError(f"the text needs {len(parts)} parts, an SMS has at most {MOST_PARTS}")
    address = _number_address(to)
    pdus = []
    for number, part in enumerate(parts, 1):
        header = _concat_header(reference & 0xFF, len(parts), number) if len(parts) > 1 else b""
        first = 0x01 | (0x40 if header else 0) | (0x20 if report else 0) | (0x10 if validity is not None else 0)
        first |= 0x04 if reject_duplicates else 0
        tpdu = (
            bytes((first, (reference if message_reference is None else message_reference) & 0xFF))
            + address
            + bytes((0, _CODING[encoding]))
            + (b"" if validity is None else bytes((validity,)))
            + _user_data(encoding, part, header)
        )
        pdus.append(_with_smsc(smsc, tpdu))
    return pdus


def parts_of(text: str) -> int:
    """How many PDUs `encode_submit` makes of a text."""
    return len(split_text(text)[1])


def encode_deliver(
    sender: str, text: str, at: datetime, *, reference: int = 0, smsc: str | None = None, wide_reference: bool = False
) -> list[EncodedPdu]:
    """The PDUs by which a network would deliver a message.

    Args:
        sender: A number, or up to 11 characters of GSM-7 for an alphanumeric sender.
        at: With its zone.
        reference: Joins the parts; up to 65535 with `wide_reference`.
        wide_reference: Use the 16 bit form.
    """
    encoding, parts = split_text(text, header_octets=7 if wide_reference else 6)
    pdus = []
    for number, part in enumerate(parts, 1):
        header = b""
        if len(parts) > 1:
            header = _concat_header(reference, len(parts), number, wide=wide_reference)
        tpdu = (
            bytes((0x44 if header else 0x04,))
            + _address(sender)
            + bytes((0, _CODING[encoding]))
            + _time(at)
            + _user_data(encoding, part, header)
        )
        pdus.append(_with_smsc(smsc, tpdu))
    return pdus


def encode_status_report(
    to: str, reference: int, sent: datetime, done: datetime, status: int = 0, *, smsc: str | None = None
) -> EncodedPdu:
    """The report a network sends about a message of ours; `status` is TP-ST, 0 = delivered."""
    return _with_smsc(
        smsc, bytes((0x06, reference)) + _number_address(to) + _time(sent) + _time(done) + bytes((status,))
    )


def split_text(text: str, *, header_octets: int = 6) -> tuple[Encoding, list[bytes]]:
    """How a text is coded and parted: septets one a byte, or UTF-16 big endian.

    Neither an escape and its code nor a surrogate pair is ever parted. `header_octets` counts the user data header
    with its length octet, as every part of several carries it.
    """
    if (septets := gsm7.encode(text)) is not None:
        if len(septets) <= _SEPTETS:
            return Encoding.GSM7, [septets]
        return Encoding.GSM7, gsm7.split(septets, _SEPTETS - (header_octets * 8 + 6) // 7)
    units = text.encode("utf-16-be", errors="replace")
    if len(units) <= 2 * _UNITS:
        return Encoding.UCS2, [units]
    return Encoding.UCS2, _split_units(units, (140 - header_octets) // 2 * 2)


_CODING = {Encoding.GSM7: 0x00, Encoding.DATA: 0x04, Encoding.UCS2: 0x08}


def _split_units(units: bytes, most: int) -> list[bytes]:
    parts = []
    start = 0
    while start < len(units):
        end = min(start + most, len(units))
        if end < len(units) and 0xD8 <= units[end - 2] <= 0xDB:  # a high surrogate would be last
            end -= 2
        parts.append(units[start:end])
        start = end
    return parts


def _user_data(encoding: Encoding, part: bytes, header: bytes) -> bytes:
    if encoding is not Encoding.GSM7:
        return bytes((len(header) + len(part),)) + header + part
    header_septets = (len(header) * 8 + 6) // 7
    fill_bits = header_septets * 7 - len(header) * 8
    return bytes((header_septets + len(part),)) + header + gsm7.pack(part, fill_bits)


def _concat_header(reference: int, total: int, part: int, *, wide: bool = False) -> bytes:
    if wide:
        return bytes((6, 0x08, 4, reference >> 8 & 0xFF, reference & 0xFF, total, part))
    return bytes((5, 0x00, 3, reference & 0xFF, total, part))


def _with_smsc(smsc: str | None, tpdu: bytes) -> EncodedPdu:
    if smsc is None:
        return EncodedPdu("00" + tpdu.hex().upper(), len(tpdu))
    kind, digits = _number(smsc)
    body = bytes((kind,)) + _semi_octets(digits)
    return EncodedPdu((bytes((len(body),)) + body + tpdu).hex().upper(), len(tpdu))


def _address(number: str) -> bytes:
    if set(number) <= set("+0123456789*#"):
        return _number_address(number)
    septets = gsm7.encode(number)
    if septets is None or len(septets) > 11:
        raise ValueError(f"{number!r} is neither a number nor up to 11 characters of the GSM alphabet")
    body = gsm7.pack(septets)
    return bytes(((len(septets) * 7 + 3) // 4, 0xD0)) + body


def _number_address(number: str) -> bytes:
    kind, digits = _number(number)
    return bytes((len(digits), kind)) + _semi_octets(digits)


def _number(number: str) -> tuple[int, str]:
    digits = number.removeprefix("+")
    if not digits or len(digits) > 20 or not set(digits) <= set("0123456789*#"):
        raise ValueError(f"{number!r} is not a number an SMS can carry")
    return (0x91 if number.startswith("+") else 0x81), digits


def _semi_octets(digits: str) -> bytes:
    nibbles = ["0123456789*#".index(digit) for digit in digits]
    if len(nibbles) % 2:
        nibbles.append(0x0F)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _time(at: datetime) -> bytes:
    offset = at.utcoffset() or timedelta()
    quarters = round(abs(offset) / timedelta(minutes=15))
    stamp = bytes(_swapped(value) for value in (at.year % 100, at.month, at.day, at.hour, at.minute, at.second))
    return stamp + bytes((_swapped(quarters) | (0x08 if offset < timedelta() else 0),))


def _swapped(value: int) -> int:
    return value // 10 | value % 10 << 4
