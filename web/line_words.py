"""What the page says about lines, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import get_locale
from flask_babel import gettext as _

from appliance.config.models import Language
from appliance.control.controller_messages import LiveLine, Trouble
from appliance.control.line_reasons import line_reason


def trouble_in_words(trouble: Trouble) -> tuple[str, str]:
    """(cause, next step) of a trouble."""
    chosen = str(get_locale())
    language = Language(chosen) if chosen in set(Language) else Language.EN
    cause, next_step = line_reason(trouble.code, trouble.value, language)
    return (cause, next_step) if cause else (trouble.cause, trouble.next_step)


def line_facts(line: LiveLine) -> list[str]:
    """What is known of a line, each fact by itself."""
    return [fact for fact in _facts(line) if fact]


def _facts(line: LiveLine) -> Iterator[str]:
    yield line.operator
    if line.modem is not None:
        yield line.modem.technology
    if line.signal is not None:
        yield _("signal %(bars)d of 5", bars=line.signal)
    if line.modem is not None:
        yield line.modem.model
        if line.modem.iccid:
            yield _("SIM %(number)s", number=line.modem.iccid)
        if line.modem.divert_failed:
            yield _("the network's divert could not be checked or set")
        elif line.modem.divert:
            yield _("unreachable calls go to %(number)s", number=line.modem.divert)
        elif line.modem.divert is not None:
            yield _("no divert at the network")
    if line.simulated:
        yield _("simulated")
