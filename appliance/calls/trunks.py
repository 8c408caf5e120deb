"""What a SIP line and the SIP adapter say to each other; the adapter implements `TrunkLink`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from appliance.calls.ports import CallerShown, Contact, LegCarrier

if TYPE_CHECKING:
    from appliance.calls.leg import Leg
    from appliance.config.models import SipLine
    from appliance.config.operators import SipRules


class Target(msgspec.Struct, frozen=True):
    """One server of an operator."""

    address: str
    """IPv4."""
    port: int = 5060
    transport: str = "udp"
    ours: str = "127.0.0.1"
    """Our own address on the way there."""

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """A SIP line as the adapter has to know it. Holds the password: never to be logged."""

    line: str
    settings: SipLine
    rules: SipRules
    token: str
    """The user part of our contact there, which nobody can guess."""
    addresses: frozenset[str] = frozenset()
    """From where its calls come: "192.0.2.1", and "127.0.0.1:5070" on this machine itself."""


class Registered(msgspec.Struct, frozen=True):
    """The operator took our registration."""

    seconds: float
    """For so long."""


class Refused(msgspec.Struct, frozen=True):
    """The operator did not do what was asked."""

    status: int
    """Of SIP; 408 when nothing was heard, 477 when nothing could be sent, 401 for a password that is wrong."""
    phrase: str = ""
    """The operator's own words."""


class TrunkLink(LegCarrier, Protocol):
    """The SIP of lines: registering, asking, dialling."""

    async def serve(self, trunk: Trunk) -> None:
        """Take calls of this line from now on, in place of what was served under its name."""
        ...

    async def forget(self, trunk: Trunk) -> None:
        """Take no more calls of this line, unless another trunk is served under its name by now."""
        ...

    def calls_on(self, line: str) -> int:
        """How many calls go over a line now."""
        ...

    async def register(self, trunk: Trunk, target: Target, seconds: int) -> Registered | Refused:
        """Register our contact for `seconds`; 0 takes it back."""
        ...

    async def ask(self, trunk: Trunk, target: Target) -> Refused | None:
        """Ask whether a server is there (OPTIONS); None: it answered something."""
        ...

    async def registrations(self, trunk: Trunk) -> Mapping[Contact, str]:
        """Where a gateway or an office is registered here for the line, with address and port of each."""
        ...

    def dial(self, leg: Leg, trunk: Trunk, number: str, shown: CallerShown, ways: Sequence[Target | Contact]) -> None:
        """Call a number by the first of the ways that answers; a failure as `leg.was_ended(cause)`."""
        ...
