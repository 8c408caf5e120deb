"""What the demo panel and `porter sim` can make happen: the far ends of simulated lines, and simulated buttons."""

from __future__ import annotations

from pathlib import Path

from appliance.config.models import Configuration, FxoLine
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from appliance.control.simulation_messages import (
    LineAction,
    SimulateCall,
    SimulateKeys,
    SimulateLine,
    SimulatePress,
    SimulateSms,
    SimulateSound,
)
from appliance.door.port import DoorProcessPort
from appliance.errors import PorterError
from appliance.office_layout import OfficeLayout
from hardware.simulators import modem_control
from hardware.simulators.exchange import Clearing
from hardware.simulators.modem import Cure, Trouble

Wish = SimulateCall | SimulateSms | SimulateLine | SimulateKeys | SimulateSound | SimulatePress

_NOBODYS_PIN = "90909090"
_REGISTERED, _SEARCHING = 1, 2
_ACTIONS: dict[LineAction, tuple[modem_control.AnyRequest, ...]] = {
    LineAction.ANSWER: (modem_control.Answer(),),
    LineAction.HANG_UP: (modem_control.HangUp(),),
    LineAction.UNPLUG: (modem_control.Unplug(),),
    LineAction.PLUG_IN: (modem_control.PlugIn(),),
    LineAction.REPLUG: (modem_control.Replug(),),
    LineAction.HANG: (modem_control.Misbehave(trouble=Trouble.HANGING, cure=Cure.POWER),),
    LineAction.SILENCE: (modem_control.Misbehave(trouble=Trouble.SILENT, cure=Cure.RESET),),
    LineAction.BABBLE: (modem_control.Misbehave(trouble=Trouble.BABBLING),),
    LineAction.FLOOD: (modem_control.Misbehave(trouble=Trouble.FLOODING),),
    LineAction.SLOW: (modem_control.Misbehave(trouble=Trouble.SLOW),),
    LineAction.DEAD_PORT: (modem_control.Misbehave(trouble=Trouble.DEAD_PORT, cure=Cure.RESET),),
    LineAction.LOCK_SIM: (modem_control.LockSim(pin=_NOBODYS_PIN), modem_control.Replug()),
    LineAction.LOSE_NETWORK: (modem_control.SetRegistration(stat=_SEARCHING),),
    LineAction.FIND_NETWORK: (modem_control.SetRegistration(stat=_REGISTERED),),
    LineAction.BUSY: (modem_control.Clear(how=Clearing.BUSY),),
    LineAction.CONGESTION: (modem_control.Clear(how=Clearing.CONGESTION),),
    LineAction.DIAL_TONE: (modem_control.Clear(how=Clearing.DIAL_TONE),),
    LineAction.OWN_TONE: (modem_control.Clear(how=Clearing.OWN_TONE),),
    LineAction.LOOP: (modem_control.Clear(how=Clearing.LOOP),),
    LineAction.NO_TONE: (modem_control.Clear(how=Clearing.SILENCE),),
    LineAction.RECOVER: (
        modem_control.Misbehave(trouble=Trouble.NONE),
        modem_control.LockSim(pin=None),
        modem_control.SetRegistration(stat=_REGISTERED),
    ),
}
_TONE_HZ = 440
_ANALOG_ACTIONS = _ACTIONS | {
    LineAction.RECOVER: (modem_control.Misbehave(trouble=Trouble.NONE),),
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
                is_analog = isinstance(configuration.lines.get(line), FxoLine)
                for request in (_ANALOG_ACTIONS if is_analog else _ACTIONS)[action]:
                    await self._tell(configuration, line, request)
            case SimulateSound(line=line, sound=sound):
                await self._tell(configuration, line, _sound(sound))
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


def _sound(sound: str) -> modem_control.AnyRequest:
    match sound:
        case "tone":
            return modem_control.PlayTone(frequency=_TONE_HZ)
        case "busy":
            return modem_control.PlayBusy()
        case "quiet":
            return modem_control.PlayTone(frequency=0)
        case _:
            return modem_control.PlayWav(path=sound)
