"""Two offices on one machine, linked as branches: real phones in both, measured sound, the lines of the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.calls.story import CameTooFar
from hardware.simulators import modem_control
from tests.scenarios.desks import ANNA_HZ, BORIS_HZ, CUSTOMER_HZ
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, PASSWORD, RunningOffice, records, running_office
from tests.sip.phones import Baresip, baresip

pytestmark = pytest.mark.real

LINK = "a-password-between-offices"
GSM = '  gsm1: {kind: gsm, number: "+37160000000", simulated: true}\n'
RIGA = CONFIGURATION.replace(
    GSM,
    GSM
    + f"  liepaja: {{kind: sip, link: account, profile: porter, password: {LINK}, channels: 20,\n"
    + '            branch: {numbers: ["3xx"], may_dial: [mobile, national]}}\n',
)
LIEPAJA = """
schema: 1
name: Liepaja
country: LV
default_desk: extension:301
extensions:
  "301": {{name: Juris, phones: {{"301": {{password: {password}}}}}}}
outbound_routes:
  - {{name: Over Riga, lines: [riga]}}
lines:
  riga: {{kind: sip, profile: porter, server: "127.0.0.1:{port}", user: line-liepaja, password: {link}, channels: 20,
         branch: {{numbers: ["2xx"], may_dial: [mobile, national]}}}}
"""


class Offices(NamedTuple):
    riga: RunningOffice
    liepaja: RunningOffice


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    folder = tmp_path_factory.mktemp("offices")
    with running_office(folder / "riga", configuration=RIGA) as riga:
        text = LIEPAJA.format(port=riga.layout.sip_port, link=LINK, password=PASSWORD)
        with running_office(folder / "liepaja", configuration=text) as liepaja:
            yield Offices(riga, liepaja)


@asynccontextmanager
async def linked(offices: Offices, folder: Path) -> AsyncIterator[tuple[Baresip, Baresip]]:
    """Anna in Riga and Juris in Liepaja, with the link up."""
    async with (
        baresip(folder, "201", PASSWORD, offices.riga.layout.sip_port, hums=ANNA_HZ) as anna,
        baresip(folder, "301", PASSWORD, offices.liepaja.layout.sip_port, hums=BORIS_HZ) as juris,
    ):
        await anna.registered()
        await juris.registered()
        for office in offices:
            await office.until(lambda now: all(line.state == "ready" for line in now.lines), "the link", 20)
        yield anna, juris


async def test_colleagues_of_two_offices_call_each_other_and_see_names(offices: Offices, tmp_path: Path) -> None:
    async with linked(offices, tmp_path) as (anna, juris):
        for caller, called, number, name in ((juris, anna, "201", "Juris"), (anna, juris, "301", "Anna")):
            await caller.dial(number)
            came = await called.until("CALL_INCOMING")
            assert came["peerdisplayname"] == name
            await called.accept()
            await anna.until_hears(BORIS_HZ)
            await juris.until_hears(ANNA_HZ)
            await called.hang_up()
            await caller.until("CALL_CLOSED")
            for office in offices:
                await office.until(lambda now: not now.calls, "the call to end")
    last = await offices.liepaja.until_over()
    assert (last.caller.number, last.caller.name, last.called) == ("201", "Anna", "301")


@pytest.mark.long
async def test_a_number_that_is_nobodys_is_said_to_be_unknown(offices: Offices, tmp_path: Path) -> None:
    async with linked(offices, tmp_path) as (_, juris):
        await juris.dial("299")
        await juris.until("CALL_CLOSED", 20)
    assert (await offices.riga.until_over()).called == "299"


async def test_the_lines_of_the_other_office_are_used(offices: Offices, tmp_path: Path) -> None:
    async with linked(offices, tmp_path) as (_, juris):
        await offices.riga.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
        await juris.dial("29999999")
        await offices.riga.until_modem(lambda modem: modem.status.last_dialed == CUSTOMER, "Riga's modem to dial")
        await offices.riga.modem(modem_control.Answer())
        await juris.until_hears(CUSTOMER_HZ)
        await juris.hang_up()
        for office in offices:
            await office.until(lambda now: not now.calls, "the call to end")
        await offices.riga.until(lambda now: all(line.state == "ready" for line in now.lines), "the modem to rest")


@pytest.mark.long
async def test_a_circle_of_offices_ends(offices: Offices, tmp_path: Path) -> None:
    """Riga sends what it gets from Liepaja back there, and Liepaja to Riga."""
    await offices.riga.change("lines: [gsm1]", "lines: [liepaja]")
    try:
        async with linked(offices, tmp_path) as (_, juris):
            await juris.dial("29999999")
            await juris.until("CALL_CLOSED", 30)
            for office in offices:
                await office.until(lambda now: not now.calls, "all calls to end")
    finally:
        await offices.riga.undo()
    stories = [record.story for office in offices for record in records(office.layout)]
    assert sum(CameTooFar(offices=10) in [told.fact for told in story] for story in stories) == 1
