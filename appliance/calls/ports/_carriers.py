"""What carries legs: the phones of the house and the lines to the outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from appliance.calls.names import Cause, LegId
from appliance.calls.ports._learned import LineLearned
from appliance.calls.ports._sms import SmsPart

if TYPE_CHECKING:
    from appliance.calls.leg import Leg


class CallerShown(msgspec.Struct, frozen=True):
    """What the called party's display shows."""

    number: str
    name: str = ""
    answers_itself: bool = False
    """Ask the phone to answer without being touched, as for the intercom; one that cannot simply rings."""
    is_withheld: bool = False
    """Ask the network not to show our number."""
    is_ours: bool = False
    """The number is one of ours, chosen for this call, not the caller's."""
    offices: int = 0
    """Through how many other offices of ours the call came already."""
    ring_tone: str | None = None
    """A name for the Alert-Info header (RFC 3261 §20.4), such as "door"; None: the phone's usual ring."""


class Contact(msgspec.Struct, frozen=True):
    """One registration: where one phone of an account can be dialled now."""

    account: str
    address: str
    """Opaque to the domain; the adapter that handed it out understands it."""


class LegCarrier(Protocol):
    """The adapter behind a leg. It keeps the real dialog in its own table by leg id until that is really over, and
    ignores ids it no longer knows: a leg may end on both sides at once."""

    def ring(self, leg: LegId) -> None: ...
    def progress(self, leg: LegId) -> bool:
        """Whether the party can hear us before it is answered; its sound is then open."""
        ...

    def answer(self, leg: LegId) -> None: ...
    def hang_up(self, leg: LegId, cause: Cause) -> None: ...
    def send_digits(self, leg: LegId, digits: str) -> None: ...
    def report_transfer(self, leg: LegId, progress: int) -> None: ...


class Switch(LegCarrier, Protocol):
    """The phones of the house: SIP through the edge, or simulated people."""

    async def contacts(self, account: str) -> Sequence[Contact]:
        """Where an account is registered now; empty when no phone of it is there. One leg is dialled per contact."""
        ...

    def dial(self, leg: Leg, to: Contact, shown: CallerShown) -> None:
        """Start an outgoing dialog for `leg`; a failure is reported as `leg.was_ended(cause)`, never raised."""
        ...


class LineState(StrEnum):
    """Whether calls can go through a line."""

    READY = "ready"
    BUSY = "busy"
    STARTING = "starting"
    OFFLINE = "offline"


class LineReason(msgspec.Struct, frozen=True):
    """Why a line is not ready, by a name of `appliance.control.line_reasons`, which has the words."""

    code: str
    value: str = ""
    """What the name leaves open, such as a path."""


class ModemNow(msgspec.Struct, frozen=True):
    """The modem of a line, as far as it is known."""

    model: str = ""
    imei: str = ""
    iccid: str = ""
    """Of the SIM in it."""
    technology: str = ""
    """"2G", "3G" or "4G"."""
    divert: str | None = None
    """Where the network sends calls that cannot reach the modem; "": nowhere; None: it was not asked yet."""
    divert_failed: bool = False
    """The network did not tell, or did not take what was to be set."""


class LineStatus(msgspec.Struct, frozen=True):
    """A line as it is now."""

    name: str
    state: LineState
    reason: str = ""
    """Plain words for why it is not ready, and what to do."""
    signal: int | None = None
    """Bars 0-5; None where a line has no radio."""
    operator: str = ""
    number: str = ""
    why: LineReason | None = None
    """The reason by its name, for readers of other languages; None: nothing is wrong, or there are only words."""
    modem: ModemNow | None = None
    """None where a line has no modem."""
    learned: LineLearned | None = None
    """What real calls taught of it; None where a line learns nothing."""


class Line(LegCarrier, Protocol):
    """A path to the outside: a GSM modem, an analog line, a SIP line."""

    @property
    def name(self) -> str: ...

    @property
    def status(self) -> LineStatus: ...

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:
        """Call an outside number; failures as `leg.was_ended(cause)`: 34 when the line is in use, 27 when down."""
        ...

    @property
    def sends_sms(self) -> bool:
        """Whether it carries short messages at all."""
        ...

    async def send_sms(self, part: SmsPart) -> int | None:
        """Send one part of a message; the reference its status report will name, None where there will be none.

        Raises `LineFailed` when the network did not take it, or may have.
        """
        ...


class NetworkReply(msgspec.Struct, frozen=True):
    """What a mobile network answered to a code."""

    text: str
    expects_reply: bool
    """It waits for a reply, sent as the next code."""


@runtime_checkable
class SimLine(Protocol):
    """A line with a SIM, whose mobile network can be asked. Both raise `LineFailed` where that is impossible now."""

    async def ask_network(self, code: str) -> NetworkReply:
        """Send a code such as *100# (USSD)."""
        ...

    async def check_divert(self) -> str | None:
        """Where calls go that cannot reach the modem; "": nowhere; None: the network did not tell."""
        ...


Lines = Mapping[str, Line]
