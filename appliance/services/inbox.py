"""What happens with messages that came in: each is kept once, shown, and obeyed when it is a command; reports about
ours find the message they are about."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from appliance.calls.ports import ReceivedSms, SmsReport
from appliance.store.messages import StoredMessages

log = logging.getLogger(__name__)


class SmsInbox:
    """The `Inbox` port over the store.

    Args:
        obey: Told of each new message once, after it is durable.
        reported: Told after a report changed what is known of a message of ours.
    """

    def __init__(
        self,
        store: StoredMessages,
        *,
        obey: Callable[[ReceivedSms], Awaitable[None]],
        reported: Callable[[], None],
    ) -> None:
        self._store = store
        self._obey = obey
        self._reported = reported

    async def sms_came(self, sms: ReceivedSms) -> None:
        if not await self._store.keep_received(sms):
            return
        try:
            await self._obey(sms)
        except Exception:
            # It is kept: were this told to the line, the message would come again and be obeyed a second time.
            log.exception("line %s: an SMS from %s is kept and was not obeyed", sms.line, sms.sender)

    async def sms_part_came(self, line: str, key: str, pdu: str) -> bool:
        return await self._store.keep_part(line, key, pdu)

    async def sms_parts(self, line: str) -> Sequence[tuple[str, str]]:
        return await self._store.parts(line)

    async def sms_reported(self, report: SmsReport) -> None:
        if await self._store.reported(report):
            self._reported()
        else:
            log.info("line %s: a report about SMS %s to %s fits none", report.line, report.reference, report.to)
