"""`TrunkLink` of real lines: the switch for calls, the edge for registering and for who may call."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown, Contact
from appliance.calls.trunks import Refused, Registered, Target, Trunk
from appliance.config.models import SipLink, account_of_line
from appliance.errors import PorterError
from appliance.sip.edge.operators import ANSWERS, CALLS, KnownOperators
from appliance.sip.edge.rpc import EdgeRpc
from appliance.sip.legs import SipSwitch
from appliance.sip.trunks.uac import LinesUac


class SipTrunks:
    """What SIP lines ask of SIP."""

    def __init__(self, switch: SipSwitch, uac: LinesUac, operators: KnownOperators, edge: EdgeRpc) -> None:
        self._switch = switch
        self._uac = uac
        self._operators = operators
        self._edge = edge

    async def serve(self, trunk: Trunk) -> None:
        self._switch.lines.serve(trunk)
        right = ANSWERS if trunk.settings.link is SipLink.ACCOUNT else CALLS
        await self._operators.admit(trunk.line, dict.fromkeys(sorted(trunk.addresses), right))

    async def forget(self, trunk: Trunk) -> None:
        if self._switch.lines.forget(trunk):
            await self._operators.forget(trunk.line)

    def calls_on(self, line: str) -> int:
        return self._switch.calls_on(line)

    async def register(self, trunk: Trunk, target: Target, seconds: int) -> Registered | Refused:
        return await self._uac.register(trunk, target, seconds)

    async def ask(self, trunk: Trunk, target: Target) -> Refused | None:
        return await self._uac.ask(trunk, target)

    async def registrations(self, trunk: Trunk) -> dict[Contact, str]:
        account = account_of_line(trunk.line)
        try:
            found = await self._edge.contacts(account)
        except PorterError:
            return {}
        return {Contact(account, one.ruid): _address(one.received or one.contact) for one in found}

    def dial(self, leg: Leg, trunk: Trunk, number: str, shown: CallerShown, ways: Sequence[Target | Contact]) -> None:
        self._switch.dial_line(leg, trunk, number, shown, ways)

    # A leg over a line is the switch's.

    def ring(self, leg: LegId) -> None:
        self._switch.ring(leg)

    def progress(self, leg: LegId) -> bool:
        return self._switch.progress(leg)

    def answer(self, leg: LegId) -> None:
        self._switch.answer(leg)

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        self._switch.hang_up(leg, cause)

    def send_digits(self, leg: LegId, digits: str) -> None:
        self._switch.send_digits(leg, digits)

    def report_transfer(self, leg: LegId, progress: int) -> None:
        self._switch.report_transfer(leg, progress)


def _address(uri: str) -> str:
    """Address and port of where a registration came from: "sip:192.0.2.1:5060;transport=udp"."""
    return uri.removeprefix("sip:").partition(";")[0].rpartition("@")[2]
