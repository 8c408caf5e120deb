"""What callers booked, how they are marked and what they answered, as the page and the command line ask for it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from appliance.calls.ports import Appointment
from appliance.calls.record import CallRecord
from appliance.calls.story import CustomerNumberAsked, KeyAsked, NameAsked, NotRated, Rated
from appliance.config.models import Configuration
from appliance.control.caller_messages import (
    AnswersListed,
    AppointmentsListed,
    BookAppointment,
    BookedTime,
    CallerAnswer,
    CallerRequest,
    CallerResult,
    CancelAppointment,
    ListAnswers,
    ListAppointments,
    ListMarks,
    MarksListed,
    SetMark,
    ShownMark,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Done, Fault
from appliance.errors import PorterError
from appliance.office import Office
from appliance.routing.marks import marked, marks

log = logging.getLogger(__name__)

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when appointments are listed while nobody knows the time."""

LatestCalls = Callable[[], Awaitable[Sequence[CallRecord]]]
"""The records of the latest calls from outside, newest first."""

Change = Callable[..., Awaitable[Any]]
"""`ConfigurationDesk.change`."""


class CallerDesk:
    """Carries out what is asked about the callers of an office."""

    def __init__(self, office: Office, change: Change, latest_calls: LatestCalls) -> None:
        self._office = office
        self._change = change
        self._latest_calls = latest_calls

    async def handle(self, request: CallerRequest) -> Done | CallerResult:
        """Raises `PorterError` with the reason when it cannot be carried out."""
        match request:
            case ListAppointments():
                return AppointmentsListed(tuple([self._shown(kept) for kept in await self._booked()]))
            case CancelAppointment():
                return await self._cancel(request)
            case BookAppointment():
                await self._book(request)
            case ListMarks():
                found = marks(self._office.configuration)
                return MarksListed(
                    tuple(
                        ShownMark(kind=kind, who=who, name=name, numbers=numbers) for kind, who, name, numbers in found
                    )
                )
            case SetMark(kind=kind, who=who, on=on, by=by):
                await self._change(partial(_marked, kind=kind, who=who, on=on), by=by)
            case ListAnswers():
                records = await self._latest_calls()
                return AnswersListed(tuple(answer for record in records for answer in answers_in(record)))
        return Done()

    async def _booked(self) -> Sequence[Appointment]:
        now = self._office.ports.clock.wall()
        return await self._office.ports.appointments.booked(None, now or _LONG_AGO)

    async def _cancel(self, request: CancelAppointment) -> AppointmentsListed:
        wanted = (request.calendar, request.starts_at)
        booked = await self._office.ports.appointments.booked(request.calendar, request.starts_at)
        found = next((kept for kept in booked if (kept.calendar, kept.starts_at) == wanted), None)
        if found is None:
            raise RequestFailed(Fault("no_such_appointment", "That time is not booked.", ""))
        await self._office.ports.appointments.cancel(found)
        log.info("appointment %s of %s was cancelled by %s", found.starts_at, found.calendar, request.by)
        await self._tell_house("-", found)
        return AppointmentsListed((self._shown(found),))

    async def _book(self, request: BookAppointment) -> None:
        calendar = self._office.configuration.calendars.get(request.calendar)
        if calendar is None:
            raise RequestFailed(Fault("no_such_calendar", f'There is no calendar "{request.calendar}".', ""))
        wanted = Appointment(
            calendar=request.calendar,
            starts_at=request.starts_at,
            number=request.number,
            name=request.name,
            minutes=request.minutes or calendar.minutes,
        )
        if not await self._office.ports.appointments.book(wanted):
            raise RequestFailed(Fault("taken", "Somebody else has booked that time meanwhile.", ""))
        log.info("appointment %s of %s was booked by %s", wanted.starts_at, wanted.calendar, request.by)
        await self._tell_house("+", wanted)

    async def _tell_house(self, sign: str, appointment: Appointment) -> None:
        """Those who hear of bookings by telephone hear of these, too."""
        shown = self._shown(appointment)
        calendar = self._office.configuration.calendars.get(appointment.calendar)
        who = shown.name or shown.number or "?"
        text = f"{shown.calendar_name}: {sign} {self._local(appointment):%Y-%m-%d %H:%M}, {who}"
        for number in () if calendar is None else calendar.alert:
            try:
                await self._office.ports.outbox.send_sms(number, text)
            except PorterError as error:
                log.error("%s is not told by SMS: %s", number, error)

    def _local(self, appointment: Appointment) -> datetime:
        return appointment.starts_at.astimezone(ZoneInfo(self._office.configuration.timezone))

    def _shown(self, appointment: Appointment) -> BookedTime:
        configuration = self._office.configuration
        calendar = configuration.calendars.get(appointment.calendar)
        return BookedTime(
            calendar=appointment.calendar,
            calendar_name=appointment.calendar if calendar is None else calendar.name,
            starts_at=self._local(appointment).isoformat(timespec="minutes"),
            minutes=appointment.minutes,
            number=appointment.number,
            name=appointment.name,
        )


def _marked(configuration: Configuration, *, kind: str, who: str, on: bool) -> Configuration:
    return marked(configuration, kind, who, on=on)


def answers_in(record: CallRecord) -> Iterator[CallerAnswer]:
    """What the caller of one call was asked, and answered."""
    for told in record.story:
        match told.fact:
            case KeyAsked(passed=passed):
                asked, answer = "key", "yes" if passed else "no"
            case NameAsked(given=given):
                asked, answer = "name", "yes" if given else "no"
            case CustomerNumberAsked(number=number):
                asked, answer = "customer_number", number
            case Rated(survey=survey, mark=mark):
                asked, answer = "mark", f"{mark} ({survey})"
            case NotRated():
                asked, answer = "mark", ""
            case _:
                continue
        yield CallerAnswer(
            call=record.id,
            at=record.began_at,
            number=record.caller.number,
            name=record.caller.name,
            asked=asked,
            answer=answer,
        )
