"""The lines of the office as they run: started, stopped and rebuilt as the configuration says."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import datetime

import msgspec
import trio

from appliance.calls.ports import Line, LineState, Reception, Sound
from appliance.calls.trunks import TrunkLink
from appliance.config.models import Configuration, LineModel, SipLink
from appliance.config.models import FxoLine as FxoSettings
from appliance.config.models import SipLine as SipSettings
from appliance.lines.fxo_line import FxoLine
from appliance.lines.gsm_line import GsmLine
from appliance.lines.lore_file import LoreFile
from appliance.lines.modem_search import Binding, BoundBy, ModemSearch
from appliance.lines.operator_names import HouseNames, SimulatedNames
from appliance.lines.sip_line import SipLine
from appliance.office_layout import OfficeLayout
from hardware.modem.usb import UsbBus
from hardware.simulators.usb import socket_of

log = logging.getLogger(__name__)


class HouseLines:
    """Keeps one running `Line` for each configured one in `lines`, the mapping the office sees.

    A line whose settings change is rebuilt once its call is over, so that saving a setting drops nobody.

    Args:
        on_change: Called when any line's status has changed.
        on_ready: Called when a line has become ready.
        on_time: Told when a network tells the time.
    """

    def __init__(
        self,
        layout: OfficeLayout,
        lines: dict[str, Line],
        reception: Reception,
        sound: Sound,
        trunks: TrunkLink,
        *,
        on_change: Callable[[], None],
        on_ready: Callable[[], None],
        on_time: Callable[[datetime], None],
    ) -> None:
        self._modems = ModemSearch(UsbBus())
        self._simulated_modems = ModemSearch(UsbBus(layout.simulated_usb / "sys", layout.simulated_usb / "dev"))
        self._layout = layout
        self._lines = lines
        self._reception = reception
        self._sound = sound
        self._trunks = trunks
        self._on_change = on_change
        self._on_ready = on_ready
        self._on_time = on_time
        self._ready: set[str] = set()
        self._running: dict[str, tuple[LineModel, trio.CancelScope]] = {}
        self._wanted: dict[str, LineModel] = {}
        self._country = ""
        self._lore = LoreFile(layout.line_lore_file)
        self._changed = trio.Event()

    async def follow(self, configuration: Configuration) -> None:
        """Have the lines of this configuration from now on."""
        self._wanted = dict(configuration.lines)
        self._country = configuration.country
        self._changed.set()

    def status_changed(self) -> None:
        """A line's status is another: an idle one may be waiting for its rebuild, messages for one that is ready."""
        self._changed.set()
        ready = {name for name, line in self._lines.items() if line.status.state is LineState.READY}
        came_up, self._ready = ready - self._ready, ready
        if came_up:
            self._on_ready()
        self._on_change()

    async def run(self) -> None:
        """Look after the lines until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._lore.run)
            while True:
                self._changed = trio.Event()
                for name in [*self._running]:
                    if self._wanted.get(name) != self._running[name][0] and self._may_stop(name):
                        self._running.pop(name)[1].cancel()
                        del self._lines[name]
                for name, settings in self._wanted.items():
                    if name not in self._running:
                        self._start(nursery, name, settings)
                await self._changed.wait()

    def _may_stop(self, name: str) -> bool:
        line = self._lines[name]
        return not line.is_in_use if isinstance(line, SipLine) else line.status.state is not LineState.BUSY

    def calls_changed(self, name: str) -> None:
        """A call has begun or ended on a SIP line."""
        line = self._lines.get(name)
        if isinstance(line, SipLine):
            line.calls_changed()
            self._changed.set()

    def _made(self, name: str, settings: LineModel) -> GsmLine | FxoLine | SipLine:
        if isinstance(settings, SipSettings):
            names = SimulatedNames(self._layout.sip_operator_place(name)) if settings.simulated else HouseNames()
            spoken = _as_simulated(settings) if settings.simulated else settings
            return SipLine(name, spoken, self._trunks, names, chance=random.Random(), on_change=self.status_changed)
        if isinstance(settings, FxoSettings):
            return FxoLine(
                name,
                settings,
                self._country,
                self._reception,
                self._sound,
                self._lore,
                on_change=self.status_changed,
                port=self._layout.analog_modem_link(name) if settings.simulated else None,
            )
        return GsmLine(
            name,
            settings,
            self._reception,
            self._sound,
            on_change=self.status_changed,
            on_time=self._on_time,
            search=self._simulated_modems if settings.simulated else self._modems,
            binding=Binding(BoundBy.USB, socket_of(name)) if settings.simulated else None,
        )

    def _start(self, nursery: trio.Nursery, name: str, settings: LineModel) -> None:
        line = self._made(name, settings)
        scope = trio.CancelScope()
        self._running[name] = (settings, scope)
        self._lines[name] = line

        async def live() -> None:
            with scope:
                await line.run()

        nursery.start_soon(live)
        log.info("line %s: started", name)


def _as_simulated(settings: SipSettings) -> SipSettings:
    """A line as its simulated operator takes it: it registers there, whatever the real one wants."""
    return msgspec.structs.replace(
        settings,
        link=SipLink.REGISTER,
        server="operator.simulated",
        second_server="",
        transport="udp",
        user=settings.user or "simulated",
        password=settings.password or "simulated",
        keep_alive_seconds=settings.keep_alive_seconds or SIMULATED_SECONDS,
    )


SIMULATED_SECONDS = 5.0
"""Between two questions whether a simulated operator is there."""
