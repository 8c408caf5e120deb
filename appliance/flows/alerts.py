"""Telling people of the house by SMS what a caller did."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from appliance.calls.call import Call
from appliance.errors import PorterError

log = logging.getLogger(__name__)


async def alert(call: Call, numbers: Sequence[str], text: str) -> list[str]:
    """Queue an SMS to each number; those for whom it is durably queued. The call goes on whatever fails."""
    told = []
    for number in numbers:
        try:
            await call.home.ports.outbox.send_sms(number, text)
        except PorterError as error:
            log.error("call %s: %s is not told by SMS: %s", call.id, number, error)
        else:
            told.append(number)
    return told
