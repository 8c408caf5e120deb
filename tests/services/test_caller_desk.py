"""What callers booked, how they are marked and what they answered, as the page and the command line ask for it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest

from appliance.calls.names import CallId, Party, PartyKind
from appliance.calls.ports import Appointment
from appliance.calls.record import CallRecord, ToldFact
from appliance.calls.story import CustomerNumberAsked, KeyAsked, NameAsked, NotRated, Rated, StepBegan
from appliance.config.models import Screening
from appliance.control.caller_messages import (
    AnswersListed,
    AppointmentsListed,
    BookAppointment,
    CancelAppointment,
    ListAnswers,
    ListAppointments,
    ListMarks,
    MarksListed,
    SetMark,
)
from appliance.control.faults import RequestFailed
from appliance.errors import PorterError
from appliance.services.caller_desk import CallerDesk
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON
from tests.flows.test_appointments import HALF_PAST_TWO, TWO, booking_office

OURS = Appointment(calendar="doctor", starts_at=TWO, number=CUSTOMER, name="Liga")


@asynccontextmanager
async def a_desk(records: Sequence[CallRecord] = ()) -> AsyncIterator[tuple[CallerDesk, SimulatedOffice]]:
    async def latest() -> Sequence[CallRecord]:
        return records

    office = msgspec.structs.replace(booking_office(), screening=Screening(blocked=(CUSTOMER,)))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        await world.appointments.book(OURS)
        yield CallerDesk(world.office, world.office.change_settings, latest), world


async def times(desk: CallerDesk) -> list[str]:
    listed = await desk.handle(ListAppointments())
    assert isinstance(listed, AppointmentsListed)
    return [f"{one.calendar_name} {one.starts_at[11:16]} {one.minutes} {one.name}" for one in listed.appointments]


async def test_what_is_booked_is_listed_cancelled_and_booked_again() -> None:
    async with a_desk() as (desk, world):
        assert await times(desk) == ["Doctor 14:00 30 Liga"]
        freed = await desk.handle(CancelAppointment(calendar="doctor", starts_at=TWO, by="test"))
        assert isinstance(freed, AppointmentsListed)
        assert (await times(desk), freed.appointments[0].number) == ([], CUSTOMER)
        await desk.handle(
            BookAppointment(calendar="doctor", starts_at=TWO, number=CUSTOMER, name="Liga", minutes=30, by="test")
        )
        assert await times(desk) == ["Doctor 14:00 30 Liga"]
        assert world.outbox.queued == [
            (MOBILE, "Doctor: - 2026-11-24 14:00, Liga"),
            (MOBILE, "Doctor: + 2026-11-24 14:00, Liga"),
        ]


async def test_what_is_over_is_listed_no_more_and_the_calendar_may_be_gone() -> None:
    async with a_desk() as (desk, world):
        early = msgspec.structs.replace(OURS, starts_at=TUESDAY_NOON - timedelta(minutes=30))
        gone = msgspec.structs.replace(OURS, starts_at=HALF_PAST_TWO, calendar="dentist")
        await world.appointments.book(early)
        await world.appointments.book(gone)
        assert await times(desk) == ["Doctor 14:00 30 Liga", "dentist 14:30 30 Liga"]
        await desk.handle(CancelAppointment(calendar="dentist", starts_at=HALF_PAST_TWO, by="test"))
        assert await times(desk) == ["Doctor 14:00 30 Liga"]


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        (CancelAppointment(calendar="doctor", starts_at=HALF_PAST_TWO, by="t"), "not booked"),
        (CancelAppointment(calendar="nobody", starts_at=TWO, by="t"), "not booked"),
        (BookAppointment(calendar="nobody", starts_at=TWO, number="", by="t"), 'no calendar "nobody"'),
        (BookAppointment(calendar="doctor", starts_at=TWO + timedelta(minutes=10), number="", by="t"), "Somebody else"),
        (SetMark(kind="blocked", who=MOBILE, on=False, by="t"), "not marked"),
        (SetMark(kind="vip", who=MOBILE, on=True, by="t"), "no contact"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_the_cause(
    request_: CancelAppointment | BookAppointment | SetMark, cause: str
) -> None:
    async with a_desk() as (desk, _):
        with pytest.raises((RequestFailed, PorterError), match=cause):
            await desk.handle(request_)
        assert await times(desk) == ["Doctor 14:00 30 Liga"]


async def test_a_mark_is_taken_off_and_put_back() -> None:
    async with a_desk() as (desk, world):
        before = await desk.handle(ListMarks())
        await desk.handle(SetMark(kind="blocked", who=CUSTOMER, on=False, by="test"))
        assert await desk.handle(ListMarks()) == MarksListed(())
        assert world.office.configuration.screening.blocked == ()
        await desk.handle(SetMark(kind="blocked", who=CUSTOMER, on=True, by="test"))
        assert await desk.handle(ListMarks()) == before != MarksListed(())


async def test_what_callers_answered_is_listed_with_their_calls() -> None:
    story = (
        *(StepBegan("challenge"), KeyAsked(True), NameAsked(False), CustomerNumberAsked("4711", "Liga")),
        *(CustomerNumberAsked(""), Rated("Satisfaction", 4), NotRated("Satisfaction")),
    )
    record = CallRecord(
        id=CallId("7"),
        began_at=TUESDAY_NOON,
        caller=Party(kind=PartyKind.OUTSIDE, number=CUSTOMER, name="Liga", line="gsm1"),
        called="gsm1",
        answered_at=None,
        seconds=1.0,
        talk_seconds=0.0,
        cause=None,
        legs=(),
        story=tuple(ToldFact(at=0.0, fact=fact) for fact in story),
    )
    async with a_desk([record]) as (desk, _):
        listed = await desk.handle(ListAnswers())
        assert isinstance(listed, AnswersListed)
        assert {(one.call, one.number, one.name) for one in listed.answers} == {("7", CUSTOMER, "Liga")}
        assert [(one.asked, one.answer) for one in listed.answers] == [
            *(("key", "yes"), ("name", "no"), ("customer_number", "4711"), ("customer_number", "")),
            *(("mark", "4 (Satisfaction)"), ("mark", "")),
        ]
