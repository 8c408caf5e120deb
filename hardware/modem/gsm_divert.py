"""The divert that the network itself keeps for the SIM (+CCFC, TS 27.007 §7.11): where calls go that cannot reach the
modem, because it is unplugged or the box has no power."""

from hardware.modem.at import Command, Reply
from hardware.modem.facts import DivertChecked, DivertFailed
from hardware.modem.gsm_wire import Wire, fields, number_at, phone_number

NOT_REACHABLE = 3
_QUERY, _REGISTER, _ERASE = 2, 3, 4
_VOICE = 1
"""The class of services that is spoken."""
_SECONDS = 40.0
"""The network is asked."""


class Divert:
    """The divert of one SIM."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def check(self) -> None:
        """Ask the network; `DivertChecked` or `DivertFailed` follows."""
        command = Command(text=f"AT+CCFC={NOT_REACHABLE},{_QUERY}", prefix="+CCFC:", seconds=_SECONDS)
        self._wire.ask(command, self._checked)

    def set(self, number: str) -> None:
        """Let calls go to a number from now on, "" for nowhere; then check. The number holds digits and perhaps a
        "+"; raises ValueError for others."""
        if number and not (number.removeprefix("+").isdecimal() and number.isascii()):
            raise ValueError(f"{number!r} is not a number a network diverts to")
        text = f"AT+CCFC={NOT_REACHABLE},{_ERASE}"
        if number:
            kind = 145 if number.startswith("+") else 129
            text = f'AT+CCFC={NOT_REACHABLE},{_REGISTER},"{number}",{kind},{_VOICE}'
        self._wire.ask(Command(text=text, prefix="+CCFC:", seconds=_SECONDS), self._set)

    def _set(self, reply: Reply) -> None:
        if reply.ok:
            self.check()
        else:
            self._wire.tell(DivertFailed(was_set=True))

    def _checked(self, reply: Reply) -> None:
        """`+CCFC: <status>,<class>[,<number>,<type>…]`, a line for each class; classes are summed where they agree."""
        if not reply.ok or not reply.lines:
            self._wire.tell(DivertFailed(was_set=False))
            return
        for line in reply.lines:
            parts = fields(line.text)
            if number_at(parts, 0) == 1 and (number_at(parts, 1) or _VOICE) & _VOICE:
                number = phone_number(parts[2], number_at(parts, 3)) if len(parts) > 2 else ""
                self._wire.tell(DivertChecked(is_on=True, number=number))
                return
        self._wire.tell(DivertChecked(is_on=False, number=""))
