"""A simulated SIP line behaves for the office, and for who plays with it, as a simulated modem does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import ANNA_HZ, CUSTOMER_HZ
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, PASSWORD, RunningOffice, records, running_office
from tests.scenarios.test_way_out import was_heard
from tests.sip.phones import baresip

pytestmark = pytest.mark.real

GSM = '  gsm1: {kind: gsm, number: "+37160000000", simulated: true}\n'
TEXT = CONFIGURATION.replace(GSM, '  op: {kind: sip, number: "+37160000000", simulated: true}\n').replace(
    "[gsm1]", "[op]"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=TEXT) as running:
        yield running


async def test_a_customer_calls_in_talks_presses_keys_and_hangs_up(office: RunningOffice, tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    async with baresip(tmp_path, "201", PASSWORD, office.layout.sip_port, hums=ANNA_HZ) as anna:
        await office.until_ready("201")
        await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ), "op")
        await office.modem(modem_control.Record(path=str(heard)), "op")
        said = office.command("sim", "call", "--from", CUSTOMER)
        assert "It rings on op." in said.stdout, said.stderr
        await anna.until("CALL_INCOMING")
        await anna.accept()
        await anna.until_hears(CUSTOMER_HZ)
        await anna.press("5")
        await office.until_modem(lambda line: line.status.keys == "5", "the key to arrive", line="op")
        assert office.command("sim", "line", "hang_up").returncode == 0
        await anna.until("CALL_CLOSED")
        await office.until(lambda now: not now.calls, "the call to end")
    assert was_heard(heard, ANNA_HZ)
    last = records(office.layout)[-1]
    assert (last.caller.number, last.caller.line, last.called) == (CUSTOMER, "op", "+37160000000")


async def test_a_call_goes_out_and_is_answered_by_command(office: RunningOffice, tmp_path: Path) -> None:
    async with baresip(tmp_path, "201", PASSWORD, office.layout.sip_port, hums=ANNA_HZ) as anna:
        await office.until_ready("201")
        await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ), "op")
        await anna.dial("29999999")
        await office.until_modem(
            lambda line: (line.status.call, line.status.last_dialed) == (CallState.RINGING, CUSTOMER),
            "it rings",
            line="op",
        )
        assert office.command("sim", "line", "answer").returncode == 0
        await anna.until_hears(CUSTOMER_HZ)
        await anna.hang_up()
        await office.until_modem(lambda line: line.status.call is CallState.NONE, "the end", line="op")


@pytest.mark.long
async def test_an_operator_that_is_gone_is_noticed_and_is_back_when_it_returns(office: RunningOffice) -> None:
    await office.until_ready()
    assert office.command("sim", "line", "unplug").returncode == 0
    await office.until(lambda now: now.lines[0].state == "offline", "the line to be missed", 25)
    assert office.command("sim", "sms", "hello").returncode != 0
    assert office.command("sim", "line", "plug_in").returncode == 0
    await office.until(lambda now: now.lines[0].state == "ready", "the line to be back", 15)
