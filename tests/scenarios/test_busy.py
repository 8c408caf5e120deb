"""A colleague who is on the phone, and the call back when she is free, with real phones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.desks import BORIS_HZ, DACE_HZ, desks
from tests.scenarios.running_office import RunningOffice
from tests.sip.linphones import RUNG

pytestmark = pytest.mark.real


async def test_whoever_wished_it_is_called_back_when_both_are_free(office: RunningOffice, tmp_path: Path) -> None:
    await office.change("name: Dace\n", "name: Dace\n    call_waiting: false\n")
    try:
        async with desks(office, tmp_path) as people:
            await people.dace.dial("*43")
            await people.dace.until_hears(DACE_HZ)
            await people.boris.dial("203")
            await office.until(lambda now: any(call.step == "offer_callback" for call in now.calls), "the offer")
            await people.boris.press("5")
            await people.boris.until("CALL_CLOSED", 15)
            await people.dace.hang_up()
            await people.boris.until("CALL_INCOMING")
            await people.boris.accept()
            await people.dace.until(RUNG)
            await people.dace.accept()
            await people.boris.until_hears(DACE_HZ)
            await people.dace.until_hears(BORIS_HZ)
            await people.boris.hang_up()
            await office.until(lambda now: not now.calls, "the call to end")
    finally:
        await office.undo()
