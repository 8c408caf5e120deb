"""Remote control by SMS: who may ask for what, and the answer in the office's language.

The number of a sender can be forged, so it opens nothing by itself: it only says whose words are read at all. What
changes anything needs the PIN.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial

from appliance.calls.ports import Outbox
from appliance.config.models import Configuration, Language
from appliance.control.controller_messages import HoursSwitch, LiveHours, LiveLine, OfficeNow
from appliance.control.line_reasons import line_reason
from appliance.errors import PorterError
from appliance.office import SettingsTaker
from appliance.routing.numbering import caller_number
from appliance.services.hours_switch import switched
from appliance.services.words import InAllLanguages, load_words

log = logging.getLogger(__name__)

OLDEST = timedelta(minutes=5)
"""Between the service centre's time stamp and now; an older message may be a replay, or no longer meant."""


class Command(StrEnum):
    """What can be asked for."""

    STATUS = "status"
    HELP = "help"
    OPEN = "open"
    CLOSE = "close"
    AUTO = "auto"


SWITCHES: Mapping[Command, HoursSwitch] = {
    Command.OPEN: HoursSwitch.OPEN,
    Command.CLOSE: HoursSwitch.CLOSED,
    Command.AUTO: HoursSwitch.AUTO,
}
"""Commands that switch all opening hours, until the week opens or closes next."""

UNTIL = "change"
"""See `SwitchHours.until`."""


class Refusal(StrEnum):
    """Why a command is not obeyed; the sender, who is on the list, is told so."""

    TOO_OLD = "too-old"
    PIN_MISSING = "pin-missing"
    PIN_WRONG = "pin-wrong"
    ONLY_STATUS = "only-status"
    NO_CLOCK = "no-clock"


WORDS: Mapping[str, Command] = {
    "status": Command.STATUS,
    "statuss": Command.STATUS,
    "стан": Command.STATUS,
    "статус": Command.STATUS,
    "help": Command.HELP,
    "palīgs": Command.HELP,
    "paligs": Command.HELP,
    "допомога": Command.HELP,
    "помощь": Command.HELP,
    "?": Command.HELP,
    "open": Command.OPEN,
    "atvērt": Command.OPEN,
    "atvert": Command.OPEN,
    "відчинити": Command.OPEN,
    "открыть": Command.OPEN,
    "close": Command.CLOSE,
    "slēgt": Command.CLOSE,
    "slegt": Command.CLOSE,
    "зачинити": Command.CLOSE,
    "закрыть": Command.CLOSE,
    "auto": Command.AUTO,
    "авто": Command.AUTO,
}
"""Commands in every language, whichever the office speaks."""


def read_command(
    configuration: Configuration, *, sender: str, text: str, sent_at: datetime | None, now: datetime | None
) -> Command | Refusal | None:
    """What a message asks for; None when it is no command, or not from a number on the list.

    Args:
        text: The command, with the PIN before it where it needs one: "status", "1234 help".
        sent_at: The service centre's time stamp; None when there was none.
        now: None while the clock is not set: then no message counts as old, and no command that switches is obeyed.
    """
    settings = configuration.sms
    if caller_number(configuration.country, sender) not in settings.allowed:
        return None
    pin, command = _split(text)
    if command is None:
        return None
    if now is not None and sent_at is not None and now - sent_at > OLDEST:
        return Refusal.TOO_OLD
    if command is Command.STATUS:
        return command
    if settings.pin is None:
        return Refusal.ONLY_STATUS
    if not pin:
        return Refusal.PIN_MISSING
    if not hmac.compare_digest(pin, settings.pin):
        return Refusal.PIN_WRONG
    return Refusal.NO_CLOCK if now is None and command in SWITCHES else command


def _split(text: str) -> tuple[str, Command | None]:
    """The PIN, "" without one, and the command, None when the words are no command."""
    match text.lower().split():
        case [word]:
            return "", WORDS.get(word)
        case [pin, word] if pin.isascii() and pin.isdigit():
            return pin, WORDS.get(word)
        case _:
            return "", None


def answer(asked: Command | Refusal, office: OfficeNow, language: Language) -> str:
    """What is sent back."""
    match asked:
        case Command.STATUS:
            return " ".join(_status(office, language))
        case Command.OPEN | Command.CLOSE | Command.AUTO:
            return " ".join(_hours(hours, language) for hours in office.hours)
        case Command.HELP | Refusal():
            return _text(asked, language)


def _status(office: OfficeNow, language: Language) -> list[str]:
    calls = len(office.calls)
    said = [
        _text("office", language, name=office.name, calls=_text("calls" if calls else "no-calls", language, n=calls)),
        *(_hours(hours, language) for hours in office.hours),
        *(_line(line, language) for line in office.lines),
    ]
    if office.phones:
        there = sum(phone.registered for phone in office.phones)
        said.append(_text("phones", language, there=there, all=len(office.phones)))
    for door in office.doors:
        said.append(_text("door.unlocked" if door.unlocked else "door.locked", language, name=door.title))
    for trouble in office.troubles:
        cause = line_reason(trouble.code, trouble.value, language)[0] or trouble.cause
        said.append(_text("trouble", language, where=trouble.where, cause=cause))
    return said


def _hours(hours: LiveHours, language: Language) -> str:
    moment = "" if hours.changes_at is None else f"{datetime.fromisoformat(hours.changes_at):%d.%m. %H:%M}"
    until = moment and _text("until", language, moment=moment)
    return _text("hours.open" if hours.is_open else "hours.closed", language, name=hours.name, until=until)


def _line(line: LiveLine, language: Language) -> str:
    signal = "" if line.signal is None else _text("signal", language, bars=line.signal)
    reason = " ".join(filter(None, line_reason(line.reason_code, line.reason_value, language))) or line.reason
    return _text(f"line.{line.state}", language, name=line.name, signal=signal, reason=reason)


async def answer_sms(
    configuration: Configuration,
    outbox: Outbox,
    look: Callable[[], OfficeNow],
    change_settings: SettingsTaker,
    *,
    line: str,
    sender: str,
    text: str,
    sent_at: datetime | None,
    now: datetime | None,
) -> bool:
    """Obey a message that came in, and send the answer back over the line it came on.

    Args:
        look: The office as it is when the answer is written.
        change_settings: See `CallHome.change_settings`.

    Returns:
        False when the message was no command; then it is for people.
    """
    asked = read_command(configuration, sender=sender, text=text, sent_at=sent_at, now=now)
    if asked is None:
        return False
    log.info("line %s: SMS from %s: %s", line, sender, asked)
    to = caller_number(configuration.country, sender)
    await outbox.send_sms(to, await _obeyed(asked, configuration, look, change_settings, to, now), line=line)
    return True


async def _obeyed(
    asked: Command | Refusal,
    configuration: Configuration,
    look: Callable[[], OfficeNow],
    change_settings: SettingsTaker,
    by: str,
    now: datetime | None,
) -> str:
    """What is sent back when it is done, or why it cannot be."""
    if isinstance(asked, Command) and (to := SWITCHES.get(asked)) is not None:
        until = None if to is HoursSwitch.AUTO else UNTIL
        try:
            await change_settings(partial(switched, to, None, until, now), by=f"{by} (SMS)")
        except PorterError as error:
            log.warning("the hours were not switched: %s", error)
            return _text("not-switched", configuration.language, cause=error.cause)
    return answer(asked, look(), configuration.language)


@cache
def _answers() -> Mapping[str, InAllLanguages]:
    return load_words("sms.yaml", dict[str, InAllLanguages])


def _text(key: str, language: Language, **values: object) -> str:
    return _answers()[key].text(language).format_map(values)
