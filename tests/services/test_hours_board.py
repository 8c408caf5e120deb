"""What observers are shown of opening hours, and when they hear of a change that only time has made."""

from datetime import datetime

import msgspec
import trio

from appliance.control.controller_messages import LiveHours
from appliance.services.hours_board import HoursBoard, keep_hours_shown
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office


def shown(is_open: bool, changes_at: str) -> LiveHours:
    return LiveHours(name="office", is_open=is_open, why="week", cause="", until=None, changes_at=changes_at)


def test_without_a_clock_they_count_as_open_and_nobody_knows_what_comes() -> None:
    board, office = HoursBoard(), small_office()
    unknown = LiveHours(name="office", is_open=True, why="no_clock", cause="", until=None, changes_at=None)
    assert board.now(office, None) == (unknown,)
    assert board.now(office, TUESDAY_NOON) == (shown(True, "2026-11-24T18:00+02:00"),)
    assert board.now(office, None) == (unknown,)


def test_a_clock_that_is_put_back_and_a_new_configuration_are_seen() -> None:
    board, office = HoursBoard(), small_office()
    evening = TUESDAY_NOON.replace(hour=20)
    assert not board.now(office, evening)[0].is_open
    assert board.now(office, TUESDAY_NOON)[0].is_open
    hours = msgspec.structs.replace(office.opening_hours["office"], override="closed")
    closed = msgspec.structs.replace(office, opening_hours={"office": hours})
    assert board.now(closed, TUESDAY_NOON)[0].why == "hand"


async def test_observers_hear_of_closing_time_in_the_second_it_comes() -> None:
    before_six: datetime = TUESDAY_NOON.replace(hour=17, minute=58)
    async with open_simulated_office(small_office(), before_six) as world:
        board, heard = HoursBoard(), []

        def changed() -> None:
            heard.append(
                (trio.current_time() - began, board.now(world.office.configuration, world.office.ports.clock.wall()))
            )

        began = trio.current_time()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(keep_hours_shown, world.office, board, changed)
            await trio.sleep(600)
            nursery.cancel_scope.cancel()
        ((after, found),) = heard
        assert 120 <= after <= 121
        assert found == (shown(False, "2026-12-01T09:00+02:00"),)
