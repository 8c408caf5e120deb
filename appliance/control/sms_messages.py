"""What can be asked about short messages: what came, what goes out, sending one; and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.control.messages import Ask, Done

LONGEST_TEXT = 2000
"""Characters; fourteen parts at most in GSM-7, thirty in UCS-2."""


class ListSms(Ask["SmsListed"], frozen=True, kw_only=True, tag="list_sms"):
    """The last messages both ways, newest first."""

    most: Annotated[int, Meta(ge=1, le=500)] = 50
    """Of each way."""


class SmsReceived(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came in."""

    id: str
    line: str
    sender: str
    """"" where it cannot be read."""
    text: str
    sent_at: datetime | None
    """By the service centre's clock."""
    received_at: datetime | None
    """None when our clock was not set."""
    raw: str = ""
    """The PDU of a message that could not be read as it should; "" otherwise."""


class SmsOutgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours."""

    id: str
    to: str
    text: str
    line: str | None
    """Which took it, or is to take it; None: any."""
    state: str
    """"waiting", "sent", "delivered", "failed" or "cancelled"."""
    queued_at: datetime | None
    changed_at: datetime | None
    reason: str
    """Why it failed or still waits, by a name of `sms_reasons`; "" for no particular reason."""
    reason_value: str
    """What that name leaves open."""


class SmsListed(msgspec.Struct, frozen=True, kw_only=True, tag="sms_listed"):
    """They are there."""

    received: tuple[SmsReceived, ...]
    outgoing: tuple[SmsOutgoing, ...]


class SendSms(Ask[Done], frozen=True, kw_only=True, tag="send_sms"):
    """Queue a message; refused when the recipient is no number or there is no text."""

    to: str
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)]
    line: str | None = None
    """None: any line."""
    by: str


class RetrySms(Ask[Done], frozen=True, kw_only=True, tag="retry_sms"):
    """Send one that failed or was cancelled again; refused in any other state."""

    id: str
    by: str


class CancelSms(Ask[Done], frozen=True, kw_only=True, tag="cancel_sms"):
    """Send no more of one that waits; refused in any other state."""

    id: str
    by: str


SmsRequest = ListSms | SendSms | RetrySms | CancelSms
