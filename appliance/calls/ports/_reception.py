"""The office as adapters see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from appliance.calls.names import LegId
from appliance.calls.ports._carriers import LegCarrier
from appliance.calls.ports._sms import Inbox

if TYPE_CHECKING:
    from appliance.calls.leg import Leg


class Reception(Protocol):
    """The office as adapters see it: where what comes from outside is handed in. All of it on the Trio thread."""

    def phone_calls(self, carrier: LegCarrier, *, account: str, dialled: str, replaces: LegId | None = None) -> Leg:
        """A phone of the house dials.

        Args:
            account: The SIP user the edge authenticated.
            dialled: As dialled, user part only, unescaped.
            replaces: A leg whose place the new one takes (INVITE with Replaces, RFC 3891).
        """
        ...

    def line_calls(
        self,
        carrier: LegCarrier,
        *,
        line: str,
        caller: str,
        did: str = "",
        redirected_from: str = "",
        caller_name: str = "",
        hops: int = 0,
    ) -> Leg:
        """A call comes in from outside.

        Args:
            caller: E.164 with "+", as the network gave it otherwise; "" when withheld.
            did: The number of ours that was called; "" where the line has only one.
            redirected_from: The number that was called first, where the network tells that the call was diverted to
                us (Diversion, RFC 5806; History-Info, RFC 7044); "" otherwise.
            caller_name: The name the network sent along; "" for none.
            hops: How often the call was passed on already, as far as the network says so.
        """
        ...

    def door_rings(self, carrier: LegCarrier, *, door: str) -> Leg | None:
        """The button of a door was pressed; None: that door's call is under way already."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Where messages that came in are handed over."""
        ...
