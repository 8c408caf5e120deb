"""Appointments are kept, and each time only once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import trio

from appliance.calls.ports import Appointment
from appliance.store.appointments import StoredAppointments
from appliance.store.writer import Writer

NINE = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Riga"))
MINE = Appointment(calendar="doctor", starts_at=NINE, number="+37129999999", name="Liga")
THEIRS = msgspec.structs.replace(MINE, number="+37120000001", name="")


def test_of_many_callers_who_choose_a_time_at_once_one_gets_it(tmp_path: Path) -> None:
    got: list[str] = []

    async def all_at_once() -> None:
        async def choose(number: str) -> None:
            if await appointments.book(msgspec.structs.replace(MINE, number=number)):
                got.append(number)

        async with trio.open_nursery() as nursery:
            for number in range(20):
                nursery.start_soon(choose, str(number))

    with Writer(tmp_path / "records.sqlite") as writer:
        appointments = StoredAppointments(writer)
        trio.run(all_at_once)
        (kept,) = trio.run(appointments.booked, "doctor", NINE)
    assert got == [kept.number]


def test_what_is_booked_is_there_after_a_restart_and_free_when_cancelled(tmp_path: Path) -> None:
    async def book() -> None:
        assert await StoredAppointments(writer).book(MINE)
        assert not await StoredAppointments(writer).book(THEIRS)
        assert await StoredAppointments(writer).book(msgspec.structs.replace(THEIRS, calendar="dentist"))

    async def look() -> None:
        appointments = StoredAppointments(writer)
        assert await appointments.booked("doctor", NINE - timedelta(days=1)) == [
            msgspec.structs.replace(MINE, starts_at=NINE.astimezone(UTC))
        ]
        assert await appointments.booked("doctor", NINE + timedelta(minutes=30)) == []
        await appointments.cancel(MINE)
        await appointments.cancel(MINE)
        assert await appointments.book(THEIRS)

    with Writer(tmp_path / "records.sqlite") as writer:
        trio.run(book)
    with Writer(tmp_path / "records.sqlite") as writer:
        trio.run(look)


def test_what_overlaps_is_not_booked_and_what_begins_at_the_end_is(tmp_path: Path) -> None:
    async def book() -> list[bool]:
        appointments = StoredAppointments(writer)
        hour = msgspec.structs.replace(MINE, minutes=60)
        tries = [(hour, 0), (MINE, 30), (MINE, -15), (MINE, 60), (MINE, -30), (hour, -45)]
        done = [
            await appointments.book(msgspec.structs.replace(one, starts_at=NINE + timedelta(minutes=later)))
            for one, later in tries
        ]
        assert [kept.minutes for kept in await appointments.booked(None, NINE)] == [60, 30]
        return done

    with Writer(tmp_path / "records.sqlite") as writer:
        assert trio.run(book) == [True, False, False, True, True, False]
