"""Booking an appointment by telephone."""

from datetime import datetime, timedelta

import pytest
import trio

from appliance.calls.ports import Appointment, Moment
from appliance.calls.story import AppointmentBooked, AppointmentCancelled, AppointmentFailed
from appliance.config.models import Book, Calendar, Configuration, OpeningHours
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON
from tests.flows.test_everyday_calls import People, only_story, settle
from tests.flows.test_scripts import office
from tests.flows.test_unhappy_calls import phrases_heard

TWO = TUESDAY_NOON.replace(hour=14)
HALF_PAST_TWO = TWO + timedelta(minutes=30)


def booking_office(periods: str = "14:00-18:00") -> Configuration:
    """Callers who press 1 book a time of today; who books none talks to Dace."""
    return office(
        Book(calendar="doctor", failed="extension:203"),
        opening_hours={"doctor": OpeningHours(weekly={"tue": (periods,)})},
        calendars={"doctor": Calendar(name="Doctor", hours="doctor", days=1, alert=(MOBILE,))},
    )


async def wants_a_time(world: SimulatedOffice, number: str = CUSTOMER) -> FarEnd:
    """Somebody calls and chooses to book."""
    caller = world.switch.call_from_line(world.office, "gsm1", number)
    await settle()
    caller.press("1")
    await settle()
    return caller


def moments_heard(world: SimulatedOffice, far_end: FarEnd) -> list[datetime]:
    return [prompt.at for leg, prompt in world.sound.heard if leg == far_end.leg.id and isinstance(prompt, Moment)]


async def press(caller: FarEnd, *keys: str) -> None:
    for key in keys:
        caller.press(key)
        await settle()


async def test_a_time_is_offered_chosen_confirmed_and_kept() -> None:
    async with open_simulated_office(booking_office(), TUESDAY_NOON) as world:
        People(world)
        caller = await wants_a_time(world)
        assert moments_heard(world, caller) == [TWO, HALF_PAST_TWO, TWO.replace(hour=15)]
        await press(caller, "4")
        assert moments_heard(world, caller)[3:] == [TWO + timedelta(minutes=minutes) for minutes in (90, 120, 150)]
        # Key 2 chooses four o'clock, then refuses it; at the second time it is confirmed.
        await press(caller, "2", "2", "2", "1")
        four = TWO.replace(hour=16)
        kept = Appointment(calendar="doctor", starts_at=four, number=CUSTOMER)
        assert world.appointments.kept == {("doctor", four): kept}
        assert moments_heard(world, caller)[-1] == four
        assert world.outbox.queued == [(MOBILE, f"Doctor: + 2026-11-24 16:00, {CUSTOMER}")]
        await trio.sleep(5)
        caller.hang_up()
        await settle()
    assert AppointmentBooked("doctor", "2026-11-24 16:00") in only_story(world)


async def test_two_callers_who_choose_the_same_time_do_not_both_get_it() -> None:
    async with open_simulated_office(booking_office(), TUESDAY_NOON) as world:
        one, other = await wants_a_time(world), await wants_a_time(world, MOBILE)
        for caller in (one, other):
            caller.press("1")
        await settle()
        one.press("1")
        other.press("1")
        await settle()
        taken = [caller for caller in (one, other) if "appointment-taken" in phrases_heard(world, caller)]
        assert len(taken) == 1 and len(world.appointments.kept) == 1
        await trio.sleep(2.1)
        assert moments_heard(world, taken[0])[-3] == HALF_PAST_TWO, "what is taken is not offered again"
        await press(taken[0], "1", "1")
        assert sorted(at for _, at in world.appointments.kept) == [TWO, HALF_PAST_TWO]
        one.hang_up()
        other.hang_up()


@pytest.mark.parametrize(("key", "is_kept"), [("1", True), ("2", False), ("", True), ("9", True)])
async def test_who_has_one_may_cancel_it_by_the_number_he_calls_from(key: str, is_kept: bool) -> None:
    async with open_simulated_office(booking_office(), TUESDAY_NOON) as world:
        People(world)
        await world.appointments.book(Appointment(calendar="doctor", starts_at=TWO, number=CUSTOMER))
        await world.appointments.book(Appointment(calendar="doctor", starts_at=HALF_PAST_TWO, number=MOBILE))
        caller = await wants_a_time(world)
        assert phrases_heard(world, caller)[-2:] == ["you-have-an-appointment", "appointment-keep-or-cancel"]
        caller.press(key)
        await trio.sleep(20)
        assert (("doctor", TWO) in world.appointments.kept) is is_kept
        assert ("doctor", HALF_PAST_TWO) in world.appointments.kept, "another caller's"
        told = [] if is_kept else [(MOBILE, f"Doctor: - 2026-11-24 14:00, {CUSTOMER}")]
        assert world.outbox.queued == told
        caller.hang_up()
        await settle()
    assert (AppointmentCancelled("doctor", "2026-11-24 14:00") in only_story(world)) is not is_kept


async def test_who_shows_no_number_books_but_is_told_of_nothing() -> None:
    async with open_simulated_office(booking_office(), TUESDAY_NOON) as world:
        await world.appointments.book(Appointment(calendar="doctor", starts_at=TWO, number=""))
        caller = await wants_a_time(world, "")
        assert moments_heard(world, caller)[0] == HALF_PAST_TWO
        caller.hang_up()


@pytest.mark.parametrize(
    ("periods", "wall", "keys", "why"),
    [
        ("09:00-10:00", TUESDAY_NOON, "", "none free"),
        ("14:00-14:20", TUESDAY_NOON, "", "none free"),
        ("14:00-18:00", None, "", "clock"),
        ("14:00-18:00", TUESDAY_NOON, "", "none chosen"),
        ("14:00-15:00", TUESDAY_NOON, "4", "none free"),
        ("14:00-18:00", TUESDAY_NOON, "12121212121212", "none chosen"),
    ],
)
async def test_who_cannot_book_talks_to_somebody(periods: str, wall: datetime | None, keys: str, why: str) -> None:
    async with open_simulated_office(booking_office(periods), wall) as world:
        people = People(world)
        caller = await wants_a_time(world)
        await press(caller, *keys)
        await people.phone("203")
        assert phrases_heard(world, caller)[-1] == "no-appointment"
        caller.hang_up()
        await settle()
    assert AppointmentFailed("doctor", why) in only_story(world)


@pytest.mark.parametrize("moment", [0.0, 1.0, 2.0, 5.0, 9.0])
@pytest.mark.parametrize("keys", ["", "1", "11", "4"])
async def test_a_caller_may_hang_up_at_any_moment_of_booking(keys: str, moment: float) -> None:
    async with open_simulated_office(booking_office(), TUESDAY_NOON) as world:
        People(world)
        caller = await wants_a_time(world)
        await press(caller, *keys)
        await trio.sleep(moment)
        caller.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.office.calls
        assert len(world.appointments.kept) == (keys == "11"), "booked is booked, also for who hangs up at once"
