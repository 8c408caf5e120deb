"""Sending messages that must not be lost: from a durable queue over whichever line can, part by part, again and again
until it does.

Theory of operation. Before a part is given to a line the queue notes it as begun, and its end after. When the answer is
lost in between, by a crash or by a modem that goes away, the part is in doubt: the network may have it. Then the
network's own status report is waited for; it ends the doubt. When none comes, the part is sent again under the same
numbers and with the wish that the service centre refuse what it still holds (docs/decisions/0006).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence

import trio

from appliance.calls.ports import Line, LineState, PartNumbers, QueuedSms, SmsPart, SmsQueue
from appliance.errors import LineFailed, PorterError

log = logging.getLogger(__name__)

RETRY_SECONDS = (10.0, 30.0, 120.0, 600.0)
"""Between tries; the last one again and again."""

SENDING_SECONDS = 90.0
"""How long a line may take for a part; networks answer within 30 s."""

DOUBT_SECONDS = 60.0
"""How long a status report is waited for while the line that may have sent the part can bring one."""

LONGEST_DOUBT_SECONDS = 300.0
"""How long it is waited for while that line is down."""

MOST_DOUBTS = 3
"""A message of which so many tries ended in doubt is given up: the modem never confirms, and the recipient may have it
each time."""

CAN_SEND = (LineState.READY, LineState.BUSY)
"""A modem sends messages during a call too; one that cannot says so by failing, and the message is tried again."""


class SmsOutbox:
    """The `Outbox` port over a durable queue and the lines of the office. `run` is a task of its own.

    Args:
        parts_of: How many parts a text takes.
        on_sent: Told of each message a line took: line, receiver, text.
        doubt_seconds: How long a status report is waited for while the line can bring one.
    """

    def __init__(
        self,
        queue: SmsQueue,
        lines: Mapping[str, Line],
        parts_of: Callable[[str], int],
        on_sent: Callable[[str, str, str], None] | None = None,
        *,
        doubt_seconds: float = DOUBT_SECONDS,
    ) -> None:
        self._queue = queue
        self._lines = lines
        self._parts_of = parts_of
        self._on_sent = on_sent
        self._doubt_seconds = doubt_seconds
        self._news = trio.Event()
        self._tries: dict[str, int] = {}
        self._doubts: dict[str, int] = {}
        """How often a message was in doubt in this run."""
        self._reasons: dict[str, tuple[str, str]] = {}
        """Why messages wait, as the queue was told."""
        self._due: dict[str, float] = {}
        """When a message that failed is tried again, in Trio's time; not kept over a restart, which tries at once."""

    async def send_sms(self, to: str, text: str, *, line: str | None = None) -> None:
        await self._queue.add_sms(to, text, line)
        self._news.set()

    def look_again(self) -> None:
        """The queue was changed by somebody else: by a report, or by a person."""
        self._news.set()

    def line_came_up(self) -> None:
        """Try everything now that waits for a line; what is in doubt waits for its report."""
        soon = trio.current_time() + self._doubt_seconds
        self._due = {id: min(due, soon) for id, due in self._due.items() if id in self._doubts}
        self._news.set()

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            self._news = trio.Event()
            pause = await self._send_waiting()
            with trio.move_on_after(pause):
                await self._news.wait()

    async def _send_waiting(self) -> float:
        """Try what is due; the seconds until something is due again."""
        try:
            waiting = await self._queue.waiting_sms()
        except PorterError as error:
            log.error("the queue of messages cannot be read: %s", error)
            return RETRY_SECONDS[-1]
        self._forget_all_but(waiting)
        for sms in waiting:
            self._wait_out_doubt(sms)
            if self._due.get(sms.id, 0.0) <= trio.current_time():
                try:
                    await self._send(sms)
                except Exception:
                    log.exception("SMS %s: not sent, it stays in the queue", sms.id)
                    self._later(sms)
        now = trio.current_time()
        return min((due - now for due in self._due.values()), default=math.inf)

    def _wait_out_doubt(self, sms: QueuedSms) -> None:
        """A part found in doubt at the start of this run, or one whose report ended the doubt."""
        if sms.doubt and sms.id not in self._doubts:
            self._doubts[sms.id] = 1
            self._doubt_begins(sms, sms.doubt)
        elif not sms.doubt and self._doubts.pop(sms.id, 0):
            self._due.pop(sms.id, None)

    def _doubt_begins(self, sms: QueuedSms, line_name: str) -> None:
        line = self._lines.get(line_name)
        can_tell = line is not None and line.status.state in CAN_SEND
        self._due[sms.id] = trio.current_time() + (self._doubt_seconds if can_tell else LONGEST_DOUBT_SECONDS)

    async def _send(self, sms: QueuedSms) -> None:
        line = self._line_for(sms)
        if line is None:
            log.warning("SMS %s: no line can send it now", sms.id)
            await self._wait(sms, "no_line")
            return
        parts = self._parts_of(sms.text)
        for part in range(sms.next_part, parts + 1):
            numbers = await self._queue.part_begins(sms.id, part, line.name, is_last=part == parts)
            if numbers is None:
                return
            is_again = bool(sms.doubt) and part == sms.next_part
            if not await self._send_part(sms, line, part, numbers, is_again=is_again):
                return
        if self._on_sent is not None:
            self._on_sent(line.name, sms.to, sms.text)

    async def _send_part(self, sms: QueuedSms, line: Line, part: int, numbers: PartNumbers, *, is_again: bool) -> bool:
        """Whether the line took it; else what follows is settled."""
        wish = SmsPart(
            to=sms.to,
            text=sms.text,
            part=part,
            joining=numbers.joining,
            reference=numbers.reference,
            is_again=is_again,
        )
        try:
            with trio.fail_after(SENDING_SECONDS):
                reference = await line.send_sms(wish)
        except trio.TooSlowError:
            late = LineFailed("The line did not answer.", may_retry=True, in_doubt=True, reason="no_answer")
            await self._not_sent(sms, line, part, late)
            return False
        except LineFailed as error:
            await self._not_sent(sms, line, part, error)
            return False
        await self._queue.part_taken(sms.id, part, reference)
        self._tries.pop(sms.id, None)
        self._due.pop(sms.id, None)
        self._doubts.pop(sms.id, None)
        return True

    async def _not_sent(self, sms: QueuedSms, line: Line, part: int, error: LineFailed) -> None:
        log.warning("SMS %s: line %s did not send part %d: %s", sms.id, line.name, part, error)
        if error.in_doubt:
            doubts = self._doubts[sms.id] = self._doubts.get(sms.id, 0) + 1
            if doubts <= MOST_DOUBTS:
                self._doubt_begins(sms, line.name)
                return
            await self._queue.sms_failed(sms.id, "never_confirmed", line.name)
            return
        if not (sms.doubt and part == sms.next_part):  # else an earlier try of it is still in doubt
            await self._queue.part_refused(sms.id, part)
        if error.may_retry:
            await self._wait(sms, error.reason or error.cause, error.value)
        else:
            await self._queue.sms_failed(sms.id, error.reason or error.cause, error.value)

    async def _wait(self, sms: QueuedSms, reason: str, value: str = "") -> None:
        self._later(sms)
        if self._reasons.get(sms.id) != (reason, value):
            self._reasons[sms.id] = (reason, value)
            await self._queue.sms_waits(sms.id, reason, value)

    def _line_for(self, sms: QueuedSms) -> Line | None:
        """The line the message is meant for; else a ready one rather than one in use."""
        named = self._lines.get(sms.line) if sms.line is not None else None
        lines = self._lines.values() if named is None else (named,)
        able = [line for line in lines if line.status.state in CAN_SEND and (line.sends_sms or named is not None)]
        return min(able, key=lambda line: CAN_SEND.index(line.status.state), default=None)

    def _later(self, sms: QueuedSms) -> None:
        tries = self._tries[sms.id] = self._tries.get(sms.id, 0) + 1
        self._due[sms.id] = trio.current_time() + RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1]

    def _forget_all_but(self, waiting: Sequence[QueuedSms]) -> None:
        ids = {sms.id for sms in waiting}
        for known in (self._tries, self._doubts, self._due, self._reasons):
            for id in known.keys() - ids:
                del known[id]
