"""What flows ask beside people: web services, calendars, an engine that understands speech."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec


class Enquired(msgspec.Struct, frozen=True):
    """What a web service answered."""

    values: Mapping[str, str] = {}
    """The texts and numbers of the JSON object it answered with, by name."""
    fault: str = ""
    """Why there is no answer: "unreachable", "too slow", "refused", "too large" or "no JSON object"; "" when there
    is one."""
    was_asked: bool = True
    """False in an explanation: nobody asked, and `fault` is what is assumed; the values are not known."""


class WebServices(Protocol):
    """Services of the customer's own, asked by HTTP on behalf of callers."""

    async def ask(self, url: str, *, send: Mapping[str, str], seconds: float) -> Enquired:
        """Ask once. Whatever goes wrong is a fault of the answer, never an exception.

        Args:
            send: What is sent as a JSON object (POST); nothing: the address is only fetched (GET).
            seconds: How long all of it may take.
        """
        ...


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """A time of a calendar that is booked."""

    calendar: str
    starts_at: datetime
    """With its zone."""
    number: str
    """The caller's; "" when withheld."""
    name: str = ""
    minutes: int = 30
    """How long it is, whatever the calendar says by now."""

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Appointments(Protocol):
    """What is booked. Raises `PorterError` when the store cannot be read or written."""

    async def booked(self, calendar: str | None, since: datetime) -> Sequence[Appointment]:
        """The appointments of a calendar, None: of all, that begin at an instant or later, or still last; in order."""
        ...

    async def book(self, appointment: Appointment) -> bool:
        """Book a time, durably; False when somebody else has it, or a part of it, already."""
        ...

    async def cancel(self, appointment: Appointment) -> None:
        """Give a time back, durably; one that is not booked is no fault."""
        ...


class Recogniser(Protocol):
    """An engine that understands speech without asking anybody outside of the house."""

    def understands(self, language: str) -> bool:
        """Whether it and its model of a language (ISO 639-1) are installed."""
        ...

    async def which(self, path: str, choices: Sequence[str], language: str) -> str | None:
        """Which of some words is said in a WAV file; None: none of them, or the engine failed, which is logged."""
        ...
