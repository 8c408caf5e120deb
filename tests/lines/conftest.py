"""A GSM line over real terminals, the simulated stick behind it, and an office that takes what the line hands in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
import trio

from appliance.calls.leg import Leg
from appliance.calls.names import LegId, Party, PartyKind
from appliance.calls.ports import AudioFrames, CallerShown, LegCarrier, LineState, ReceivedSms, SmsReport
from appliance.config import models
from appliance.lines.gsm_line import GsmLine
from appliance.lines.modem_search import ModemSearch
from hardware.modem.usb import UsbBus
from hardware.simulators.modem import SimulatedModem
from hardware.simulators.usb import SimulatedSocket
from hardware.tones.generate import ToneSource

NUMBER = "+37120000001"


class Desk:
    """Takes calls and messages as the office does, and a bridge that moves a frame each 20 ms."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self.legs: list[Leg] = []
        self.sms: list[tuple[str, str]] = []
        self.keys: list[str] = []
        self.parts: list[tuple[str, str]] = []
        self.reports: list[SmsReport] = []
        self.can_keep = True
        self.times: list[datetime] = []
        self.says = 700.0
        """Hz of the tone the line's party hears."""
        self.heard: dict[LegId, bytearray] = {}
        self.news = trio.Event()
        self._nursery = nursery
        self._bridges: dict[LegId, trio.CancelScope] = {}

    # Reception.

    def line_calls(
        self, carrier: LegCarrier, *, line: str, caller: str, did: str = "", caller_name: str = "", **_: object
    ) -> Leg:
        party = Party(kind=PartyKind.OUTSIDE, number=caller, name=caller_name, line=line)
        self.legs.append(Leg(LegId(f"in-{len(self.legs)}"), carrier, party, incoming=True))
        self.told()
        return self.legs[-1]

    @property
    def inbox(self) -> Desk:
        return self

    # Inbox.

    async def sms_came(self, sms: ReceivedSms) -> None:
        await trio.lowlevel.checkpoint()
        self.told()
        if not self.can_keep:
            raise OSError("no space left on device")
        self.parts = [part for part in self.parts if part[0] not in sms.parts]
        self.keys.append(sms.key)
        if self.keys.count(sms.key) == 1:
            self.sms.append((sms.sender, sms.text))

    async def sms_part_came(self, line: str, key: str, pdu: str) -> bool:
        await trio.lowlevel.checkpoint()
        self.told()
        if not self.can_keep:
            raise OSError("no space left on device")
        self.parts.append((key, pdu))
        return True

    async def sms_parts(self, line: str) -> list[tuple[str, str]]:
        return self.parts

    async def sms_reported(self, report: SmsReport) -> None:
        self.reports.append(report)
        self.told()

    # Sound.

    def attach(self, leg: LegId, frames: AudioFrames) -> None:
        self.heard[leg] = bytearray()
        scope = self._bridges[leg] = trio.CancelScope()
        self._nursery.start_soon(self._bridge, leg, frames, scope)

    def detach(self, leg: LegId) -> None:
        self._bridges.pop(leg).cancel()

    async def _bridge(self, leg: LegId, frames: AudioFrames, scope: trio.CancelScope) -> None:
        tone, due = ToneSource(self.says), trio.current_time()
        with scope:
            while True:
                self.heard[leg] += frames.pull()
                frames.push(tone.take(160))
                due += 0.02
                await trio.sleep_until(due)

    def told(self) -> None:
        self.news.set()
        self.news = trio.Event()


class Bench:
    """One line and its stick."""

    def __init__(self, desk: Desk, line: GsmLine, stick: SimulatedModem) -> None:
        self.desk = desk
        self.line = line
        self.stick = stick
        self._dialled = 0

    async def until(self, condition: Callable[[], bool], *, seconds: float = 10.0) -> float:
        """Wait for what the line or the office does; how long it took, in seconds."""
        began = trio.current_time()
        with trio.fail_after(seconds):
            while not condition():
                with trio.move_on_after(0.05):
                    await self.desk.news.wait()
        return trio.current_time() - began

    async def ready(self, seconds: float = 10.0) -> float:
        return await self.until(lambda: self.line.status.state is LineState.READY, seconds=seconds)

    async def call_in(self, number: str = NUMBER) -> Leg:
        before = len(self.desk.legs)
        self.stick.call_in(number)
        await self.until(lambda: len(self.desk.legs) > before)
        return self.desk.legs[-1]

    def dial(self, number: str = NUMBER) -> Leg:
        self._dialled += 1
        party = Party(kind=PartyKind.OUTSIDE, number=number, line=self.line.name)
        leg = Leg(LegId(f"out-{self._dialled}"), self.line, party, incoming=False)
        self.line.dial(leg, number, CallerShown("201"))
        return leg


@asynccontextmanager
async def open_bench(
    folder: Path,
    *,
    plugged_in: bool = True,
    pin: str | None = None,
    kind: str = "huawei",
    modem: str = "auto",
    divert: str | None = None,
) -> AsyncIterator[Bench]:
    """A line whose modem is on a bus of its own, and ready unless it is not plugged in yet."""
    async with trio.open_nursery() as nursery:
        desk = Desk(nursery)
        stick = SimulatedModem(kind=kind, socket=SimulatedSocket(folder, "1-1.2"), seed=5)
        settings = models.GsmLine(sim_pin=pin, modem=modem, network_divert=divert)
        search = ModemSearch(UsbBus(folder / "sys", folder / "dev"))
        line = GsmLine("gsm1", settings, desk, desk, on_change=desk.told, on_time=desk.times.append, search=search)
        bench = Bench(desk, line, stick)
        if plugged_in:
            await nursery.start(stick.run)
        nursery.start_soon(line.run)
        if plugged_in:
            await bench.ready()
        else:
            await bench.until(lambda: line.status.state is LineState.OFFLINE)
            nursery.start_soon(stick.run)
        yield bench
        nursery.cancel_scope.cancel()


@pytest.fixture
def gsm(tmp_path: Path):
    """`async with gsm() as bench`."""
    return lambda **how: open_bench(tmp_path, **how)


@pytest.fixture
def office_desk() -> type[Desk]:
    """For tests with lines of their own."""
    return Desk
