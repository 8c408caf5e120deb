"""Messages from a SIM to the office: parts are kept one by one, long messages are joined, and each part leaves the SIM
only after the office keeps it. A crash at any moment loses nothing, and what is read twice has the same key."""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable

import trio

from appliance.calls.ports import ReceivedSms, Reception, SmsFate, SmsReport
from appliance.errors import PorterError
from hardware.modem.facts import SmsArrived
from hardware.modem.gsm_sms import SmsDesk
from hardware.modem.pdu import Deliver, Malformed, Sms, StatusReport, Submit
from hardware.modem.pdu_decode import decode
from hardware.modem.reassembly import Reassembly, WholeSms

log = logging.getLogger(__name__)

AGAIN_SECONDS = 30.0
"""After the office could not keep a message whose parts have left the SIM already."""


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
        self._reassembly: Reassembly | None = None
        """None until the parts of an earlier run were looked up."""
        self._arrived: deque[SmsArrived] = deque()
        self._unkept: list[ReceivedSms] = []
        self._news = trio.Event()

    def opened(self) -> None:
        """The modem begins a new life: all that lies on its SIM will be told again."""
        self._arrived.clear()

    def arrived(self, fact: SmsArrived) -> None:
        self._arrived.append(fact)
        self._news.set()

    async def run(self) -> None:
        """Hand messages over until cancelled."""
        while True:
            self._news = trio.Event()
            reassembly = await self._with_parts_of_before()
            while self._arrived:
                fact = self._arrived[0]
                await self._take(fact, reassembly)
                if self._arrived and self._arrived[0] is fact:
                    self._arrived.popleft()
            for late in reassembly.overdue(trio.current_time()):
                log.warning("line %s: parts %s of an SMS never came", self._line, late.missing)
                await self._hand_over(late)
            unkept, self._unkept = self._unkept, []
            for sms in unkept:
                await self._keep_whole(sms)
            with trio.move_on_at(self._deadline(reassembly)):
                await self._news.wait()

    def _deadline(self, reassembly: Reassembly) -> float:
        now = trio.current_time()
        next_try = now + (AGAIN_SECONDS if self._unkept else 3600)
        return next_try if reassembly.deadline is None else min(next_try, reassembly.deadline)

    async def _with_parts_of_before(self) -> Reassembly:
        """The parts that were kept in an earlier run go on waiting for the others."""
        if self._reassembly is None:
            reassembly = Reassembly()
            for key, pdu in await self._reception.inbox.sms_parts(self._line):
                if isinstance(sms := decode(pdu), Deliver):
                    for whole in reassembly.add(sms, key, trio.current_time()):
                        await self._hand_over(whole)
            self._reassembly = reassembly
        return self._reassembly

    async def _take(self, fact: SmsArrived, reassembly: Reassembly) -> None:
        match fact.content:
            case Deliver(concat=concat) as sms if concat is not None and concat.total > 1:
                await self._keep_part(sms, fact, reassembly)
            case Deliver() as sms:
                await self._freeing(fact, self._reception.inbox.sms_came(self._received(sms, fact)))
            case Submit(number=number) as sms:
                log.warning("line %s: the SIM is full; a draft of a message to %s is kept here", self._line, number)
                draft = f"[draft on the SIM, to {number}] {sms.text or _data_as_text(sms)}"
                await self._freeing(fact, self._reception.inbox.sms_came(self._shown_as(draft, fact)))
            case Malformed(reason=reason):
                log.warning("line %s: an SMS in slot %s cannot be read: it %s", self._line, fact.slot, reason)
                unreadable = f"[unreadable SMS: {reason}] {fact.pdu}"
                await self._freeing(fact, self._reception.inbox.sms_came(self._shown_as(unreadable, fact)))
            case StatusReport() as report:
                log.info("line %s: SMS %s to %s: %s", self._line, report.reference, report.number, report.state)
                await self._freeing(fact, self._reception.inbox.sms_reported(self._report(report)))

    async def _keep_part(self, sms: Deliver, fact: SmsArrived, reassembly: Reassembly) -> None:
        key = _key_of(fact)

        async def keep() -> None:
            if await self._reception.inbox.sms_part_came(self._line, key, fact.pdu):
                for whole in reassembly.add(sms, key, trio.current_time()):
                    await self._hand_over(whole)

        await self._freeing(fact, keep())

    async def _hand_over(self, whole: WholeSms) -> None:
        """A message of several parts, all of which have left the SIM."""
        key = hashlib.sha256(" ".join(whole.keys).encode()).hexdigest()
        await self._keep_whole(
            ReceivedSms(
                key=key,
                line=self._line,
                sender=whole.first.number,
                text=whole.text if whole.first.text is not None else _data_as_text(whole.first),
                sent_at=whole.first.time,
                parts=whole.keys,
            )
        )

    async def _keep_whole(self, sms: ReceivedSms) -> None:
        if not await self._succeeds(self._reception.inbox.sms_came(sms)):
            self._unkept.append(sms)

    async def _freeing(self, fact: SmsArrived, keeping: Awaitable[object]) -> None:
        """Delete the message from the SIM once it is kept; else the next sweep tells it again."""
        if await self._succeeds(keeping):
            self._desk.delete(fact)
            self._kick()
        else:
            self._desk.tell_again(fact)

    async def _succeeds(self, keeping: Awaitable[object]) -> bool:
        try:
            await keeping
        except PorterError as error:
            log.error("line %s: an SMS is not kept yet and is tried again: %s", self._line, error)
            return False
        except Exception:
            log.exception("line %s: an SMS could not be kept and is tried again", self._line)
            return False
        return True

    def _received(self, sms: Deliver, fact: SmsArrived) -> ReceivedSms:
        return ReceivedSms(
            key=_key_of(fact),
            line=self._line,
            sender=sms.number,
            text=sms.text if sms.text is not None else _data_as_text(sms),
            sent_at=sms.time,
            raw=fact.pdu if sms.flaw is not None else "",
        )

    def _shown_as(self, text: str, fact: SmsArrived) -> ReceivedSms:
        return ReceivedSms(key=_key_of(fact), line=self._line, sender="", text=text, sent_at=None, raw=fact.pdu)

    def _report(self, report: StatusReport) -> SmsReport:
        return SmsReport(
            line=self._line,
            to=report.number,
            reference=report.reference,
            fate=SmsFate(report.state.value),
            status=report.status,
        )


def _key_of(fact: SmsArrived) -> str:
    """A hash of what the sender's network said: sender, time stamp, header and text.

    The service centre's own address and the first octet stay out, since a network that repeats a message may come by
    another centre or tell that more messages wait. Two messages that agree in all the rest, to the second, are one.
    """
    said = fact.pdu.upper().strip()
    if not isinstance(fact.content, Malformed):
        said = said[2 * (2 + int(said[:2], 16)) :]
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _data_as_text(sms: Sms) -> str:
    return f"[SMS for a program, {len(sms.data)} octets] {sms.data.hex()}"
