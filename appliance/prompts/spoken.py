"""Numbers, digits and times as the speech synthesiser says them right in each language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from appliance.config.models import Language
from appliance.prompts.plurals import Plural, plural

MASCULINE, FEMININE, NEUTER = "masculine", "feminine", "neuter"

_UNITS: Mapping[tuple[Language, str], tuple[str, ...]] = {
    (Language.LV, FEMININE): ("viena", "divas", "trīs", "četras", "piecas", "sešas", "septiņas", "astoņas", "deviņas"),
    (Language.UK, FEMININE): ("одна", "дві"),
    (Language.UK, NEUTER): ("одне",),
    (Language.RU, FEMININE): ("одна", "две"),
    (Language.RU, NEUTER): ("одно",),
}
"""1, 2, … where they differ from what the synthesiser makes of figures, which is masculine."""


def number_words(language: Language, value: int, gender: str = MASCULINE) -> str:
    """A count for a noun of a gender: figures, but for a last digit that the gender inflects."""
    units = _UNITS.get((language, gender), ())
    last = value % 10
    if not 1 <= last <= len(units) or 11 <= value % 100 <= 19:
        return str(value)
    return units[last - 1] if value < 10 else f"{value - last} {units[last - 1]}"


def spelled(digits: str) -> str:
    """Digits one by one, with a breath after each three; anything else is left out."""
    figures = [digit for digit in digits if digit.isascii() and digit.isdigit()]
    return ", ".join(" ".join(figures[start : start + 3]) for start in range(0, len(figures), 3))


def moment_words(language: Language, at: datetime, now: datetime | None) -> str:
    """A moment, such as "yesterday at 2 15 PM"; with the date where it is neither today nor yesterday."""
    return f"{_day(language, at, now)} {_TIMES[language](at.hour, at.minute)}."


def _day(language: Language, at: datetime, now: datetime | None) -> str:
    if now is not None:
        today = now.astimezone(at.tzinfo).date()
        for days, word in enumerate(_NEAR_DAYS[language]):
            if at.date() == today - timedelta(days=days):
                return word
    return _date(language, at.date())


_NEAR_DAYS: Mapping[Language, tuple[str, str]] = {
    Language.EN: ("Today", "Yesterday"),
    Language.LV: ("Šodien", "Vakar"),
    Language.UK: ("Сьогодні", "Учора"),
    Language.RU: ("Сегодня", "Вчера"),
}

_MONTHS: Mapping[Language, str] = {
    Language.EN: "January February March April May June July August September October November December",
    Language.LV: "janvārī februārī martā aprīlī maijā jūnijā jūlijā augustā septembrī oktobrī novembrī decembrī",
    Language.UK: "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    Language.RU: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}

_ORDINALS: Mapping[Language, str] = {
    Language.LV: "pirmajā otrajā trešajā ceturtajā piektajā sestajā septītajā astotajā devītajā desmitajā "
    "vienpadsmitajā divpadsmitajā trīspadsmitajā četrpadsmitajā piecpadsmitajā sešpadsmitajā septiņpadsmitajā "
    "astoņpadsmitajā deviņpadsmitajā divdesmitajā",
    Language.UK: "першого другого третього четвертого п'ятого шостого сьомого восьмого дев'ятого десятого "
    "одинадцятого дванадцятого тринадцятого чотирнадцятого п'ятнадцятого шістнадцятого сімнадцятого "
    "вісімнадцятого дев'ятнадцятого двадцятого",
    Language.RU: "первого второго третьего четвёртого пятого шестого седьмого восьмого девятого десятого "
    "одиннадцатого двенадцатого тринадцатого четырнадцатого пятнадцатого шестнадцатого семнадцатого "
    "восемнадцатого девятнадцатого двадцатого",
}
"""The days 1 to 20 of a month."""

_TENS: Mapping[Language, tuple[str, str, str]] = {
    Language.LV: ("divdesmit", "trīsdesmit", "trīsdesmitajā"),
    Language.UK: ("двадцять", "тридцять", "тридцятого"),
    Language.RU: ("двадцать", "тридцать", "тридцатого"),
}
"""Twenty and thirty before a further word, and the thirtieth."""


def _date(language: Language, day: date) -> str:
    month = _MONTHS[language].split()[day.month - 1]
    if language is Language.EN:
        return f"On {month} {day.day}"
    ordinals, (twenty, thirty, thirtieth) = _ORDINALS[language].split(), _TENS[language]
    if day.day <= len(ordinals):
        return f"{ordinals[day.day - 1]} {month}"
    if day.day == 30:
        return f"{thirtieth} {month}"
    return f"{twenty if day.day < 30 else thirty} {ordinals[day.day % 10 - 1]} {month}"


def _english_time(hour: int, minute: int) -> str:
    half = "AM" if hour < 12 else "PM"
    minutes = f" {'oh ' if minute < 10 else ''}{minute}" if minute else ""
    return f"at {hour % 12 or 12}{minutes} {half}"


def _latvian_time(hour: int, minute: int) -> str:
    if not minute:
        return f"pulksten {hour}"
    word = _form(Language.LV, minute, {Plural.ONE: "minūte", Plural.OTHER: "minūtes", Plural.ZERO: "minūtes"})
    return f"pulksten {hour} un {number_words(Language.LV, minute, FEMININE)} {word}"


def _ukrainian_time(hour: int, minute: int) -> str:
    hours = _form(Language.UK, hour, {Plural.ONE: "година", Plural.FEW: "години", Plural.MANY: "годин"})
    minutes = _form(Language.UK, minute, {Plural.ONE: "хвилина", Plural.FEW: "хвилини", Plural.MANY: "хвилин"})
    said = f"{number_words(Language.UK, hour, FEMININE)} {hours}"
    return f"{said} {number_words(Language.UK, minute, FEMININE)} {minutes}" if minute else said


def _russian_time(hour: int, minute: int) -> str:
    hours = _form(Language.RU, hour, {Plural.ONE: "час", Plural.FEW: "часа", Plural.MANY: "часов"})
    minutes = _form(Language.RU, minute, {Plural.ONE: "минута", Plural.FEW: "минуты", Plural.MANY: "минут"})
    said = f"{hour} {hours}"
    return f"{said} {number_words(Language.RU, minute, FEMININE)} {minutes}" if minute else said


_TIMES = {
    Language.EN: _english_time,
    Language.LV: _latvian_time,
    Language.UK: _ukrainian_time,
    Language.RU: _russian_time,
}


def _form(language: Language, count: int, forms: Mapping[Plural, str]) -> str:
    return forms[plural(language, count)]
