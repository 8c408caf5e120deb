"""Short messages on their way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


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


class SmsQueue(Protocol):
    """The durable queue behind the outbox. Each method returns when its change is durable."""

    async def add_sms(self, to: str, text: str, line: str | None) -> None: ...

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        """Those that are neither sent nor given up, oldest first."""
        ...

    async def sms_sent(self, id: str, line: str) -> None: ...

    async def sms_given_up(self, id: str, reason: str) -> None:
        """It can never be sent, such as to a number that does not exist; kept for people to see."""
        ...
