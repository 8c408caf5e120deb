"""A dialog over a line: a phone's dialog with the line's codecs, its way of sending keys, and further ways to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import pjsua2 as pj

from appliance.calls.leg import Leg
from appliance.calls.ports import CallerShown, Contact
from appliance.calls.trunks import Target, Trunk
from appliance.config.models import DtmfMode
from appliance.sip.dialog import DialogOwner, PhoneDialog
from appliance.sip.guard import guarded
from appliance.sip.trunks.codecs import only_codecs

SILENT = frozenset({408, 477, 500, 503})
"""Answers after which the next server is tried (RFC 3263 §4.3): nobody there, nothing sent, overloaded. The edge says
500 where it could not send."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A call over a line, and the ways that are left."""

    leg: Leg
    trunk: Trunk
    number: str
    shown: CallerShown
    ways: Sequence[Target | Contact]


class LineDialog(PhoneDialog):
    """A dialog with an operator, a gateway or another office.

    Attributes:
        line: Name of the line.
        sends_info: Keys go as SIP INFO.
    """

    def __init__(
        self, account: pj.Account, number: int, owner: DialogOwner, trunk: Trunk, *, is_incoming: bool
    ) -> None:
        super().__init__(account, number, owner, is_incoming=is_incoming)
        self.line = trunk.line
        self.sends_info = trunk.rules.dtmf is DtmfMode.INFO
        self.codecs = trunk.rules.codecs
        self.next: Callable[[], None] | None = None
        """Tries the next way; None where there is none."""

    @guarded
    def onCallSdpCreated(self, prm: pj.OnCallSdpCreatedParam) -> None:
        prm.sdp.wholeSdp = only_codecs(prm.sdp.wholeSdp, self.codecs)

    def goes_on_after(self, status: int) -> bool:
        """Whether the next way is to be tried after a final answer: nobody has heard of the call yet."""
        return self.next is not None and not self.has_rung and not self.is_ending and status in SILENT
