"""What the demo panel and `porter sim` can make happen: the far ends of simulated lines, and simulated buttons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from appliance.config.models import Configuration
from appliance.control.controller_messages import (
    LineAction,
    SimulateCall,
    SimulateKeys,
    SimulateLine,
    SimulatePress,
    SimulateSms,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from appliance.door.port import DoorProcessPort
from appliance.errors import PorterError
from appliance.office_layout import OfficeLayout
from hardware.simulators import modem_control
from hardware.simulators.modem import Trouble

Wish = SimulateCall | SimulateSms | SimulateLine | SimulateKeys | SimulatePress

_ACTIONS: Mapping[LineAction, modem_control.AnyRequest] = {
    LineAction.ANSWER: modem_control.Answer(),
    LineAction.HANG_UP: modem_control.HangUp(),
    LineAction.UNPLUG: modem_control.Unplug(),
    LineAction.PLUG_IN: modem_control.PlugIn(),
    LineAction.HANG: modem_control.Misbehave(trouble=Trouble.HANGING),
    LineAction.BABBLE: modem_control.Misbehave(trouble=Trouble.BABBLING),
    LineAction.RECOVER: modem_control.Misbehave(trouble=Trouble.NONE),
}


class SimulatedWorld:
    """Carries wishes to the simulators; refuses what is not simulated."""

    def __init__(self, layout: OfficeLayout, doors: DoorProcessPort) -> None:
        self._layout = layout
        self._doors = doors

    async def make(self, wish: Wish, configuration: Configuration) -> None:
        """Let it happen; `RequestFailed` with the reason when it cannot."""
        match wish:
            case SimulateCall(line=line, caller=caller):
                await self._tell(configuration, line, modem_control.CallIn(number=caller))
            case SimulateSms(line=line, sender=sender, text=text):
                await self._tell(configuration, line, modem_control.SendSms(sender=sender, text=text))
            case SimulateKeys(line=line, keys=keys):
                await self._tell(configuration, line, modem_control.Press(keys=keys))
            case SimulateLine(line=line, action=action):
                await self._tell(configuration, line, _ACTIONS[action])
            case SimulatePress(door=door):
                await self._doors.simulate_press(door)

    async def _tell(self, configuration: Configuration, line: str, request: modem_control.AnyRequest) -> None:
        settings = configuration.lines.get(line)
        if settings is None or not settings.simulated:
            raise RequestFailed(
                Fault("not_simulated", f"There is no simulated line {line}.", "Choose one with `simulated: true`.")
            )
        path: Path = self._layout.modem_far_end_socket(line)
        try:
            answer = await modem_control.ask(path, request)
        except OSError as error:
            raise PorterError(
                f"The simulator of line {line} does not answer ({error.strerror}).",
                "`porter run` starts it; look at its output.",
            ) from error
        if isinstance(answer, modem_control.Refused):
            raise RequestFailed(Fault("refused", f"The simulated line {line} refused: {answer.reason}.", ""))
