"""What is remembered of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from appliance.calls.record import CallRecord


class Records(Protocol):
    """Call records. Both methods hand over to the store's queue and return at once."""

    def call_started(self, record: CallRecord) -> None: ...
    def call_ended(self, record: CallRecord) -> None: ...


class Acquaintances(Protocol):
    """Who of the house knows whom outside, by the calls there were."""

    async def last_talk(self, number: str) -> str | None:
        """The extension that talked last with an outside number, in or out; None: nobody that is known."""
        ...

    async def last_caller(self, extension: str) -> str | None:
        """The number that called last from outside and rang an extension; None: nobody that showed one."""
        ...

    async def last_dialled(self, extension: str) -> str | None:
        """What an extension dialled last to call somebody; None: nothing yet."""
        ...
