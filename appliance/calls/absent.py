"""What stands for something that is not there: the party of a call that nobody has made, where the first to answer will
be; and the inbox of an office that keeps no messages."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.names import Cause, LegId
from appliance.calls.ports import ReceivedSms, SmsReport
from appliance.errors import PorterError


class Absent:
    """The carrier of such a party's leg."""

    def ring(self, leg: LegId) -> None:
        """Nobody hears it."""

    def progress(self, leg: LegId) -> bool:
        return False

    def answer(self, leg: LegId) -> None:
        """There is nobody to answer."""

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        """There is no dialog."""

    def send_digits(self, leg: LegId, digits: str) -> None:
        """Nobody hears them."""

    def report_transfer(self, leg: LegId, progress: int) -> None:
        """Nobody asked."""


class AbsentInbox:
    """Takes nothing, so messages stay on the SIM."""

    async def sms_came(self, sms: ReceivedSms) -> None:
        raise PorterError("This office keeps no messages.")

    async def sms_part_came(self, line: str, key: str, pdu: str) -> bool:
        raise PorterError("This office keeps no messages.")

    async def sms_parts(self, line: str) -> Sequence[tuple[str, str]]:
        return ()

    async def sms_reported(self, report: SmsReport) -> None:
        raise PorterError("This office keeps no messages.")
