"""What the office believes of the time where nothing of its own vouches for it."""

from datetime import UTC, datetime, timedelta

import pytest
import trio
import trio.testing

import appliance.house_clock
from appliance.house_clock import HouseClock

NETWORK = datetime(2026, 11, 28, 0, 17, 51, tzinfo=UTC)


@pytest.fixture
def unsure(monkeypatch: pytest.MonkeyPatch) -> HouseClock:
    """On a machine without a time server and without a clock of its own."""
    monkeypatch.setattr(appliance.house_clock, "is_synchronised", lambda: False)
    monkeypatch.setattr(appliance.house_clock, "has_hardware_clock", lambda: False)
    return HouseClock()


def test_network_is_believed_where_nothing_better_is_there_and_its_time_goes_on(unsure: HouseClock) -> None:
    async def day() -> None:
        assert unsure.wall() is None
        unsure.network_said(NETWORK)
        await trio.sleep(90)
        unsure.use_zone("Europe/Riga")
        now = unsure.wall()
        assert now == NETWORK + timedelta(seconds=90)
        assert now is not None and now.utcoffset() == timedelta(hours=2)

    trio.run(day, clock=trio.testing.MockClock(autojump_threshold=0))


def test_time_that_cannot_be_is_not_believed(unsure: HouseClock) -> None:
    async def day() -> None:
        unsure.network_said(datetime(2004, 1, 1, tzinfo=UTC))
        assert unsure.wall() is None

    trio.run(day)
