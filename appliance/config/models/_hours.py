"""Opening hours."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import Model, Name


class CalendarEvent(Model, frozen=True, kw_only=True):
    """A time at which it is closed, from an imported calendar."""

    when: str
    """Whole days as in `OpeningHours.closed_dates`, or two instants with two dots between them, such as
    "2026-12-24T14:00+02:00..2026-12-24T18:00+02:00"; the second is the first at which it may be open again."""
    name: Annotated[str, Meta(max_length=200)] = ""


class OpeningHours(Model, frozen=True, kw_only=True):
    """When it is open. The hand goes before special days, those before all closed ones, and those before the week."""

    weekly: dict[str, tuple[str, ...]]
    """mon … sun to periods such as "09:00-13:00"; a day that is missing is closed."""
    timezone: str | None = None
    """IANA name of the zone these hours are meant in; None: the office's."""
    holidays: str | None = None
    """Where public holidays are closed: a country (ISO 3166-1, "LV") or a part of one (ISO 3166-2, "DE-BY"); None:
    they are days like others. None are known for Ukraine since 2022: write them in `closed_dates`."""
    closed_dates: tuple[str, ...] = ()
    """Closed all day: a date "2026-12-24", one of every year "12-24", or a range "2026-12-24..2027-01-02",
    "12-24..01-02" with both ends in it."""
    special: dict[str, tuple[str, ...]] = {}
    """Dates ("2026-12-31", or "12-31" of every year) to their own periods; without any it is closed. Nothing else
    closes it on such a day, but a night that has begun the day before goes on into its periods."""
    calendars: dict[Name, tuple[CalendarEvent, ...]] = {}
    """What was imported, by the calendar; the next import of the same one replaces it."""
    override: Literal["open", "closed"] | None = None
    """"open" or "closed" by hand; None: by the week."""
    override_until: str | None = None
    """When the hand lets go, such as "2026-11-30T09:00+02:00", without an offset in the zone of these hours; None: when
    somebody takes it back. While the clock is unknown it holds."""
