"""SMS of one modem, going out: one PDU at a time (AT+CMGS, TS 27.005 §3.5.1)."""

import re
from collections import deque

import msgspec

from hardware.modem.at import Command, Final, Reply
from hardware.modem.facts import SmsFailed, SmsSent
from hardware.modem.gsm_wire import Wire
from hardware.modem.pdu_encode import EncodedPdu
from hardware.modem.sms_faults import SmsFault, fault_of

BUSY_SECONDS = 2.0
"""Between tries while the SIM is busy."""
MOST_BUSY = 5
"""Tries of one PDU while the SIM is busy."""
SIM_BUSY = (14, 314)
DUPLICATE = 197
"""SMS-SUBMIT refused because the centre holds it already: TP-FCS C5 (TS 23.040 §9.2.3.22, TS 27.005 §3.2.5)."""
_REFERENCE = re.compile(r"\+CMGS: ?(\d+)")


class _Outgoing(msgspec.Struct):
    id: str
    pdu: EncodedPdu
    begun: bool = False
    """Whether the modem may have got it."""
    tries: int = 1


class SmsSender:
    """The PDUs that wait for a modem. For each, `SmsSent` or `SmsFailed` follows."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._ready = False
        self._waiting: deque[_Outgoing] = deque()
        self._sending = False
        self.deadline: float | None = None
        """When the SIM is asked again."""

    def send(self, id: str, pdu: EncodedPdu) -> None:
        """Send one PDU when its turn comes."""
        self._waiting.append(_Outgoing(id, pdu))
        self._send_next()

    def opened(self) -> None:
        """The modem is set up."""
        self._ready = True
        self._sending = False
        self._send_next()

    def lost(self) -> None:
        """The modem went away; of the PDU it was sending nobody knows whether the network took it."""
        self._ready = False
        self._sending = False
        self.deadline = None
        while self._waiting:
            one = self._waiting.popleft()
            self._wire.tell(SmsFailed(one.id, SmsFault.MODEM_GONE, in_doubt=one.begun))

    def tick(self) -> None:
        if self.deadline is not None and self._wire.now >= self.deadline:
            self.deadline = None
            self._send_next()

    def _send_next(self) -> None:
        if self._sending or not self._waiting or not self._ready or self.deadline is not None:
            return
        one = self._waiting[0]
        self._sending = True
        text = f"AT+CMGS={one.pdu.tpdu_length}"
        command = Command(text=text, prefix="+CMGS:", payload=one.pdu.hex, secret=True)
        self._wire.ask(command, self._sent, wanted=lambda: self._begins(one))

    def _begins(self, one: _Outgoing) -> bool:
        """Its turn has come on the wire."""
        one.begun = True
        return True

    def _sent(self, reply: Reply) -> None:
        if not self._sending or not self._waiting:
            return
        self._sending = False
        one = self._waiting[0]
        if reply.code in SIM_BUSY and one.tries < MOST_BUSY:
            one.tries += 1
            one.begun = False
            self.deadline = self._wire.now + BUSY_SECONDS
            return
        self._waiting.popleft()
        if reply.ok or reply.code == DUPLICATE:
            found = [match[1] for line in reply.lines if (match := _REFERENCE.match(line.text))]
            self._wire.tell(SmsSent(one.id, int(found[0]) if found else None))
        else:
            self._wire.tell(_failure(one.id, reply))
        self._send_next()


def _failure(id: str, reply: Reply) -> SmsFailed:
    if reply.final is Final.TIMEOUT:
        return SmsFailed(id, SmsFault.NO_ANSWER, in_doubt=True)
    return SmsFailed(id, fault_of(reply.code), reply.code)
