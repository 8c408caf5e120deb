"""Whether each setting makes sense by itself: times, dates, time zone, country, PINs, ports, patterns."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from datetime import date

import phonenumbers

from appliance.config.mistakes import Mistake, closest
from appliance.config.models import Configuration
from appliance.config.pins import why_trivial
from appliance.routing.hours import DAYS, BadPeriod, parse_period


def check_place(configuration: Configuration) -> Iterator[Mistake]:
    """The country has a numbering plan, the time zone exists."""
    if configuration.country not in phonenumbers.SUPPORTED_REGIONS:
        yield Mistake(path="country", cause=f'"{configuration.country}" is no country with a telephone (ISO 3166).')
    zone = configuration.timezone
    if not _is_zone(zone):
        guess = closest(zone, zoneinfo.available_timezones())
        yield Mistake(path="timezone", cause=f'There is no time zone "{zone}".', did_you_mean=guess)


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True


def check_hours(configuration: Configuration) -> Iterator[Mistake]:
    """Days, periods and dates can be read."""
    for name, hours in configuration.opening_hours.items():
        path = f"opening_hours.{name}"
        for day, periods in hours.weekly.items():
            if day not in DAYS:
                yield Mistake(
                    path=f"{path}.weekly.{day}",
                    cause=f'"{day}" is no day; write {", ".join(DAYS)}.',
                    did_you_mean=closest(day, DAYS),
                )
            for at, period in enumerate(periods, 1):
                try:
                    parse_period(period)
                except BadPeriod as bad:
                    yield Mistake(path=f"{path}.weekly.{day}.{at}", cause=str(bad))
        for at, text in enumerate(hours.closed_dates, 1):
            if not _is_date(text):
                yield Mistake(
                    path=f"{path}.closed_dates.{at}",
                    cause=f'"{text}" is no date; write it as year-month-day, 2026-12-24.',
                )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check_pins(configuration: Configuration) -> Iterator[Mistake]:
    """No PIN is easy to guess."""
    for number, extension in configuration.extensions.items():
        why = extension.voicemail_pin and why_trivial(extension.voicemail_pin, number)
        if why:
            yield Mistake(path=f"extensions.{number}.voicemail_pin", cause=why)
    why = configuration.sms.pin and why_trivial(configuration.sms.pin)
    if why:
        yield Mistake(path="sms.pin", cause=why)


def check_people(configuration: Configuration) -> Iterator[Mistake]:
    """Mail addresses look like some; who may send commands is named once."""
    for number, extension in configuration.extensions.items():
        if extension.email is not None and not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*", extension.email):
            yield Mistake(path=f"extensions.{number}.email", cause=f'"{extension.email}" is no mail address.')
    for at, allowed in enumerate(configuration.sms.allowed, 1):
        if allowed in configuration.sms.allowed[: at - 1]:
            yield Mistake(path=f"sms.allowed.{at}", cause=f"{allowed} is in the list already.")


def check_lines(configuration: Configuration) -> Iterator[Mistake]:
    """A real modem names its ports."""
    for name, line in configuration.lines.items():
        for field, port in (("at_port", line.at_port), ("audio_port", line.audio_port)):
            if not line.simulated and not re.fullmatch(r"/[^\0]*[^/\0]", port):
                cause = (
                    f'A modem needs a port such as "/dev/ttyUSB2" here, not "{port}".'
                    if port
                    else ('A modem needs a port such as "/dev/ttyUSB2" here, or `simulated: true` for the line.')
                )
                yield Mistake(path=f"lines.{name}.{field}", cause=cause)
