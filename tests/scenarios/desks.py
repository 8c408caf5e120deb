"""The phones on the three desks of the test office, and the customer behind the modem."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.running_office import CUSTOMER, PASSWORD, RunningOffice
from tests.sip.linphones import Linphone, linphone
from tests.sip.phones import Baresip, baresip

CUSTOMER_HZ, ANNA_HZ, BORIS_HZ, DACE_HZ = 700.0, 440.0, 550.0, 330.0
"""Whose voice is which tone."""


class Desks(NamedTuple):
    """Anna and Boris have a baresip each, over UDP and TCP; Dace has a linphone that sends its keys as SIP INFO."""

    anna: Baresip
    boris: Baresip
    dace: Linphone


@asynccontextmanager
async def desks(office: RunningOffice, folder: Path) -> AsyncIterator[Desks]:
    port = office.layout.sip_port
    async with (
        baresip(folder, "201", PASSWORD, port, hums=ANNA_HZ, apps=["mwi"]) as anna,
        baresip(folder, "202", PASSWORD, port, hums=BORIS_HZ, transport="tcp") as boris,
        linphone(folder, "203", PASSWORD, port, hums=DACE_HZ, dtmf="info") as dace,
    ):
        await office.until_ready("201", "202", "203")
        yield Desks(anna, boris, dace)


async def customer_calls(office: RunningOffice, recording: Path | None = None) -> None:
    await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
    if recording is not None:
        await office.modem(modem_control.Record(path=str(recording)))
    await office.modem(modem_control.CallIn(number=CUSTOMER))


async def customer_is_gone(office: RunningOffice) -> None:
    await office.until_modem(lambda modem: modem.status.call is CallState.NONE, "the call to end")
    await office.until(lambda now: not now.calls and now.lines[0].state == "ready", "the office at rest")
