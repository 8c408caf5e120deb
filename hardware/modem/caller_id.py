"""Who calls, as voice modems write it: lines of names and values (+VCID=1), or the telephone network's own message in
hexadecimal (+VCID=2), Bellcore's SDMF and MDMF (ETSI EN 300 659-3)."""

from __future__ import annotations

import re

import msgspec

_LINE = re.compile(r"(DATE|TIME|NMBR|NAME|MESG|DDN_NMBR|CALL_TYPE)\s*=\s*(.*)")
_SINGLE, _MULTIPLE = 0x04, 0x80
_NUMBER, _NO_NUMBER, _NAME = 0x02, 0x04, 0x07
_WITHHELD = {"P", "PRIVATE", "O", "OUT OF AREA", "UNAVAILABLE", "ANONYMOUS"}


class CallerId(msgspec.Struct, frozen=True):
    """What became known of a caller."""

    number: str = ""
    """Digits, perhaps with "+" in front; "" when withheld or not told."""
    name: str = ""
    is_withheld: bool = False


class CallerIdReader:
    """Puts a caller together from lines that come one by one.

    Attributes:
        caller: What is known so far; None before the first line that tells anything.
    """

    def __init__(self) -> None:
        self.caller: CallerId | None = None

    def read(self, line: str) -> bool:
        """Whether a line is one of these; the caller may then be known."""
        found = _LINE.fullmatch(line.strip())
        if found is None:
            return False
        key, value = found[1], found[2].strip()
        if key == "MESG":
            self.caller = _message(value) or self.caller
        elif key == "NMBR":
            self.caller = _with_number(self.caller or CallerId(), value)
        elif key == "NAME" and value.upper() not in _WITHHELD:
            self.caller = msgspec.structs.replace(self.caller or CallerId(), name=value)
        return True

    @property
    def has_number(self) -> bool:
        """Whether the number came, or the word that it is withheld: waiting longer brings nothing."""
        return self.caller is not None and bool(self.caller.number or self.caller.is_withheld)

    def forget(self) -> None:
        self.caller = None


def _with_number(caller: CallerId, value: str) -> CallerId:
    if value.upper() in _WITHHELD:
        return msgspec.structs.replace(caller, is_withheld=True)
    number = "".join(re.findall(r"^\+|[0-9*#]", value))
    return msgspec.structs.replace(caller, number=number)


def _message(hexadecimal: str) -> CallerId | None:
    """None for what is no such message: a torn or foreign one tells nothing."""
    try:
        data = bytes.fromhex(hexadecimal)
    except ValueError:
        return None
    if len(data) < 3 or len(data) < data[1] + 2:
        return None
    body = data[2 : 2 + data[1]]
    if data[0] == _SINGLE:  # month, day, hour, minute, then the number
        return _with_number(CallerId(), body[8:].decode("latin-1"))
    if data[0] != _MULTIPLE:
        return None
    caller = CallerId()
    while len(body) >= 2 and len(body) >= 2 + body[1]:
        kind, value = body[0], body[2 : 2 + body[1]].decode("latin-1")
        body = body[2 + body[1] :]
        if kind == _NUMBER:
            caller = _with_number(caller, value)
        elif kind == _NO_NUMBER:
            caller = _with_number(caller, "P")
        elif kind == _NAME:
            caller = msgspec.structs.replace(caller, name=value.strip())
    return caller
