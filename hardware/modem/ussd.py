"""The text of USSD in every way modems write it (`AT+CUSD`, TS 27.007 §7.15): plain, packed GSM-7 and UTF-16 in
hexadecimal. Modems do not keep to the coding scheme they name, so answers are told apart by what they look like."""

import re
from typing import NamedTuple

from hardware.modem import gsm7
from hardware.modem.profiles import UssdCoding

_ANSWER = re.compile(r"\+CUSD: ?(\d)(?: ?, ?(.*))?", re.DOTALL)
_QUOTED = re.compile(r'"(.*)"(?: ?, ?(\d{1,3}))?.*', re.DOTALL)
_BARE = re.compile(r"(.*?)(?: ?, ?(\d{1,3}))?", re.DOTALL)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_PLAIN_SCHEME, _UCS2_SCHEME = 15, 72
_PADDING = 0x0D
"""Septet that fills the last octet (TS 23.038 §6.1.2.3.1)."""


class Answer(NamedTuple):
    """A `+CUSD` line taken apart."""

    kind: int
    """0 done, 1 a reply is expected, 2 ended by the network, 3 another client answered, 4 unsupported, 5 time-out."""
    text: str


def encode(text: str, coding: UssdCoding) -> str:
    """What stands behind `AT+CUSD=1,`. Raises ValueError for a text that is neither a code nor a reply of at most 160
    letters of the GSM alphabet."""
    septets = gsm7.encode(text)
    if not text or septets is None or len(septets) > 160 or not text.isprintable() or '"' in text:
        raise ValueError(f"{text!r} is no code a network takes, such as *100#")
    match coding:
        case UssdCoding.PLAIN:
            return f'"{text}",{_PLAIN_SCHEME}'
        case UssdCoding.UCS2:
            return f'"{text.encode("utf-16-be").hex().upper()}",{_UCS2_SCHEME}'
        case UssdCoding.PACKED:
            return f'"{_packed(septets)}",{_PLAIN_SCHEME}'


def decode(line: str, coding: UssdCoding) -> Answer | None:
    """The answer on a line, whose text may hold line ends; None for what is no answer."""
    found = _ANSWER.fullmatch(line)
    if found is None:
        return None
    rest = found[2] or ""
    parts = _QUOTED.fullmatch(rest) or _BARE.fullmatch(rest)
    text, scheme = (parts[1], parts[2]) if parts is not None else (rest, None)
    return Answer(int(found[1]), _text(text, int(scheme) if scheme else _PLAIN_SCHEME, coding))


def is_whole(line: str) -> bool:
    """Whether a `+CUSD` line ends here, and not with a quotation mark still open."""
    return line.count('"') % 2 == 0


def _packed(septets: bytes) -> str:
    if len(septets) % 8 == 7:
        septets += bytes((_PADDING,))
    return gsm7.pack(septets).hex().upper()


def _text(text: str, scheme: int, coding: UssdCoding) -> str:
    """A tail that is no hexadecimal is rubbish behind a text that was."""
    start = _HEX.match(text)
    octets = bytes.fromhex(start[0]) if start is not None else b""
    is_hex = bool(octets) and 2 * len(octets) >= len(text) - 8
    if is_hex and len(octets) % 2 == 0 and (_is_ucs2(scheme) or coding is UssdCoding.UCS2 or _looks_ucs2(octets)):
        return octets.decode("utf-16-be", "replace").strip("\r\n\0 ")
    if is_hex and coding is UssdCoding.PACKED:
        septets = gsm7.unpack(octets, 8 * len(octets) // 7)
        return gsm7.decode(septets).rstrip("\r@" if len(septets) % 8 == 0 else "\r")
    return text.strip()


def _is_ucs2(scheme: int) -> bool:
    """TS 23.038 §5: 0100 10xx with a class, 0001 0001 with a language in front."""
    return scheme & 0xCC == 0x48 or scheme == 0x11


def _looks_ucs2(octets: bytes) -> bool:
    """Latin and Cyrillic letters have 00, 01 or 04 in front, and a text of any length a 00 for its spaces."""
    high = octets[::2]
    return len(octets) >= 8 and set(high) <= {0x00, 0x01, 0x04, 0x20} and 0x00 in high
