"""The party of a call that nobody has made: it stands where the first to answer will be, and nothing reaches it."""

from __future__ import annotations

from appliance.calls.names import Cause, LegId


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
