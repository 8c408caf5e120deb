"""A SIP door station, played by a baresip, through the running office: it rings, speaks, and fires its own relay."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

from tests.scenarios.running_office import PASSWORD, RunningOffice, records
from tests.sip.phones import Baresip, baresip, poll

pytestmark = pytest.mark.real

VISITOR_HZ, ANNA_HZ = 700.0, 440.0
STATION = """\
    pins: station
    station:
      account: panel
      make: 2n
      password: a-password-for-tests
      relay: {by: RELAY, opening_code: '00'}
"""


async def keys_heard(panel: Baresip, count: int) -> str:
    """What the station was told, key by key."""
    keys = ""
    while len(keys) < count:
        keys += (await panel.until("CALL_DTMF_START"))["param"]
    return keys


@pytest.mark.parametrize(("by", "dtmf"), [("dtmf", "rtpevent"), ("info", "info")])
async def test_a_station_rings_is_heard_and_is_told_to_open(
    office: RunningOffice, tmp_path: Path, by: str, dtmf: str
) -> None:
    await office.change("doors:\n  front:\n", f"doors:\n  front:\n{STATION.replace('RELAY', by)}")
    port = office.layout.sip_port
    try:
        await office.until(lambda now: now.doors[0].station_registered is False, "the station to be missed")
        assert any("not registered" in trouble.cause for trouble in (await now(office)).troubles)
        async with (
            baresip(tmp_path, "panel", PASSWORD, port, hums=VISITOR_HZ, dtmf=dtmf) as panel,  # type: ignore[arg-type]
            baresip(tmp_path, "201", PASSWORD, port, hums=ANNA_HZ, traces=True) as anna,
        ):
            await office.until(lambda now: now.doors[0].station_registered is True, "the station to come")
            await office.until_ready("201")
            await panel.dial("1")
            await anna.until("CALL_INCOMING")
            trace = (anna.folder / "baresip.log").read_text(errors="replace")
            assert "info=door" in trace and 'From: "Front door"' in trace
            await panel.dial("1")
            await panel.until("CALL_CLOSED")
            await anna.accept()
            await anna.until_hears(VISITOR_HZ)
            await panel.until_hears(ANNA_HZ)
            await panel.press("5")
            await trio.sleep(1)
            await anna.press("5")
            assert await keys_heard(panel, 3) == "00*"
            await anna.hang_up()
            await office.until(lambda now: not now.calls, "the call to end")
        await poll(lambda: records(office.layout)[-1].cause is not None, "the record of the call")
        kinds = [type(told.fact).__name__ for told in records(office.layout)[-1].story]
        assert kinds.count("DoorAsked") == 1 and "RangAgain" in kinds
    finally:
        await office.undo()


async def now(office: RunningOffice):  # type: ignore[no-untyped-def]
    return await trio.to_thread.run_sync(office.status)
