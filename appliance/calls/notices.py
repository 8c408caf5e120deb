"""Notices: things that happened and that people are told of, and the ports they go by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from appliance.config.models import NoticeKind

if TYPE_CHECKING:
    from appliance.config.models import NoticeReceiver


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, once or again and again."""

    id: str
    kind: NoticeKind
    door: str
    """Name in the configuration."""
    person: str = ""
    """Whose code it was, where one plays a part."""
    at: datetime | None = None
    """When it happened first; None when the clock was not set."""
    count: int = 1
    last_at: datetime | None = None
    over_at: datetime | None = None
    """When it ended; None: it goes on, or has no end."""
    is_over: bool = False
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None


class NoticePort(Protocol):
    """One way to tell people."""

    async def tell(self, notice: Notice, receiver: NoticeReceiver, text: str) -> None:
        """Tell one of them; returns when it cannot get lost any more. Raises `PorterError` when it was not taken."""
        ...


class NoticeStore(Protocol):
    """Notices, kept through restarts. `keep` hands over to the store's queue and returns at once."""

    def load(self) -> Sequence[Notice]:
        """Those that are kept, the one that changed last first."""
        ...

    def keep(self, notice: Notice) -> None: ...
    def forget(self, id: str) -> None: ...
