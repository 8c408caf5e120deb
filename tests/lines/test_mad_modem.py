"""What a modem gone mad costs (CHECKLIST of the project: rubbish, floods, silence): the stick runs in a process of
its own, as in the demo office, and this process is measured."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trio

from appliance.calls.ports import LineState
from appliance.config import models
from appliance.lines.gsm_line import GsmLine
from appliance.lines.modem_search import Binding, BoundBy, ModemSearch
from hardware.modem.usb import UsbBus
from hardware.simulators.modem import Trouble
from hardware.simulators.modem_control import Done, Misbehave, SendSms, Status, ask
from hardware.simulators.usb import socket_of

pytestmark = pytest.mark.real

MAD_SECONDS = 6.0


async def start_stick(folder: Path, name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hardware.simulators.modem_control", str(folder), name]
    stick = subprocess.Popen(command)  # noqa: ASYNC220 - it outlives the nursery, and starting it takes a millisecond
    with trio.fail_after(15):
        while True:
            try:
                await ask(folder / f"{name}.sock", Status())
            except OSError:
                await trio.sleep(0.05)
            else:
                return stick


async def test_mad_modem_costs_little_and_its_neighbour_works_on(tmp_path: Path, office_desk):
    sticks = [await start_stick(tmp_path, name) for name in ("mad", "good")]
    try:
        async with trio.open_nursery() as nursery:
            desk = office_desk(nursery)
            lines = {}
            search = ModemSearch(UsbBus(tmp_path / "usb" / "sys", tmp_path / "usb" / "dev"))
            for name in ("mad", "good"):
                modem = {"search": search, "binding": Binding(BoundBy.USB, socket_of(name))}
                lines[name] = GsmLine(name, models.GsmLine(simulated=True), desk, desk, on_change=desk.told, **modem)
                nursery.start_soon(lines[name].run)

            async def until(name: str, state: LineState, seconds: float) -> None:
                with trio.fail_after(seconds):
                    while lines[name].status.state is not state:
                        await desk.news.wait()

            for name in lines:
                await until(name, LineState.READY, 10.0)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            used, began = time.process_time(), trio.current_time()
            await ask(tmp_path / "mad.sock", Misbehave(trouble=Trouble.BABBLING))
            await until("mad", LineState.OFFLINE, 12.0)
            await ask(tmp_path / "good.sock", SendSms(sender="+37120000001", text="status"))
            with trio.fail_after(5):
                while not desk.sms:
                    await desk.news.wait()
            await trio.sleep_until(began + MAD_SECONDS)
            share = (time.process_time() - used) / (trio.current_time() - began)
            assert share < 0.5, f"{share:.0%} of a core"
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20_000
            assert lines["good"].status.state is LineState.READY
            await ask(tmp_path / "mad.sock", Misbehave(trouble=Trouble.NONE))
            await until("mad", LineState.READY, 60.0)
            reply = await ask(tmp_path / "mad.sock", Status())
            assert isinstance(reply, Done)
            assert reply.status.plugged_in
            nursery.cancel_scope.cancel()
    finally:
        for stick in sticks:
            stick.terminate()
            stick.wait()
