"""Booking an appointment by telephone: free times are offered, one is chosen, confirmed and kept.

Who has booked one already may cancel it."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from datetime import datetime

import trio

from appliance.calls.call import Call
from appliance.calls.ports import Appointment, Moment, Phrase, Prompt, SpelledDigits
from appliance.calls.story import AppointmentBooked, AppointmentCancelled, AppointmentFailed
from appliance.errors import PorterError
from appliance.flows.alerts import alert
from appliance.flows.questions import DIGITS, key_after
from appliance.routing.appointments import free_times
from appliance.routing.hours_notation import Span

log = logging.getLogger(__name__)

OFFERED = 3
"""Times read out together, by the keys 1 to 3."""

LATER = "4"

MOST_OFFERS = 5
"""Rounds of offers; who wants none of these talks to a person."""

YES, NO = "1", "2"

TRIES = 2


async def book(call: Call, calendar: str) -> bool:
    """Whether the caller leaves with his appointment settled; False: nothing was booked, and somebody should help."""
    now = call.home.ports.clock.wall()
    try:
        if now is None:
            return await _failed(call, calendar, "clock")
        if (own := await _own(call, calendar, now)) is not None:
            return await _keep_or_cancel(call, own)
        return await _choose(call, calendar, now)
    except PorterError as error:
        log.error("call %s: no appointment in %s: %s", call.id, calendar, error)
        return await _failed(call, calendar, "store")


async def _own(call: Call, calendar: str, now: datetime) -> Appointment | None:
    """What is booked by the caller's number; who shows none cannot be known."""
    number = call.principal.party.number
    booked = await call.home.ports.appointments.booked(calendar, now) if number else ()
    return next((kept for kept in booked if kept.number == number and kept.starts_at >= now), None)


async def _keep_or_cancel(call: Call, own: Appointment) -> bool:
    """Tell the caller of the appointment he has; key 2 gives it back."""
    language = call.language
    question = (Phrase("you-have-an-appointment", language), _moment(call, own.starts_at))
    if await key_after(call, DIGITS, *question, Phrase("appointment-keep-or-cancel", language)) == NO:
        with trio.CancelScope(shield=True):
            await call.home.ports.appointments.cancel(own)
            call.tell(AppointmentCancelled(calendar=own.calendar, at=_told(call, own.starts_at)))
            await _tell_house(call, "-", own)
        await _say(call, Phrase("appointment-cancelled", language))
    return True


async def _choose(call: Call, name: str, now: datetime) -> bool:
    settings = call.home.configuration
    calendar = settings.calendars.get(name)
    hours = settings.opening_hours.get(calendar.hours) if calendar is not None else None
    if calendar is None or hours is None:
        return await _failed(call, name, "none free")
    skip = 0
    for _ in range(MOST_OFFERS):
        booked = await call.home.ports.appointments.booked(name, now)
        taken = [Span(kept.starts_at, kept.ends_at) for kept in booked]
        free = free_times(calendar, hours, settings.timezone, now, taken)
        offered = list(itertools.islice(free, skip, skip + OFFERED))
        if not offered:
            return await _failed(call, name, "none free")
        match await _offer(call, offered):
            case None:
                return await _failed(call, name, "none chosen")
            case 0:
                skip += OFFERED
            case chosen if await _is_booked(call, name, offered[chosen - 1], calendar.minutes):
                return True
    return await _failed(call, name, "none chosen")


async def _offer(call: Call, offered: Sequence[datetime]) -> int | None:
    """Which of the times is chosen, counted from 1; 0 for later ones, None for nothing."""
    language = call.language
    question: list[Prompt] = []
    for at, begins in enumerate(offered, 1):
        question += [_moment(call, begins), Phrase("press-for-this-time", language), SpelledDigits(str(at), language)]
    question.append(Phrase("press-four-for-later", language))
    keys = "".join(str(at) for at in range(1, len(offered) + 1)) + LATER
    for _ in range(TRIES):
        if key := await key_after(call, keys, *question):
            call.person_decided()
            return 0 if key == LATER else int(key)
    return None


async def _is_booked(call: Call, name: str, begins: datetime, minutes: int) -> bool:
    """Let the caller confirm, and book; False when he does not, or somebody was quicker."""
    language = call.language
    question = (_moment(call, begins), Phrase("appointment-confirm", language))
    if await key_after(call, YES + NO, *question) != YES:
        return False
    party = call.principal.party
    wanted = Appointment(calendar=name, starts_at=begins, number=party.number, name=party.name, minutes=minutes)
    # Who hangs up in this very moment has booked all the same, and the house learns of it.
    with trio.CancelScope(shield=True):
        if is_booked := await call.home.ports.appointments.book(wanted):
            call.tell(AppointmentBooked(calendar=name, at=_told(call, begins)))
            await _tell_house(call, "+", wanted)
    if not is_booked:
        call.tell(AppointmentFailed(calendar=name, why="taken"))
        await _say(call, Phrase("appointment-taken", language))
        return False
    await _say(call, Phrase("appointment-booked", language), _moment(call, begins))
    return True


async def _tell_house(call: Call, sign: str, appointment: Appointment) -> None:
    calendar = call.home.configuration.calendars.get(appointment.calendar)
    if calendar is not None:
        who = appointment.name or appointment.number or "?"
        await alert(call, calendar.alert, f"{calendar.name}: {sign} {_told(call, appointment.starts_at)}, {who}")


async def _failed(call: Call, calendar: str, why: str) -> bool:
    call.tell(AppointmentFailed(calendar=calendar, why=why))
    await _say(call, Phrase("no-appointment", call.language))
    return False


def _moment(call: Call, at: datetime) -> Moment:
    return Moment(_local(call, at), call.home.ports.clock.wall(), call.language)


def _told(call: Call, at: datetime) -> str:
    return _local(call, at).isoformat(" ", "minutes")[:16]


def _local(call: Call, at: datetime) -> datetime:
    """In the office's zone, as the clock of the house has it."""
    now = call.home.ports.clock.wall()
    return at.astimezone(None if now is None else now.tzinfo)


async def _say(call: Call, *prompts: Prompt) -> None:
    with call.play(call.principal, *prompts) as saying:
        await saying.finished.wait()
