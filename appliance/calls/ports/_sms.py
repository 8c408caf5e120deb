"""Short messages on their way in and out. docs/decisions/0006 tells how none is lost and none comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec


class ReceivedSms(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came in."""

    key: str
    """Equal for the same message read twice."""
    line: str
    sender: str
    """A number, letters, or "" where it cannot be read."""
    text: str
    sent_at: datetime | None
    """By the service centre's clock; None when its stamp is no date."""
    parts: tuple[str, ...] = ()
    """Keys of the parts that were kept one by one; () for a message of one part."""
    raw: str = ""
    """The PDU, where a person may want to see more than the text shows; "" otherwise."""


class SmsFate(StrEnum):
    """What a status report says became of a message (TS 23.040 §9.2.3.15)."""

    DELIVERED = "delivered"
    TRYING = "trying"
    FAILED = "failed"


class SmsReport(msgspec.Struct, frozen=True, kw_only=True):
    """A status report about one part of a message of ours."""

    line: str
    to: str
    """The recipient, perhaps written otherwise than we did."""
    reference: int
    """TP-MR, as the line answered it."""
    fate: SmsFate
    status: int
    """TP-ST."""


class Inbox(Protocol):
    """Where lines hand in messages. Each method returns when its change is durable: only then may the SIM forget."""

    async def sms_came(self, sms: ReceivedSms) -> None:
        """A whole message."""
        ...

    async def sms_part_came(self, line: str, key: str, pdu: str) -> bool:
        """A part of a longer message; False when the message it belongs to is kept already."""
        ...

    async def sms_parts(self, line: str) -> Sequence[tuple[str, str]]:
        """Keys and PDUs of parts whose message is not whole, in the order they came."""
        ...

    async def sms_reported(self, report: SmsReport) -> None:
        """The network tells what became of a part we sent."""
        ...


class SmsPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a message of ours, for a line to send."""

    to: str
    text: str
    """Of the whole message."""
    part: int
    """1 .. the number of parts."""
    joining: int
    """What the parts of the message have in common, 0-255 (TS 23.040 §9.2.3.24.1)."""
    reference: int
    """TP-MR, 0-255; the same when the part is sent again."""
    is_again: bool = False
    """The network may have it already: let the service centre refuse it then (TP-RD)."""


class Outbox(Protocol):
    """Messages that must not be lost: kept durably until the line took them."""

    async def send_sms(self, to: str, text: str, *, line: str | None = None) -> None:
        """Returns when the message is durably queued; None: any line that can send."""
        ...


class QueuedSms(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits to be sent."""

    id: str
    to: str
    text: str
    line: str | None = None
    """None: any line."""
    next_part: int = 1
    """The parts before it were taken."""
    doubt: str = ""
    """The line that may have taken `next_part` without our learning of it; "" when there is no doubt."""


class PartNumbers(NamedTuple):
    """See `SmsPart`."""

    joining: int
    reference: int


class SmsQueue(Protocol):
    """The durable queue behind the outbox. Each method returns when its change is durable."""

    async def add_sms(self, to: str, text: str, line: str | None) -> str:
        """Queue a message; its id."""
        ...

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        """Those of which parts are still to be sent, oldest first."""
        ...

    async def part_begins(self, id: str, part: int, line: str, *, is_last: bool) -> PartNumbers | None:
        """A part is about to be sent, and in doubt from now on; None when the message was cancelled."""
        ...

    async def part_refused(self, id: str, part: int) -> None:
        """It was not taken, without doubt."""
        ...

    async def part_taken(self, id: str, part: int, reference: int | None) -> None:
        """The network took it; with the last one the message is sent."""
        ...

    async def sms_waits(self, id: str, reason: str, value: str) -> None:
        """Why it still waits, by a name of `appliance.control.sms_reasons`, for people to see."""
        ...

    async def sms_failed(self, id: str, reason: str, value: str) -> None:
        """It cannot be sent, such as to a number that does not exist; kept for people to see, as in `sms_waits`."""
        ...
