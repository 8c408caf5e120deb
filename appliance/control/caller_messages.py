"""What can be asked about callers: what they booked, how they are marked, what they answered; and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.control.messages import Ask, Done

Instant = Annotated[datetime, Meta(tz=True)]


class ListAppointments(Ask["AppointmentsListed"], frozen=True, tag="list_appointments"):
    """What is booked from now on, in order."""


class BookedTime(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment."""

    calendar: str
    calendar_name: str
    starts_at: str
    """ISO 8601 by the office's clock."""
    minutes: int
    number: str
    """Who booked it; "" when withheld."""
    name: str


class AppointmentsListed(msgspec.Struct, frozen=True, tag="appointments_listed"):
    """They are there."""

    appointments: tuple[BookedTime, ...]


class CancelAppointment(Ask["AppointmentsListed"], frozen=True, kw_only=True, tag="cancel_appointment"):
    """Give a time back; answered with it, so that it can be booked again. Refused when it is not booked."""

    calendar: str
    starts_at: Instant
    by: str


class BookAppointment(Ask[Done], frozen=True, kw_only=True, tag="book_appointment"):
    """Book a time for somebody, or again; refused when it is taken, or there is no such calendar."""

    calendar: str
    starts_at: Instant
    number: str
    name: str = ""
    minutes: int | None = None
    """None: as long as the calendar's are."""
    by: str


class ListMarks(Ask["MarksListed"], frozen=True, tag="list_marks"):
    """Every caller or pattern that is marked."""


class ShownMark(msgspec.Struct, frozen=True, kw_only=True):
    """One mark."""

    kind: str
    """"blocked", "allowed", "spam", "night" or "vip"."""
    who: str
    """A pattern of `screening`, or `contact:KEY`."""
    name: str
    """The contact's; "" for a pattern."""
    numbers: tuple[str, ...]
    """The contact's; the pattern itself otherwise."""


class MarksListed(msgspec.Struct, frozen=True, tag="marks_listed"):
    """They are there."""

    marks: tuple[ShownMark, ...]


class SetMark(Ask[Done], frozen=True, kw_only=True, tag="set_mark"):
    """Mark a caller, or take the mark off; refused when there is no such mark, or nobody it could be on."""

    kind: str
    who: str
    """As in `ShownMark`; for "vip" also a number of a contact."""
    on: bool
    by: str


class ListAnswers(Ask["AnswersListed"], frozen=True, tag="list_answers"):
    """What callers from outside were asked lately and what they answered, newest first."""


class CallerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of one call."""

    call: str
    at: datetime | None
    """When the call began; None when the clock was not set."""
    number: str
    name: str
    asked: str
    """"key", "name", "customer_number" or "mark"."""
    answer: str
    """"yes" or "no" for a key and a name; the number; the mark with its survey. "" for none."""


class AnswersListed(msgspec.Struct, frozen=True, tag="answers_listed"):
    """They are there."""

    answers: tuple[CallerAnswer, ...]


CallerRequest = ListAppointments | CancelAppointment | BookAppointment | ListMarks | SetMark | ListAnswers
CallerResult = AppointmentsListed | MarksListed | AnswersListed
