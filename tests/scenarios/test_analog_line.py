"""An office with an analog line on a simulated voice modem, and a real phone: one call each way, heard and measured,
and the line given back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from hardware.simulators import modem_control
from hardware.simulators.exchange import Clearing, LineHabits
from hardware.simulators.modem import CallState
from hardware.tones.generate import octets
from hardware.tones.measure import find_tone
from tests.scenarios.running_office import CONFIGURATION, PASSWORD, RunningOffice, records, running_office
from tests.sip.phones import Baresip, baresip
from tests.sound import read_wav

pytestmark = pytest.mark.real

CUSTOMER_HZ, ANNA_HZ = 1009.0, 1453.0
"""Above the tones of exchanges, and with nothing in common: a canceller would take harmonics that G.711 adds to one for
the echo of the other."""
ANALOG = CONFIGURATION.replace("gsm1", "fxo1").replace("kind: gsm", "kind: fxo")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=ANALOG) as running:
        yield running


@asynccontextmanager
async def annas_phone(office: RunningOffice, folder: Path) -> AsyncIterator[Baresip]:
    async with baresip(folder, "201", PASSWORD, office.layout.sip_port, hums=ANNA_HZ) as anna:
        await office.until_ready("201")
        # Echo is measured without a wall clock, in tests/hardware/modem/test_fxo.py.
        await office.modem(modem_control.SetHabits(habits=LineHabits(echo_loss_db=None)), "fxo1")
        await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ), "fxo1")
        await office.modem(modem_control.Record(path=str(folder / "customer.wav")), "fxo1")
        yield anna


async def until_given_back(office: RunningOffice, seconds: float = 20.0) -> None:
    """The line is on hook and the office at rest."""
    await office.until_modem(
        lambda modem: not modem.status.off_hook and modem.status.call is CallState.NONE, "on hook", seconds, "fxo1"
    )
    await office.until(lambda now: not now.calls and now.lines[0].state == "ready", "the office at rest")


def assert_heard(sound: bytes, frequency: float) -> None:
    """Frequency, level and gaps. A busy test machine may make some gaps, never many."""
    report = find_tone(sound, frequency)
    assert report.seconds > 1.5
    assert -30 < report.level_db < -3
    assert report.missing < 0.4, report


def assert_both_heard(by_anna: bytes, folder: Path) -> None:
    assert_heard(by_anna, CUSTOMER_HZ)
    assert_heard(octets(read_wav(folder / "customer.wav")[0]), ANNA_HZ)


async def test_a_customer_calls_talks_and_hangs_up_and_the_busy_tone_frees_the_line(
    office: RunningOffice, tmp_path: Path
) -> None:
    async with annas_phone(office, tmp_path) as anna:
        await office.modem(modem_control.CallIn(number="29999999"), "fxo1")
        await anna.until("CALL_INCOMING")
        await anna.accept()
        await anna.until_hears(CUSTOMER_HZ)
        await trio.sleep(2)
        heard = octets(anna.heard())
        await office.modem(modem_control.Clear(how=Clearing.BUSY), "fxo1")
        await until_given_back(office)
        assert_both_heard(heard, tmp_path)
    await office.until(lambda now: now.lines[0].learned.released_by == "busy", "what released the line")
    assert records(office.layout)[-1].caller.number == "+37129999999"
    shown = await trio.to_thread.run_sync(office.command, "line", "show", "fxo1")
    assert "comes after the first ring" in shown.stdout
    assert "last talk ended by  busy tone" in shown.stdout
    forgotten = await trio.to_thread.run_sync(office.command, "line", "forget", "fxo1")
    assert forgotten.returncode == 0, forgotten.stderr
    await office.until(lambda now: now.lines[0].learned.tones == (), "the tones forgotten")


async def test_anna_calls_out_talks_and_hangs_up_and_the_line_is_free_at_once(
    office: RunningOffice, tmp_path: Path
) -> None:
    async with annas_phone(office, tmp_path) as anna:
        await anna.dial("29999999")
        await office.until_modem(lambda modem: modem.status.last_dialed == "29999999", "dialled", line="fxo1")
        await trio.sleep(2)
        await office.modem(modem_control.Answer(), "fxo1")
        await anna.until_hears(CUSTOMER_HZ)
        await trio.sleep(2)
        heard = octets(anna.heard())
        await anna.hang_up()
        await until_given_back(office, 5.0)
        assert_both_heard(heard, tmp_path)
