"""Messages from a SIM to the office: long ones are joined, each is deleted from the SIM only after the office keeps
it. A crash at any moment loses nothing; what is read twice has the same key."""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime

import trio

from appliance.calls.ports import Reception
from appliance.errors import PorterError
from hardware.modem.facts import SmsArrived
from hardware.modem.gsm_sms import SmsDesk
from hardware.modem.pdu import Deliver, Malformed, Sms, StatusReport
from hardware.modem.reassembly import Reassembly, WholeSms

log = logging.getLogger(__name__)


class IncomingSms:
    """The messages of one line.

    Args:
        kick: Carries what was asked of the modem.
    """

    def __init__(self, line: str, reception: Reception, desk: SmsDesk, kick: Callable[[], None]) -> None:
        self._line = line
        self._reception = reception
        self._desk = desk
        self._kick = kick
        self._reassembly = Reassembly()
        self._arrived: deque[SmsArrived] = deque()
        self._news = trio.Event()

    def opened(self) -> None:
        """The modem begins a new life: all that lies on its SIM will be told again."""
        self._reassembly = Reassembly()
        self._arrived.clear()

    def arrived(self, fact: SmsArrived) -> None:
        self._arrived.append(fact)
        self._news.set()

    async def run(self) -> None:
        """Hand messages over until cancelled."""
        while True:
            self._news = trio.Event()
            while self._arrived:
                await self._take(self._arrived.popleft())
            for late in self._reassembly.overdue(trio.current_time()):
                log.warning("line %s: parts %s of an SMS never came", self._line, late.missing)
                await self._hand_over(late)
            deadline = self._reassembly.deadline
            with trio.move_on_at(trio.current_time() + 3600 if deadline is None else deadline):
                await self._news.wait()

    async def _take(self, fact: SmsArrived) -> None:
        match fact.content:
            case Deliver() as sms:
                for whole in self._reassembly.add(sms, fact.slot, trio.current_time()):
                    await self._hand_over(whole)
            case Malformed(reason=reason):
                log.warning("line %s: an SMS in slot %s cannot be read: it %s", self._line, fact.slot, reason)
                await self._keep("", f"[unreadable SMS: {reason}] {fact.pdu}", None, (fact.slot,))
            case StatusReport(number=number, reference=reference, state=state):
                log.info("line %s: SMS %s to %s: %s", self._line, reference, number, state)
                self._delete((fact.slot,))
            case _:
                log.warning("line %s: slot %s holds a message of ours, it stays there", self._line, fact.slot)

    async def _hand_over(self, whole: WholeSms) -> None:
        text = whole.text if whole.first.text is not None else _data_as_text(whole.first)
        await self._keep(whole.first.number, text, whole.first.time, whole.slots)

    async def _keep(self, sender: str, text: str, sent_at: datetime | None, slots: tuple[int, ...]) -> None:
        stamp = sent_at.isoformat() if sent_at is not None else ""
        key = hashlib.sha256("\0".join((sender, stamp, text)).encode("utf-8", "surrogatepass")).hexdigest()
        try:
            await self._reception.sms_came(line=self._line, sender=sender, text=text, sent_at=sent_at, key=key)
        except PorterError as error:
            log.error("line %s: an SMS stays on the SIM and is tried again: %s", self._line, error)
            self._tell_again(slots)
        except Exception:
            log.exception("line %s: an SMS could not be kept, it stays on the SIM and is tried again", self._line)
            self._tell_again(slots)
        else:
            self._delete(slots)

    def _tell_again(self, slots: tuple[int, ...]) -> None:
        for slot in slots:
            self._desk.tell_again(slot)

    def _delete(self, slots: tuple[int, ...]) -> None:
        for slot in slots:
            self._desk.delete(slot)
        self._kick()


def _data_as_text(sms: Sms) -> str:
    return f"[SMS for a program, {len(sms.data)} octets] {sms.data.hex()}"
