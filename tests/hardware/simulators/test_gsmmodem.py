"""A program that knows real modems (python-gsmmodem-new) identifies the simulated ones and answers a call."""

import subprocess
import sys
from pathlib import Path

import pytest
import trio

from hardware.simulators.modem import SimulatedModem
from hardware.simulators.stick_events import PickedUp

pytestmark = pytest.mark.real

CALLER = "+37120000001"


@pytest.mark.parametrize("kind", ["huawei", "quectel_serial", "simcom7600"])
async def test_modem_is_identified_and_its_call_answered(tmp_path: Path, kind: str):
    """The end of a call, and a number that is not told right behind RING, it understands of Huawei sticks only."""
    modem = SimulatedModem(tmp_path / "at", tmp_path / "audio", kind=kind, seed=3)
    client = [sys.executable, "-m", "tests.hardware.simulators.gsmmodem_client", str(tmp_path / "at")]
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            await nursery.start(modem.run)
            process = await trio.lowlevel.open_process(client, stdout=subprocess.PIPE)
            told = ""

            async def hear(until: str) -> None:
                nonlocal told
                while until not in told:
                    piece = await process.stdout.receive_some()
                    assert piece, told
                    told += piece.decode()

            await hear("ready")
            await trio.sleep(0.5)  # the client says it is ready in pieces
            modem.call_in(CALLER)
            await hear("answered")
            await modem.until(lambda: modem.status.call == "up")
            modem.hang_up()
            if kind == "huawei":
                await hear("over")
                assert f"rings {CALLER}" in told
            process.kill()
            await process.wait()
            nursery.cancel_scope.cancel()
    assert f"{modem.stick.imei} {modem.stick.sim.imsi} {modem.stick.operator}" in told
    assert PickedUp() in modem.events
