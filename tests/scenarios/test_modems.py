"""A running office whose modem is of another family: what `porter line` and `porter sim` say and do, and the modem that
comes back under other names."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.scenarios.running_office import CONFIGURATION, RunningOffice, running_office

pytestmark = pytest.mark.real

MOBILE = "+37129999999"
ANOTHER_FAMILY = CONFIGURATION.replace(
    "  gsm1: {kind: gsm,", f'  gsm1: {{kind: gsm, profile: simcom7600, network_divert: "{MOBILE}",'
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=ANOTHER_FAMILY) as running:
        yield running


async def test_modem_sim_network_and_divert_are_told_by_command(office: RunningOffice) -> None:
    await office.until(lambda now: now.lines[0].state == "ready" and now.lines[0].modem.divert == MOBILE, "the divert")
    shown = office.command("line", "show", "gsm1").stdout
    for fact in ("SIMCOM_SIM7600E-H 862600000000009", "8937101000000000042", "4G signal", f"calls go to {MOBILE}"):
        assert fact in shown, shown
    assert office.command("line", "code", "gsm1", "*100#").stdout.strip() == "Your balance is 5.20 EUR"
    assert MOBILE in office.command("line", "divert", "gsm1").stdout
    refused = office.command("line", "code", "nobody", "*100#")
    assert refused.returncode == 1 and "no mobile line nobody" in refused.stderr


async def test_modem_is_offline_at_once_when_it_is_pulled_out_and_back_within_seconds(office: RunningOffice) -> None:
    await office.until(lambda now: now.lines[0].state == "ready", "the modem")
    began = time.monotonic()
    assert office.command("sim", "line", "replug").returncode == 0
    await office.until(lambda now: now.lines[0].state == "offline", "the line to be offline", seconds=5)
    await office.until(lambda now: now.lines[0].state == "ready", "the modem to be back", seconds=15)
    assert time.monotonic() - began < 17


async def test_sim_that_wants_a_pin_is_told_with_what_to_do(office: RunningOffice) -> None:
    assert office.command("sim", "line", "lock_sim").returncode == 0
    await office.until(lambda now: now.lines[0].reason_code == "pin_wanted", "the SIM to want its PIN", seconds=15)
    assert "Enter the PIN in the settings of this line." in office.command("status").stdout
    assert office.command("sim", "line", "recover").returncode == 0
    assert office.command("sim", "line", "replug").returncode == 0
    await office.until(lambda now: now.lines[0].state == "ready", "the modem to be back", seconds=20)
