"""SMS of one modem: what lies on the SIM is read and told, and stays there until it is deleted; what is sent goes
part by part. PDU mode only (TS 27.005 §3, §4)."""

import logging
import re
from collections import deque

import msgspec

from hardware.modem.at import Command, Final, Reply
from hardware.modem.facts import SmsArrived, SmsFailed, SmsSent, SmsStorageFull
from hardware.modem.gsm_wire import Wire, fields, number_at
from hardware.modem.pdu_decode import decode
from hardware.modem.pdu_encode import EncodedPdu, encode_submit

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
"""+CMTI gets lost, so the storage is listed now and then."""
_MAY_RETRY = {38, 42, 314, 331, 332, 500}
_REASONS = {
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
_RECEIVED = (0, 1)
"""Unread and read; what else lies on the SIM are drafts of ours."""


class _Outgoing(msgspec.Struct):
    id: str
    parts: deque[EncodedPdu]
    references: list[int]


class SmsDesk:
    """The messages of a modem, both ways."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._ready = False
        self._sweep_at: float | None = None
        self._told: dict[int, str] = {}
        """What lies on the SIM and was told, by slot."""
        self._outgoing: deque[_Outgoing] = deque()
        self._sending = False
        self._reference = 0

    # What we want.

    def opened(self) -> None:
        """The modem is set up: list what lies there, send what waits."""
        self._ready = True
        self._sending = False
        self._told.clear()
        self.sweep()
        self._send_next()

    def lost(self) -> None:
        """The modem went away; messages not yet taken by the network have failed and may be retried."""
        self._ready = False
        self._sending = False
        self._sweep_at = None
        self._told.clear()
        while self._outgoing:
            self._failed(self._outgoing.popleft(), None, "the modem went away", may_retry=True)

    def sweep(self) -> None:
        """List the storage and tell what was not told yet."""
        self._sweep_at = None
        self._wire.ask(Command(text="AT+CMGL=4", prefix="+CMGL:", with_pdu=True, seconds=40.0), self._swept)

    def delete(self, slot: int) -> None:
        """Free a place on the SIM: call it once the message is kept elsewhere."""
        self._wire.ask(Command(text=f"AT+CMGD={slot}", seconds=40.0), lambda reply: self._deleted(slot, reply))

    def tell_again(self, slot: int) -> None:
        """The message of this slot could not be kept: the next sweep tells it once more."""
        self._told.pop(slot, None)

    def send(self, id: str, to: str, text: str, *, report: bool = False) -> None:
        """Send one message; `SmsSent` or `SmsFailed` with this id follows. Raises ValueError for a recipient that is
        no number, or a text longer than 255 parts."""
        self._reference = self._reference % 255 + 1
        parts = deque(encode_submit(to, text, reference=self._reference, report=report))
        self._outgoing.append(_Outgoing(id, parts, []))
        self._send_next()

    # What the modem says.

    def read(self, line: str) -> bool:
        """Take one unsolicited line; False when it does not concern messages."""
        name, _, _ = line.partition(":")
        match name:
            case "+CMTI" | "+CDSI":
                slot = number_at(fields(line), 1)
                if slot is None or slot < 0:  # modems exist that write +CMTI: "SM",-1
                    self.sweep()
                else:
                    command = Command(text=f"AT+CMGR={slot}", prefix="+CMGR:", with_pdu=True)
                    self._wire.ask(command, lambda reply: self._fetched(slot, reply))
            case "^SMMEMFULL":
                self._wire.tell(SmsStorageFull())
                self.sweep()
            case _:
                return False
        return True

    @property
    def deadline(self) -> float | None:
        return self._sweep_at

    def tick(self) -> None:
        if self._sweep_at is not None and self._wire.now >= self._sweep_at:
            self.sweep()

    def _swept(self, reply: Reply) -> None:
        if not self._ready:
            return
        self._sweep_at = self._wire.now + SWEEP_SECONDS
        if not reply.ok:
            return
        present = {}
        for line in reply.lines:
            parts = fields(line.text)
            slot, stat = number_at(parts, 0), number_at(parts, 1)
            if slot is not None and stat in _RECEIVED and line.pdu is not None:
                present[slot] = line.pdu
        for slot in self._told.keys() - present.keys():
            del self._told[slot]
        for slot, pdu in present.items():
            self._arrived(slot, pdu)

    def _fetched(self, slot: int, reply: Reply) -> None:
        """An empty slot answers just OK, or error 321: read by the sweep before."""
        for line in reply.lines:
            if self._ready and line.pdu is not None:
                self._arrived(slot, line.pdu)
        if reply.final is Final.TIMEOUT or reply.code == 314:
            self.sweep()

    def _arrived(self, slot: int, pdu: str) -> None:
        if self._told.get(slot) == pdu:
            return
        self._told[slot] = pdu
        self._wire.tell(SmsArrived(slot, pdu, decode(pdu)))

    def _deleted(self, slot: int, reply: Reply) -> None:
        if reply.ok:
            self._told.pop(slot, None)
        else:
            log.warning("modem does not delete the SMS in slot %s: %s %s", slot, reply.final, reply.code)

    # Sending.

    def _send_next(self) -> None:
        if self._sending or not self._outgoing or not self._ready:
            return
        part = self._outgoing[0].parts.popleft()
        self._sending = True
        command = Command(text=f"AT+CMGS={part.tpdu_length}", prefix="+CMGS:", payload=part.hex, secret=True)
        self._wire.ask(command, self._part_sent)

    def _part_sent(self, reply: Reply) -> None:
        if not self._sending or not self._outgoing:
            return
        self._sending = False
        message = self._outgoing[0]
        if not reply.ok:
            self._outgoing.popleft()
            late = reply.final is Final.TIMEOUT
            reason = "the modem did not answer" if late else _REASONS.get(reply.code or 0, "the modem refused it")
            self._failed(message, reply.code, reason, may_retry=late or reply.code in _MAY_RETRY)
        else:
            found = (_REFERENCE.match(line.text) for line in reply.lines)
            message.references += [int(match[1]) for match in found if match]
            if not message.parts:
                self._outgoing.popleft()
                self._wire.tell(SmsSent(message.id, tuple(message.references)))
        self._send_next()

    def _failed(self, message: _Outgoing, code: int | None, reason: str, *, may_retry: bool) -> None:
        fact = SmsFailed(message.id, reason, may_retry, code, parts_sent=len(message.references))
        self._wire.tell(fact)
