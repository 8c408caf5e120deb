"""The auto attendant's scripts: steps that ask the caller for digits, ask a web service, read back, and branch."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Model, Name, OutsideNumber, Seconds, ShownName
from appliance.config.models._hours import CalendarEvent
from appliance.config.models._menus import SpokenTexts

Target = str
"""Where a script goes on: `step:LABEL`, or a destination."""

Digits = Annotated[int, Meta(ge=1, le=32, description="a number of 1 to 32 digits")]
Url = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^\s{}/?#]+([/?#]\S*)?$", description='an address that begins with "http://" or "https://"'
    ),
]


class ScriptStep(Model, frozen=True, kw_only=True, tag_field="do"):
    """What all steps have. In texts and addresses `{name}` stands for a value that was collected or answered before,
    and `{caller}` is the caller's number. `{name:digits}` is read digit by digit, `{name:number}` as a number, and
    `{name:EUR}`, or USD, GBP, UAH, as an amount such as 12.50."""

    label: Name | None = None
    """What other steps call this one."""


class Say(ScriptStep, frozen=True, kw_only=True, tag="say"):
    """Say something."""

    text: SpokenTexts


class Collect(ScriptStep, frozen=True, kw_only=True, tag="collect"):
    """Ask for digits, which `#` or a pause ends."""

    text: SpokenTexts
    into: Name
    """What the digits are called from then on."""
    least: Digits = 1
    most: Digits = 12
    secret: bool = False
    """Such as a PIN: the story does not tell it."""
    otherwise: Target | None = None
    """Where who enters nothing that fits goes on; None: to the script's `then`."""


class Ask(ScriptStep, frozen=True, kw_only=True, tag="ask"):
    """Ask a web service, which answers with a JSON object."""

    url: Url
    send: tuple[Name, ...] = ()
    """Values to send as a JSON object (POST); without any the address is only fetched (GET)."""
    answers: tuple[Name, ...] = ()
    """What the answer must hold: its texts and numbers of these names become values."""
    seconds: Seconds = 5.0
    """How long the service may take; the caller hears music meanwhile."""
    failed: Target | None = None
    """Where it goes on, after an apology, when the service does not answer as it should; None: to `then`."""


class Confirm(ScriptStep, frozen=True, kw_only=True, tag="confirm"):
    """Ask yes or no: key 1 goes on, key 2 to `no`."""

    text: SpokenTexts
    """Should name the keys."""
    no: Target | None = None
    """None: to the script's `then`, as for who presses nothing."""


class Branch(ScriptStep, frozen=True, kw_only=True, tag="branch"):
    """Go on by a value."""

    value: Name
    cases: dict[str, Target]
    """By what the value is."""
    otherwise: Target | None = None
    """For any other value; None: the next step."""


class Go(ScriptStep, frozen=True, kw_only=True, tag="go"):
    """Go on elsewhere."""

    to: Target


class Rate(ScriptStep, frozen=True, kw_only=True, tag="rate"):
    """Ask the question of a survey."""

    survey: Name


class Book(ScriptStep, frozen=True, kw_only=True, tag="book"):
    """Offer the free times of a calendar and book one; who has one booked already may cancel it."""

    calendar: Name
    failed: Target | None = None
    """Where who books nothing goes on; None: to the script's `then`."""


AnyStep = Say | Collect | Ask | Confirm | Branch | Go | Rate | Book


class Script(Model, frozen=True, kw_only=True):
    """Steps that are taken one after another."""

    name: ShownName
    number: DialledNumber | None = None
    """What phones of the house dial for it; None: only destinations lead here."""
    steps: tuple[AnyStep, ...]
    then: str | None = None
    """Where the caller goes after the last step, and whenever one fails; None: to the default desk."""


class Calendar(Model, frozen=True, kw_only=True):
    """Times that callers can book, one caller each."""

    name: ShownName
    hours: Name
    """The opening hours that all of an appointment lies in; events of calendars imported there are busy times."""
    calendars: dict[Name, tuple[CalendarEvent, ...]] = {}
    """Busy times that were imported for this calendar alone, by where they came from; the next import of the same one
    replaces it."""
    minutes: Annotated[int, Meta(ge=5, le=480, description="minutes, 5 to 480")] = 30
    """How long one appointment is. They begin at multiples of it, counted from midnight."""
    notice_minutes: Annotated[int, Meta(ge=0, le=10080, description="minutes, 0 to 10080")] = 60
    """How long before its beginning an appointment can be booked at the latest."""
    days: Annotated[int, Meta(ge=1, le=60, description="days, 1 to 60")] = 14
    """How far ahead appointments can be booked."""
    alert: tuple[OutsideNumber, ...] = ()
    """Mobiles that get an SMS, such as "Doctor: + 2026-11-30 09:00, Liga Ozola"; with "-" for one that is cancelled."""


class Survey(Model, frozen=True, kw_only=True):
    """A question that is answered by a mark from 1, bad, to 5, good."""

    name: ShownName
    question: SpokenTexts
    """Should name the keys 1 to 5."""
    low: Annotated[int, Meta(ge=0, le=4, description="a mark, 0 to 4")] = 2
    """Marks up to this one are told to those of `alert` at once; 0: none is."""
    alert: tuple[OutsideNumber, ...] = ()
    """Mobiles that get an SMS about a low mark."""
