"""What a modem writes by itself about calls, read as its profile says."""

import msgspec

from hardware.modem.gsm_wire import fields, number_at, phone_number
from hardware.modem.profiles import CallNews, Meaning

KEYS = "0123456789*#ABCD"


class Heard(msgspec.Struct, frozen=True):
    """A line of news that was understood."""

    meaning: Meaning
    index: int | None = None
    """Of the call, as AT+CLCC counts."""
    number: str = ""
    cause: int | None = None
    """ITU-T Q.850; None where the line does not tell."""
    key: str = ""


def read_call_news(news: tuple[CallNews, ...], line: str) -> Heard | None:
    """What a line says; None for lines about something else, and for those that say nothing we use."""
    parts = fields(line)
    for one in news:
        if line.startswith(one.line) and one.first in ("", parts[0]):
            return _heard(one, parts, line)
    return None


def _heard(news: CallNews, parts: list[str], line: str) -> Heard | None:
    meaning = news.means if news.stat is None else news.stats.get(_at(parts, news.stat))
    if meaning is None:
        return None
    key = _at(parts, news.key)
    if news.key_is_code:
        key = chr(int(key)) if key.isdecimal() and int(key) < 128 else ""
    if meaning is Meaning.KEY and (len(key) != 1 or key not in KEYS):
        return None
    number = _at(parts, news.number)
    if meaning is Meaning.MISSED:
        number = line.rpartition(" ")[2]
    return Heard(
        meaning,
        None if news.index is None else number_at(parts, news.index),
        phone_number(number, None if news.number_type is None else number_at(parts, news.number_type)),
        None if news.cause is None else number_at(parts, news.cause),
        key,
    )


def _at(parts: list[str], position: int | None) -> str:
    return parts[position] if position is not None and position < len(parts) else ""
