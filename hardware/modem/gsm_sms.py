"""SMS of one modem, coming in: what lies on the SIM is read and told, and stays there until whoever was told says that
it is kept. PDU mode only (TS 27.005 §3, §4). Sending is in `gsm_sms_sender`.

Theory of operation. A message on the SIM is told once a life of the modem, by the news of it or by the sweep, whichever
comes first. `delete` frees its place, but only while that place is known to hold the message that was kept: an answer
to AT+CMGD may be lost, and the network puts the next message where the last one was.
"""

import logging
from collections.abc import Callable
from functools import partial

from hardware.modem.at import Command, Final, Reply
from hardware.modem.facts import SmsArrived, SmsStorageFull
from hardware.modem.gsm_sms_sender import SmsSender
from hardware.modem.gsm_wire import Handler, Wire, fields, number_at
from hardware.modem.pdu_decode import decode

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
"""+CMTI gets lost, so the storage is listed now and then."""
BUSY_SECONDS = 3.0
"""A SIM that is busy, which is common after power on, is asked again so soon."""
_BUSY = (14, 314)
_RECEIVED = (0, 1)
"""Unread and read; what else lies on the SIM are drafts of a phone it was in before."""

_Place = tuple[str, int]
"""Memory and slot."""


class SmsDesk:
    """The messages of a modem.

    Attributes:
        sender: Those going out.
    """

    def __init__(self, wire: Wire) -> None:
        self.sender = SmsSender(wire)
        self._wire = wire
        self._ready = False
        self._sweep_at: float | None = None
        self._memory = ""
        """Which is selected; "" while the modem has not said."""
        self._others: set[str] = set()
        """Memories besides it that the modem has named."""
        self._told: dict[_Place, str] = {}
        """What lies on the SIM and was told."""
        self._kept: set[_Place] = set()
        """Of these, what may be deleted."""
        self._deleting: set[_Place] = set()
        """Of these, what AT+CMGD is on its way for. A second one could meet the next message in the same place."""
        self._is_full = False
        self._sweep_waits = False
        """Whether a sweep is queued and not begun."""

    # What we want.

    def opened(self) -> None:
        """The modem is set up: list what lies there, send what waits."""
        self._ready = True
        self._forget()
        self._wire.ask(Command(text="AT+CPMS?", prefix="+CPMS:"), self._learn_memory)
        self.sweep()
        self.sender.opened()

    def lost(self) -> None:
        """The modem went away."""
        self._ready = False
        self._sweep_at = None
        self._forget()
        self.sender.lost()

    def _forget(self) -> None:
        self._memory = ""
        self._sweep_waits = False
        self._others.clear()
        self._told.clear()
        self._kept.clear()
        self._deleting.clear()

    def sweep(self) -> None:
        """List the storage and tell what was not told yet."""
        self._sweep_at = None
        if self._sweep_waits:  # a full SIM says so with every message the network tries
            return
        self._sweep_waits = True
        for memory in ("", *sorted(self._others)):
            command = Command(text="AT+CMGL=4", prefix="+CMGL:", with_pdu=True, seconds=40.0)
            self._ask_in(memory, command, partial(self._swept, memory), wanted=self._sweep_begins)

    def _sweep_begins(self) -> bool:
        self._sweep_waits = False
        return True

    def delete(self, message: SmsArrived) -> None:
        """The message is kept elsewhere: free its place, or tell the network so. What has another message in its
        place by now stays."""
        if message.slot is None:
            # An error is normal: only some settings of AT+CSMS expect it (TS 27.005 §3.4.4).
            self._wire.ask(Command(text="AT+CNMA"))
            return
        place = (message.memory, message.slot)
        if self._told.get(place) == message.pdu:
            self._kept.add(place)
            self._free(place)

    def tell_again(self, message: SmsArrived) -> None:
        """The message could not be kept: the next sweep tells it once more."""
        if message.slot is not None:
            self._told.pop((message.memory, message.slot), None)

    # What the modem says.

    def read(self, line: str, pdu: str | None = None) -> bool:
        """Take one unsolicited line and the PDU that came with it; False when it does not concern messages."""
        name, _, _ = line.partition(":")
        match name:
            case "+CMT" | "+CDS":
                if pdu is not None:
                    self._wire.tell(SmsArrived(None, pdu, decode(pdu)))
            case "+CMTI" | "+CDSI":
                self._noticed(fields(line))
            case "^SMMEMFULL" | "+SMS FULL":
                self._is_full = True
                self._wire.tell(SmsStorageFull())
                self.sweep()
            case _:
                return False
        return True

    @property
    def deadline(self) -> float | None:
        return min((at for at in (self._sweep_at, self.sender.deadline) if at is not None), default=None)

    def tick(self) -> None:
        if self._sweep_at is not None and self._wire.now >= self._sweep_at:
            self.sweep()
        self.sender.tick()

    def _learn_memory(self, reply: Reply) -> None:
        for line in reply.lines[:1]:
            parts = fields(line.text)
            self._memory = parts[0]
            used, total = number_at(parts, 1), number_at(parts, 2)
            self._is_full = used is not None and total is not None and used >= total > 0

    def _noticed(self, parts: list[str]) -> None:
        slot = number_at(parts, 1)
        memory = "" if parts[0] in ("", self._memory) or not self._memory else parts[0]
        if memory:
            self._others.add(memory)
        if slot is None or slot < 0:  # modems exist that write +CMTI: "SM",-1
            self.sweep()
            return
        command = Command(text=f"AT+CMGR={slot}", prefix="+CMGR:", with_pdu=True)
        self._ask_in(memory, command, lambda reply: self._fetched((memory, slot), reply))

    def _ask_in(self, memory: str, command: Command, then: Handler, wanted: Callable[[], bool] | None = None) -> None:
        """Ask about another memory than the selected one; commands keep their order, so no other comes between."""
        if memory:
            self._wire.ask(Command(text=f'AT+CPMS="{memory}"', prefix="+CPMS:"))
        self._wire.ask(command, then, wanted=wanted)
        if memory:
            self._wire.ask(Command(text=f'AT+CPMS="{self._memory}"', prefix="+CPMS:"))

    def _swept(self, memory: str, reply: Reply) -> None:
        if not self._ready:
            return
        self._sweep_at = self._wire.now + (BUSY_SECONDS if reply.code in _BUSY else SWEEP_SECONDS)
        if not reply.ok:
            return
        present: dict[_Place, str] = {}
        for line in reply.lines:
            parts = fields(line.text)
            slot, stat = number_at(parts, 0), number_at(parts, 1)
            if slot is not None and line.pdu is not None and (stat in _RECEIVED or self._is_full):
                present[(memory, slot)] = line.pdu
        self._is_full = False
        for place in [place for place in self._told if place[0] == memory and place not in present]:
            self._gone(place)
        for place, pdu in present.items():
            self._arrived(place, pdu)

    def _fetched(self, place: _Place, reply: Reply) -> None:
        """An empty slot answers just OK, or error 321: read by the sweep before."""
        for line in reply.lines:
            if self._ready and line.pdu is not None:
                self._arrived(place, line.pdu)
        if reply.final is Final.TIMEOUT:
            self.sweep()
        elif reply.code in _BUSY:
            self._sweep_at = self._wire.now + BUSY_SECONDS

    def _arrived(self, place: _Place, pdu: str) -> None:
        if self._told.get(place) != pdu:
            self._kept.discard(place)
            self._told[place] = pdu
            self._wire.tell(SmsArrived(place[1], pdu, decode(pdu), memory=place[0]))
        elif place in self._kept:  # a delete that failed
            self._free(place)

    def _free(self, place: _Place) -> None:
        if place in self._deleting:
            return
        self._deleting.add(place)
        memory, slot = place
        pdu = self._told[place]
        command = Command(text=f"AT+CMGD={slot}", seconds=40.0)
        self._ask_in(memory, command, lambda reply: self._freed(place, pdu, reply))

    def _freed(self, place: _Place, pdu: str, reply: Reply) -> None:
        self._deleting.discard(place)
        if not reply.ok:
            log.warning("modem does not delete the SMS in slot %s: %s %s", place[1], reply.final, reply.code)
        elif self._told.get(place) == pdu:
            self._gone(place)

    def _gone(self, place: _Place) -> None:
        self._told.pop(place, None)
        self._kept.discard(place)
