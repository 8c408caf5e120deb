"""SMS of one modem, going out: one PDU at a time (AT+CMGS, TS 27.005 §3.5.1)."""

import re
from collections import deque

import msgspec

from hardware.modem.at import Command, Final, Reply
from hardware.modem.facts import SmsFailed, SmsSent
from hardware.modem.gsm_wire import Wire
from hardware.modem.pdu_encode import EncodedPdu

BUSY_SECONDS = 2.0
"""Between tries while the SIM is busy."""
MOST_BUSY = 5
"""Tries of one PDU while the SIM is busy."""
SIM_BUSY = (14, 314)
DUPLICATE = 197
"""SMS-SUBMIT refused because the centre holds it already: TP-FCS C5 (TS 23.040 §9.2.3.22, TS 27.005 §3.2.5)."""
_MAY_RETRY = {14, 38, 42, 314, 322, 331, 332, 500}
_REASONS = {
    14: "the SIM is busy",
    21: "the network rejected it",
    38: "the network is out of order",
    42: "the network is congested",
    50: "the subscription does not include SMS",
    302: "the modem does not allow it",
    304: "the modem did not understand it",
    310: "there is no SIM",
    311: "the SIM wants its PIN",
    314: "the SIM is busy",
    322: "the SIM is full",
    330: "the number of the service centre is not known",
    331: "there is no network",
    332: "the network did not answer",
}
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
            reason = "the modem went away"
            self._wire.tell(SmsFailed(one.id, reason, may_retry=True, in_doubt=one.begun))

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
        return SmsFailed(id, "the modem did not answer", may_retry=True, in_doubt=True)
    reason = _REASONS.get(reply.code or 0, "the modem refused it")
    return SmsFailed(id, reason, may_retry=reply.code in _MAY_RETRY, code=reply.code)
