"""Recordings go when their days are over, once the time is known."""

from datetime import datetime, timedelta

import msgspec
import trio
import trio.testing

from appliance.config.models import TalkRecordings
from appliance.errors import PorterError
from appliance.services.retention import LOOK_SECONDS, forget_old_recordings
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office


async def moments(wall: datetime | None, keep_days: int | None, hours: int, *, fails: bool = False) -> list[datetime]:
    """Before which moments recordings are forgotten within some hours."""
    asked: list[datetime] = []

    async def forget(moment: datetime) -> int:
        asked.append(moment)
        if fails:
            raise PorterError("The disk is full.")
        return 1

    office = msgspec.structs.replace(small_office(), recordings=TalkRecordings(keep_days=keep_days))
    async with open_simulated_office(office, wall) as world:
        with trio.move_on_after(hours * LOOK_SECONDS - 1):
            await forget_old_recordings(world.office, forget)
    return asked


async def test_recordings_are_forgotten_when_their_days_are_over() -> None:
    month = timedelta(days=30)
    assert await moments(TUESDAY_NOON, 30, 2) == [TUESDAY_NOON - month, TUESDAY_NOON - month + timedelta(hours=1)]


async def test_a_store_that_cannot_is_asked_again() -> None:
    assert len(await moments(TUESDAY_NOON, 30, 3, fails=True)) == 3


async def test_nothing_is_forgotten_without_a_limit_or_a_clock() -> None:
    assert await moments(TUESDAY_NOON, None, 3) == [] and await moments(None, 30, 3) == []
