"""`porter hours`: whether the office is open and why, the switch by hand, and calendars taken in."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appliance.cli.calendars import calendar_name, calendar_text
from appliance.cli.configuration import APPLY_SECONDS, change_configuration, who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.config.calendar_files import read_calendar, with_calendar
from appliance.config.loading import parse
from appliance.control.controller_messages import ExportConfiguration, GetStatus, HoursSwitch, LiveHours, SwitchHours
from appliance.routing.hours import zone_of

_HELP = {
    HoursSwitch.OPEN: "open by hand, whatever the week says",
    HoursSwitch.CLOSED: "closed by hand, whatever the week says",
    HoursSwitch.AUTO: "open and closed by the week again",
}
_UNTIL = 'let go then: "2026-11-30 09:00", or "change" when the week opens or closes next (until "auto")'


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    hours = commands.add_parser("hours", parents=[common], help="opening hours: as they are now, and switched by hand")
    hours.set_defaults(command=_show)
    actions = hours.add_subparsers(metavar="ACTION")
    for to, text in _HELP.items():
        switch = actions.add_parser(to.value, parents=[common], help=text)
        switch.add_argument("name", nargs="?", metavar="NAME", help="which hours (all)")
        if to is not HoursSwitch.AUTO:
            switch.add_argument("--until", metavar="WHEN", help=_UNTIL)
        switch.set_defaults(command=_switch, to=to, until=None)
    take = actions.add_parser("import", parents=[common], help="be closed when a calendar has events")
    take.add_argument("name", metavar="NAME", help="of the opening hours")
    take.add_argument("file", metavar="FILE", help="an iCalendar (.ics) file")
    take.add_argument(
        "--calendar", help="what it is called here; it replaces what was imported under it (the file's name)"
    )
    take.add_argument("--dry-run", action="store_true", help="only say what would be closed")
    take.set_defaults(command=_import)


def _switch(given: argparse.Namespace, output: Output) -> None:
    request = SwitchHours(name=given.name, to=given.to, until=given.until, by=who())
    controller(given).ask(request, seconds=APPLY_SECONDS)
    _show(given, output)


def _import(given: argparse.Namespace, output: Output) -> None:
    client = controller(given)
    configuration = parse(client.ask(ExportConfiguration()).text)
    hours = configuration.opening_hours.get(given.name)
    zone = ZoneInfo(configuration.timezone) if hours is None else zone_of(hours, configuration.timezone)
    read = read_calendar(calendar_text(given.file), zone, datetime.now(zone).date())
    calendar = given.calendar or calendar_name(given.file)
    change_configuration(
        client, lambda current: with_calendar(current, given.name, calendar, read.events), dry_run=given.dry_run
    )
    closed = "Would be closed" if given.dry_run else "Closed"
    lines = [f"{closed} at {len(read.events)} times of calendar {calendar}, until {read.until}."]
    lines += [f"  {event.when}  {event.name}".rstrip() for event in read.events]
    output.result({"calendar": calendar, "events": read.events, "until": read.until}, "\n".join(lines))


def _show(given: argparse.Namespace, output: Output) -> None:
    hours = controller(given).ask(GetStatus()).hours
    output.result(hours, table(hours_rows(hours), indent="") or "There are no opening hours.")


def hours_rows(hours: Iterable[LiveHours]) -> list[tuple[str, ...]]:
    """Name, state, reason and what comes next, for a table."""
    return [(each.name, "open" if each.is_open else "closed", _why(each), _then(each)) for each in hours]


def _why(hours: LiveHours) -> str:
    """What decided, in words."""
    match hours.why:
        case "hand":
            return f"by hand until {_shown(hours.until)}" if hours.until else "by hand until `porter hours auto`"
        case "no_clock":
            return "the clock is not set, so that it counts as open"
        case "special":
            return "this day has its own periods"
        case "date":
            return "a closed date"
        case "holiday" | "calendar":
            return hours.cause
        case _:
            return "by the week"


def _then(hours: LiveHours) -> str:
    """When it opens or closes next; "" when nobody knows."""
    return "" if hours.changes_at is None else f"{'closes' if hours.is_open else 'opens'} {_shown(hours.changes_at)}"


def _shown(moment: str | None) -> str:
    return "" if moment is None else f"{datetime.fromisoformat(moment):%a %Y-%m-%d %H:%M}"
