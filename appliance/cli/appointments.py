"""`porter appointments`: what callers have booked, cancelled and booked again, and when a calendar is busy."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appliance.cli.calendars import calendar_name, calendar_text
from appliance.cli.configuration import change_configuration, who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.config.calendar_files import read_calendar, with_busy_times
from appliance.config.loading import parse
from appliance.config.models import Configuration
from appliance.control.caller_messages import BookAppointment, BookedTime, CancelAppointment, ListAppointments
from appliance.control.controller_messages import ExportConfiguration
from appliance.errors import PorterError
from appliance.routing.hours import zone_of


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    appointments = commands.add_parser("appointments", parents=[common], help="what callers have booked")
    appointments.set_defaults(command=_appointments)
    actions = appointments.add_subparsers(metavar="ACTION")
    cancel = actions.add_parser("cancel", parents=[common], help="give a booked time back")
    cancel.set_defaults(command=_cancel)
    book = actions.add_parser("book", parents=[common], help="book a time for somebody, or again")
    book.set_defaults(command=_book)
    for action in (cancel, book):
        action.add_argument("calendar", metavar="CALENDAR")
        action.add_argument("at", metavar="WHEN", help='such as "2026-11-30 09:00"')
    book.add_argument("--number", default="", help="of who comes")
    book.add_argument("--name", default="", help="of who comes")
    take = actions.add_parser("import", parents=[common], help="times at which a calendar is busy")
    take.add_argument("calendar", metavar="CALENDAR")
    take.add_argument("file", metavar="FILE", help="an iCalendar (.ics) file")
    take.add_argument(
        "--source", help="what it is called here; it replaces what was imported under it (the file's name)"
    )
    take.add_argument("--dry-run", action="store_true", help="only say what would be busy")
    take.set_defaults(command=_import)


def _appointments(given: argparse.Namespace, output: Output) -> None:
    listed = controller(given).ask(ListAppointments())
    rows = [_booked_row(booked) for booked in listed.appointments]
    output.result(listed, table(rows, indent="") or "Nothing is booked.")


def _booked_row(booked: BookedTime) -> tuple[str, ...]:
    who_comes = " ".join(part for part in (booked.name, booked.number) if part) or "withheld"
    return (
        booked.calendar,
        f"{datetime.fromisoformat(booked.starts_at):%a %Y-%m-%d %H:%M}",
        f"{booked.minutes} min",
        who_comes,
    )


def _cancel(given: argparse.Namespace, output: Output) -> None:
    at = _moment(given)
    done = controller(given).ask(CancelAppointment(calendar=given.calendar, starts_at=at, by=who()))
    (freed,) = done.appointments
    undo = f'porter appointments book {freed.calendar} "{freed.starts_at}"'
    undo += f' --number "{freed.number}" --name "{freed.name}"'
    output.result(freed, f"{given.at} is free again; nobody has told the caller. Undo: {undo}")


def _book(given: argparse.Namespace, output: Output) -> None:
    request = BookAppointment(
        calendar=given.calendar, starts_at=_moment(given), number=given.number, name=given.name, by=who()
    )
    output.result(controller(given).ask(request), f"{given.at} is booked.")


def _moment(given: argparse.Namespace) -> datetime:
    """In the office's zone, unless it names another."""
    try:
        moment = datetime.fromisoformat(given.at)
    except ValueError as error:
        raise PorterError(f'"{given.at}" is no date and time.', 'Write it such as "2026-11-30 09:00".') from error
    if moment.tzinfo is not None:
        return moment
    configuration = parse(controller(given).ask(ExportConfiguration()).text)
    return moment.replace(tzinfo=ZoneInfo(configuration.timezone))


def _import(given: argparse.Namespace, output: Output) -> None:
    text, source = calendar_text(given.file), given.source or calendar_name(given.file)
    client = controller(given)
    zone = _zone(parse(client.ask(ExportConfiguration()).text), given.calendar)
    read = read_calendar(text, zone, datetime.now(zone).date())

    def with_events(configuration: Configuration) -> Configuration:
        return with_busy_times(configuration, given.calendar, source, read.events)

    change_configuration(client, with_events, dry_run=given.dry_run)
    busy = "Would be busy" if given.dry_run else "Busy"
    lines = [f"{busy} at {len(read.events)} times of {source}, until {read.until}."]
    lines += [f"  {event.when}  {event.name}".rstrip() for event in read.events]
    output.result({"calendar": given.calendar, "events": read.events, "until": read.until}, "\n".join(lines))


def _zone(configuration: Configuration, calendar: str) -> ZoneInfo:
    """Of the hours in which the appointments of a calendar lie."""
    settings = configuration.calendars.get(calendar)
    hours = None if settings is None else configuration.opening_hours.get(settings.hours)
    return ZoneInfo(configuration.timezone) if hours is None else zone_of(hours, configuration.timezone)
