"""Whether each setting makes sense by itself: country, time zone, PINs, ports, patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from appliance.config.mistakes import Mistake
from appliance.config.models import Configuration, FxoLine, GsmLine
from appliance.config.models._lines import LineModel
from appliance.config.opening_hours import zone_mistake
from appliance.config.pins import why_trivial

MODEM = r"auto|\d{15}|89\d{16,18}|\d+-\d+(\.\d+)*"
_MODEMS = (
    "Write `modem: auto`, or its IMEI, the ICCID of its SIM, or its USB socket; or name `at_port` and `audio_port`; "
    "or write `simulated: true`."
)


_SOUND_ELSEWHERE = ("quectel_uac", "simcom_analog")


def check_place(configuration: Configuration) -> Iterator[Mistake]:
    """The country has a numbering plan, the time zone exists."""
    if configuration.country not in phonenumbers.SUPPORTED_REGIONS:
        yield Mistake(path="country", cause=f'"{configuration.country}" is no country with a telephone (ISO 3166).')
    yield from zone_mistake("timezone", configuration.timezone)


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
    """A real modem is named, or its ports are."""
    for name, line in configuration.lines.items():
        if isinstance(line, GsmLine):
            yield from _check_modem(f"lines.{name}", line)
            if line.modem:
                continue
        for field, port in ports_of(line):
            if not line.simulated and not re.fullmatch(r"/[^\0]*[^/\0]", port):
                cause = (
                    f'A modem needs a port such as "/dev/ttyUSB2" here, not "{port}".'
                    if port
                    else f"Which modem is it? {_MODEMS}"
                )
                yield Mistake(path=f"lines.{name}.{field}", cause=cause)


def _check_modem(path: str, line: GsmLine) -> Iterator[Mistake]:
    if line.modem and not re.fullmatch(MODEM, line.modem):
        yield Mistake(path=f"{path}.modem", cause=f'"{line.modem}" names no modem. {_MODEMS}')
    elif line.modem and is_analog(line):
        yield Mistake(path=f"{path}.modem", cause="A modem behind a serial adapter is not found: name its `at_port`.")
    if line.simulated and line.profile in _SOUND_ELSEWHERE:
        cause = f'A simulated modem has its sound on a port; "{line.profile}" has not.'
        yield Mistake(path=f"{path}.profile", cause=cause)
    elif is_analog(line) and not line.sound_card:
        cause = "Which sound card has its sound? `aplay -L` lists names."
        yield Mistake(path=f"{path}.sound_card", cause=cause)


def is_analog(line: LineModel) -> bool:
    """Whether a mobile line has its sound on wires."""
    return isinstance(line, GsmLine) and line.profile == "simcom_analog"


def ports_of(line: LineModel) -> tuple[tuple[str, str], ...]:
    """The fields of a line that name serial ports, and the ports; a SIP line has none."""
    match line:
        case FxoLine(port=port):
            return (("port", port),)
        case GsmLine(at_port=at_port, audio_port=audio_port):
            return (("at_port", at_port), *([] if is_analog(line) else [("audio_port", audio_port)]))
        case _:
            return ()
