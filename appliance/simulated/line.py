"""A line without a modem: what is dialled reaches a simulated far end of a `SimulatedSwitch`."""

from __future__ import annotations

from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown, LineState, LineStatus, SmsPart
from appliance.simulated.switch import FarEnd, SimulatedSwitch


class SimulatedLine(SimulatedSwitch):
    """A line with some channels to the outside; a call beyond finds it busy."""

    def __init__(self, name: str, channels: int = 1) -> None:
        super().__init__()
        self.name = name
        self.channels = channels
        self.is_offline = False
        self.sends_sms = True
        self.number = ""
        """Its own, as a modem reads it from its SIM."""
        self.sent: list[tuple[str, str]] = []
        """SMS sent: receiver and text."""
        self.dialled: list[str] = []
        """Every number we were asked to dial, in vain or not."""

    @property
    def status(self) -> LineStatus:
        if self.is_offline:
            return LineStatus(self.name, LineState.OFFLINE, "the simulated line is unplugged")
        return LineStatus(self.name, LineState.BUSY if self._is_full() else LineState.READY, number=self.number)

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:  # type: ignore[override]  # a line dials numbers
        self.dialled.append(number)
        if self.is_offline or self._is_full():
            leg.was_ended(Cause.OUT_OF_ORDER if self.is_offline else Cause.NO_CIRCUIT)
            return
        far_end = self.far_ends[leg.id] = FarEnd(self, leg, number, shown)
        self.on_dialled(far_end)

    def _is_full(self) -> bool:
        return len(self.far_ends) >= self.channels

    def progress(self, leg: LegId) -> bool:
        """Like GSM: no sound before the answer."""
        return False

    async def send_sms(self, part: SmsPart) -> int | None:
        if part.part == 1:
            self.sent.append((part.to, part.text))
        return None
