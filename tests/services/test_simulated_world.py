"""Everything that `porter sim` can make happen reaches the simulated modem."""

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from appliance.config.models import GsmLine
from appliance.control.faults import RequestFailed
from appliance.control.simulation_messages import LineAction, SimulateLine, SimulateSound
from appliance.office_layout import OfficeLayout
from appliance.services.simulated_world import _ACTIONS, SimulatedWorld
from hardware.simulators.modem import SimulatedModem, Trouble
from hardware.simulators.modem_control import serve_control
from hardware.simulators.usb import SimulatedSocket, socket_of
from hardware.tones.generate import tone
from hardware.tones.measure import find_tone
from tests.flows.offices import small_office

pytestmark = pytest.mark.real

OFFICE = small_office(lines={"gsm1": GsmLine(simulated=True)})


@asynccontextmanager
async def open_world(folder: Path) -> AsyncIterator[tuple[SimulatedWorld, SimulatedModem]]:
    layout = OfficeLayout(folder, 6000)
    layout.make_folders()
    modem = SimulatedModem(socket=SimulatedSocket(layout.simulated_usb, socket_of("gsm1")))
    async with trio.open_nursery() as nursery:
        await nursery.start(modem.run)
        await nursery.start(serve_control, modem, layout.modem_far_end_socket("gsm1"))
        yield SimulatedWorld(layout, None), modem
        nursery.cancel_scope.cancel()


@pytest.fixture
def world(tmp_path: Path):
    """`async with world() as (simulated, modem)`."""
    return lambda: open_world(tmp_path)


@pytest.mark.parametrize(
    ("action", "trouble"),
    [
        (LineAction.HANG, Trouble.HANGING),
        (LineAction.SILENCE, Trouble.SILENT),
        (LineAction.BABBLE, Trouble.BABBLING),
        (LineAction.FLOOD, Trouble.FLOODING),
        (LineAction.SLOW, Trouble.SLOW),
        (LineAction.DEAD_PORT, Trouble.DEAD_PORT),
    ],
)
async def test_modem_gets_into_trouble_and_out_again(world, action, trouble):
    async with world() as (simulated, modem):
        await simulated.make(SimulateLine(line="gsm1", action=action), OFFICE)
        assert modem.status.trouble is trouble
        await simulated.make(SimulateLine(line="gsm1", action=LineAction.RECOVER), OFFICE)
        assert modem.status.trouble is Trouble.NONE


async def test_modem_moves_to_other_names_and_loses_its_network_and_its_sim(world):
    async with world() as (simulated, modem):

        def names() -> list[str]:
            return sorted(link.name for link in Path(modem.socket._root / "dev").iterdir())

        before = names()
        await simulated.make(SimulateLine(line="gsm1", action=LineAction.REPLUG), OFFICE)
        await modem.until(lambda: not modem.status.plugged_in)
        await modem.until(lambda: modem.status.plugged_in)
        assert names() and not set(names()) & set(before)
        await simulated.make(SimulateLine(line="gsm1", action=LineAction.LOSE_NETWORK), OFFICE)
        assert modem.stick.registration == 2
        await simulated.make(SimulateLine(line="gsm1", action=LineAction.LOCK_SIM), OFFICE)
        assert modem.stick.sim.pin is not None
        await simulated.make(SimulateLine(line="gsm1", action=LineAction.RECOVER), OFFICE)
        assert (modem.stick.registration, modem.stick.sim.pin) == (1, None)


async def test_far_end_says_tones_busy_speech_and_nothing(world, tmp_path):
    async with world() as (simulated, modem):

        async def said(sound: str, seconds: float) -> bytes:
            await simulated.make(SimulateSound(line="gsm1", sound=sound), OFFICE)
            return b"".join(modem.far_end.say() for _ in range(round(seconds / 0.02)))

        assert find_tone(await said("tone", 1.0), 440).seconds == pytest.approx(1.0, abs=0.05)
        busy = find_tone(await said("busy", 3.5), 425)
        assert [gap for gap in busy.gaps_ms if gap > 100] == pytest.approx([350] * 4, abs=45)
        assert not any(await said("quiet", 0.5))
        with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(tone(600, seconds=0.5))
        assert find_tone(await said(str(tmp_path / "speech.wav"), 0.5), 600).seconds == pytest.approx(0.5, abs=0.05)
        with pytest.raises(RequestFailed, match="nothing"):
            await said(str(tmp_path / "nothing.wav"), 0.1)


async def test_line_that_is_not_simulated_is_left_alone(world):
    async with world() as (simulated, _):
        with pytest.raises(RequestFailed):
            await simulated.make(SimulateLine(line="gsm1", action=LineAction.HANG), small_office(lines={}))


def test_every_action_is_carried_out():
    assert set(_ACTIONS) == set(LineAction)
