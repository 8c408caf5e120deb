"""Sending messages that must not be lost: from a durable queue over whichever line can, again and again until it does.

At least once: a message whose line failed while it was being sent is sent again, since nobody can know whether the
network had taken it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping

import trio

from appliance.calls.ports import Line, LineState, QueuedSms, SmsQueue
from appliance.errors import LineFailed, PorterError

log = logging.getLogger(__name__)

RETRY_SECONDS = (10.0, 30.0, 120.0, 600.0)
"""Between tries; the last one again and again."""

SENDING_SECONDS = 90.0
"""How long a line may take; networks answer within 30 s, a long message has several parts."""

CAN_SEND = (LineState.READY, LineState.BUSY)
"""A modem sends messages during a call too; one that cannot says so by failing, and the message is tried again."""


class SmsOutbox:
    """The `Outbox` port over a durable queue and the lines of the office. `run` is a task of its own.

    Args:
        on_sent: Told of each message a line took: line, receiver, text.
    """

    def __init__(
        self, queue: SmsQueue, lines: Mapping[str, Line], on_sent: Callable[[str, str, str], None] | None = None
    ) -> None:
        self._queue = queue
        self._lines = lines
        self._on_sent = on_sent
        self._news = trio.Event()
        self._tries: dict[str, int] = {}
        self._due: dict[str, float] = {}
        """When a message that failed is tried again, in Trio's time; not kept over a restart, which tries at once."""

    async def send_sms(self, to: str, text: str, *, line: str | None = None) -> None:
        await self._queue.add_sms(to, text, line)
        self._news.set()

    def line_came_up(self) -> None:
        """Try everything now that waits for a line."""
        self._due.clear()
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
        for sms in waiting:
            if self._due.get(sms.id, 0.0) <= trio.current_time():
                try:
                    await self._send(sms)
                except Exception:
                    log.exception("SMS %s: not sent, it stays in the queue", sms.id)
                    self._later(sms)
        now = trio.current_time()
        return min((due - now for due in self._due.values()), default=math.inf)

    async def _send(self, sms: QueuedSms) -> None:
        line = self._line_for(sms)
        if line is None:
            log.warning("SMS %s: no line can send it now", sms.id)
            self._later(sms)
            return
        try:
            with trio.fail_after(SENDING_SECONDS):
                await line.send_sms(sms.to, sms.text)
        except (LineFailed, trio.TooSlowError) as error:
            if isinstance(error, LineFailed) and not error.may_retry:
                log.error("SMS %s: given up: %s", sms.id, error)
                self._forget(sms)
                await self._queue.sms_given_up(sms.id, str(error))
            else:
                log.warning("SMS %s: line %s did not send it: %s", sms.id, line.name, error)
                self._later(sms)
            return
        self._forget(sms)
        await self._queue.sms_sent(sms.id, line.name)
        if self._on_sent is not None:
            self._on_sent(line.name, sms.to, sms.text)

    def _line_for(self, sms: QueuedSms) -> Line | None:
        """The line the message is meant for; else a ready one rather than one in use."""
        named = self._lines.get(sms.line) if sms.line is not None else None
        lines = self._lines.values() if named is None else (named,)
        able = [line for line in lines if line.status.state in CAN_SEND]
        return min(able, key=lambda line: CAN_SEND.index(line.status.state), default=None)

    def _later(self, sms: QueuedSms) -> None:
        tries = self._tries[sms.id] = self._tries.get(sms.id, 0) + 1
        self._due[sms.id] = trio.current_time() + RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1]

    def _forget(self, sms: QueuedSms) -> None:
        self._tries.pop(sms.id, None)
        self._due.pop(sms.id, None)
