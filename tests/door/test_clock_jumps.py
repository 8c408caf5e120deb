"""The wall clock jumps by fifty years in the middle of a pulse (libfaketime, from Debian's package faketime)."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.control.door_messages import DoorLocked, Granted
from appliance.door import ledger
from appliance.office_layout import OfficeLayout
from tests.door.conftest import DoorProcess, by_digit, front

LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


@pytest.mark.real
@pytest.mark.skipif(LIBRARY is None, reason="needs Debian's package faketime")
@pytest.mark.parametrize("years", [-50, 50])
def test_a_jump_of_the_clock_leaves_the_pulse_as_long_as_it_was(door: DoorProcess, tmp_path: Path, years: int) -> None:
    jump = tmp_path / "jump"
    jump.write_text("+0y")
    door.environment |= {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(jump),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    door.start()
    door.apply(front(pulse_seconds=2.0), trust_clock=True)
    heard = door.hear()
    assert isinstance(door.client.ask(by_digit()), Granted)
    jump.write_text(f"{years:+}y")
    heard.next(DoorLocked)
    unlocked, locked = door.relay_trace()[-2:]
    assert locked.monotonic - unlocked.monotonic == pytest.approx(2.0, abs=0.1)
    assert isinstance(door.client.ask(by_digit()), Granted)
    heard.next(DoorLocked)
    before, after = ledger.read(OfficeLayout(door.folder).door_folder / "ledger.sqlite")
    assert before.at is not None
    assert "2026" <= before.at < "2076"
    assert after.at is None if years < 0 else after.at is not None and after.at >= "2076"
