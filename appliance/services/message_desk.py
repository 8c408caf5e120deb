"""Short messages, both ways, as the page and the command line ask for them."""

from __future__ import annotations

import logging
import re

import msgspec

from appliance.control.faults import RequestFailed
from appliance.control.messages import Done, Fault
from appliance.control.sms_messages import (
    CancelSms,
    ListSms,
    RetrySms,
    SendSms,
    SmsListed,
    SmsOutgoing,
    SmsReceived,
    SmsRequest,
)
from appliance.office import Office
from appliance.routing.numbering import caller_number
from appliance.services.outbox import SmsOutbox
from appliance.store.messages import SmsOut, StoredMessages

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_SEPARATORS = re.compile(r"[\s()./-]")


class MessageDesk:
    """Carries out what is asked about messages.

    Args:
        outbox: Looks again after a person changed the queue.
    """

    def __init__(self, office: Office, messages: StoredMessages, outbox: SmsOutbox) -> None:
        self._office = office
        self._messages = messages
        self._outbox = outbox

    async def handle(self, request: SmsRequest) -> Done | SmsListed:
        """Raises `PorterError` with the reason when it cannot be carried out."""
        match request:
            case ListSms(most=most):
                received = await self._messages.received(most)
                outgoing = await self._messages.outgoing(most)
                return SmsListed(
                    received=tuple(msgspec.convert(sms, SmsReceived, from_attributes=True) for sms in received),
                    outgoing=tuple(_shown(sms) for sms in outgoing),
                )
            case SendSms():
                await self._send(request)
            case RetrySms(id=id, by=by):
                if not await self._messages.retry(id):
                    raise RequestFailed(
                        Fault("sms_not_failed", "That message has not failed.", "It may be sent already.")
                    )
                log.info("SMS %s is sent again, says %s", id, by)
                self._outbox.look_again()
            case CancelSms(id=id, by=by):
                if not await self._messages.cancel(id):
                    raise RequestFailed(Fault("sms_not_waiting", "That message does not wait any more.", ""))
                log.info("SMS %s was cancelled by %s", id, by)
        return Done()

    async def _send(self, request: SendSms) -> None:
        number = _SEPARATORS.sub("", request.to)
        if not _NUMBER.fullmatch(number):
            raise RequestFailed(
                Fault(
                    "sms_number", f'"{request.to}" is no number.', "Write digits, with + and the country's code first."
                )
            )
        text = request.text.replace("\r\n", "\n").strip()
        if not text:
            raise RequestFailed(Fault("sms_empty", "The message has no text.", "Write one."))
        if request.line is not None and request.line not in self._office.configuration.lines:
            raise RequestFailed(Fault("no_such_line", f'There is no line "{request.line}".', ""))
        to = caller_number(self._office.configuration.country, number)
        log.info("SMS to %s is sent, says %s", to, request.by)
        await self._outbox.send_sms(to, text, line=request.line)


def _shown(sms: SmsOut) -> SmsOutgoing:
    return SmsOutgoing(
        id=sms.id,
        to=sms.to,
        text=sms.text,
        line=sms.line,
        state=sms.state,
        queued_at=sms.queued_at,
        changed_at=sms.changed_at,
        reason="in_doubt" if sms.doubt and sms.state == "waiting" else sms.reason,
        reason_value=sms.doubt if sms.doubt and sms.state == "waiting" else sms.reason_value,
    )
