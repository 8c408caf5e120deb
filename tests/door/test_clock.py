"""When the door believes the wall clock."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from appliance.door import clock
from appliance.door.clock import DoorClock


def test_a_trusted_clock_tells_the_time_of_the_offices_zone() -> None:
    wall = DoorClock("Europe/Riga", trusted=True).now().wall
    assert wall is not None
    assert wall.utcoffset() in (timedelta(hours=2), timedelta(hours=3))
    assert abs(wall.timestamp() - time.time()) < 5


@pytest.mark.parametrize(("synchronised", "hardware"), [(False, False), (True, False), (False, True)])
def test_a_clock_is_believed_when_something_vouches_for_it(
    monkeypatch: pytest.MonkeyPatch, synchronised: bool, hardware: bool
) -> None:
    monkeypatch.setattr(clock, "is_synchronised", lambda: synchronised)
    monkeypatch.setattr(clock, "has_hardware_clock", lambda: hardware)
    assert (DoorClock().now().wall is not None) is (synchronised or hardware)


def test_the_machines_own_zone_is_used_when_none_is_named() -> None:
    wall = DoorClock(trusted=True).now().wall
    assert wall is not None
    assert wall.tzinfo is not None


def test_asking_the_kernel_never_fails() -> None:
    assert clock.is_synchronised() in (True, False)
    assert clock.has_hardware_clock() in (True, False)
    assert len(clock.boot_id()) == 36
