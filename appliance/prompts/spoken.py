"""Digits, days and times of day as people say them in each language, in words the synthesiser cannot inflect wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from appliance.config.models import Language
from appliance.prompts.numerals import Case, Ending, Gender, cardinal, ordinal
from appliance.prompts.plurals import Plural, plural
from appliance.prompts.recorded_words import without_seams


def spelled(digits: str) -> str:
    """Digits one by one, with a breath after each two or three; anything else is left out. No digit is left alone."""
    figures = [digit for digit in digits if digit.isascii() and digit.isdigit()]
    groups: list[str] = []
    while figures:
        size = 2 if len(figures) in (2, 4) else 3
        groups.append(" ".join(figures[:size]))
        del figures[:size]
    return ", ".join(groups)


def moment_words(language: Language, at: datetime, now: datetime | None) -> str:
    """A moment, such as "yesterday at 2 15 PM": by a name for the day where it is near to now, else by its date."""
    return without_seams(moment_passage(language, at, now))


def moment_passage(language: Language, at: datetime, now: datetime | None) -> str:
    """The same with the place where the voice may change, see `appliance.prompts.recorded_words`."""
    return f"{_day(language, at, now)} | {_TIMES[language](at.hour, at.minute)}."


def time_words(language: Language, at: datetime) -> str:
    """What time it is, such as "2 15 PM", to follow "it is now"."""
    return f"{_CLOCKS[language](at.hour, at.minute)}."


def _day(language: Language, at: datetime, now: datetime | None) -> str:
    if now is None:
        return _date(language, at.date())
    days = (at.date() - now.astimezone(at.tzinfo).date()).days
    if days in _NEAR_DAYS[language]:
        return _NEAR_DAYS[language][days]
    if 2 <= days <= 6:
        return _WEEKDAYS[language][at.weekday()]
    return _date(language, at.date())


_NEAR_DAYS: Mapping[Language, Mapping[int, str]] = {
    Language.EN: {-1: "Yesterday", 0: "Today", 1: "Tomorrow"},
    Language.LV: {-1: "Vakar", 0: "Šodien", 1: "Rīt"},
    Language.UK: {-1: "Учора", 0: "Сьогодні", 1: "Завтра"},
    Language.RU: {-1: "Вчера", 0: "Сегодня", 1: "Завтра"},
}

_WEEKDAYS: Mapping[Language, Sequence[str]] = {
    Language.EN: [f"{day}day" for day in ["Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"]],
    Language.LV: ["Pirmdien", "Otrdien", "Trešdien", "Ceturtdien", "Piektdien", "Sestdien", "Svētdien"],
    Language.UK: ["У понеділок", "У вівторок", "У середу", "У четвер", "У п'ятницю", "У суботу", "У неділю"],
    Language.RU: [
        "В понедельник",
        "Во вторник",
        "В среду",
        "В четверг",
        "В пятницу",
        "В субботу",
        "В воскресенье",
    ],
}
"""On the days of the coming week; the same day a week on is said by its date."""

_MONTHS: Mapping[Language, str] = {
    Language.EN: "January February March April May June July August September October November December",
    Language.LV: "janvārī februārī martā aprīlī maijā jūnijā jūlijā augustā septembrī oktobrī novembrī decembrī",
    Language.UK: "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    Language.RU: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}


def _date(language: Language, day: date) -> str:
    month = _MONTHS[language].split()[day.month - 1]
    if language is Language.EN:
        return f"{month} {ordinal(language, day.day, Ending.DAY)}"
    return f"{ordinal(language, day.day, Ending.DAY)} {month}"


def _english_time(hour: int, minute: int) -> str:
    return f"at {_english_clock(hour, minute)}"


def _english_clock(hour: int, minute: int) -> str:
    half = "AM" if hour < 12 else "PM"
    minutes = f" {'oh ' if minute < 10 else ''}{minute}" if minute else ""
    return f"{hour % 12 or 12}{minutes} {half}"


_LATVIAN_HOURS = (
    "vienos divos trijos četros piecos sešos septiņos astoņos deviņos desmitos vienpadsmitos divpadsmitos "
    "trīspadsmitos četrpadsmitos piecpadsmitos sešpadsmitos septiņpadsmitos astoņpadsmitos deviņpadsmitos divdesmitos"
)
"""At one o'clock to twenty, in the locative."""

_LATVIAN_MINUTES = "vienā divās trijās četrās piecās sešās septiņās astoņās deviņās"
"""In one minute to nine, in the locative; 10 to 20 and the tens do not inflect."""


def _latvian_time(hour: int, minute: int) -> str:
    if not hour and not minute:
        return "pusnaktī"
    hours = _latvian_hour(hour) if hour else "nulle"
    if not minute:
        return f"pulksten {hours}"
    noun = "minūtē" if plural(Language.LV, minute) is Plural.ONE else "minūtēs"
    return f"pulksten {hours} un {_latvian_minutes(minute)} {noun}"


def _latvian_hour(hour: int) -> str:
    hours = _LATVIAN_HOURS.split()
    return hours[hour - 1] if hour <= len(hours) else f"divdesmit {hours[hour - 21]}"


def _latvian_minutes(minute: int) -> str:
    last = minute % 10
    if not last or 11 <= minute <= 19:
        return cardinal(Language.LV, minute)
    tens = f"{cardinal(Language.LV, minute - last)} " if minute > 20 else ""
    return tens + _LATVIAN_MINUTES.split()[last - 1]


_LATVIAN_NOUNS = {Plural.ZERO: "minūtes", Plural.ONE: "minūte", Plural.OTHER: "minūtes"}


def _latvian_clock(hour: int, minute: int) -> str:
    hours = f"pulksten {cardinal(Language.LV, hour)}"
    return hours if not minute else f"{hours} un {_minutes(Language.LV, minute, _LATVIAN_NOUNS)}"


_UKRAINIAN_NOUNS = {Plural.ONE: "хвилина", Plural.FEW: "хвилини", Plural.MANY: "хвилин"}


def _ukrainian_time(hour: int, minute: int) -> str:
    hours = ordinal(Language.UK, hour, Ending.HOUR) if hour else "нульовій"
    said = f"{'об' if hour == 11 else 'о'} {hours} годині"
    return said if not minute else f"{said} {_minutes(Language.UK, minute, _UKRAINIAN_NOUNS)}"


def _ukrainian_clock(hour: int, minute: int) -> str:
    said = f"{ordinal(Language.UK, hour, Ending.FEMININE) if hour else 'нульова'} година"
    return said if not minute else f"{said} {_minutes(Language.UK, minute, _UKRAINIAN_NOUNS)}"


_RUSSIAN_HOURS = {Plural.ONE: "час", Plural.FEW: "часа", Plural.MANY: "часов"}
_RUSSIAN_NOUNS = {Plural.ONE: "минута", Plural.FEW: "минуты", Plural.MANY: "минут"}
_RUSSIAN_ACCUSATIVES = {**_RUSSIAN_NOUNS, Plural.ONE: "минуту"}


def _russian_time(hour: int, minute: int) -> str:
    said = f"в {_russian_hour(hour)}"
    return said if not minute else f"{said} {_minutes(Language.RU, minute, _RUSSIAN_ACCUSATIVES, Case.ACCUSATIVE)}"


def _russian_clock(hour: int, minute: int) -> str:
    said = _russian_hour(hour)
    return said if not minute else f"{said} {_minutes(Language.RU, minute, _RUSSIAN_NOUNS)}"


def _russian_hour(hour: int) -> str:
    return f"{cardinal(Language.RU, hour)} {_RUSSIAN_HOURS[plural(Language.RU, hour)]}"


def _minutes(language: Language, minute: int, nouns: Mapping[Plural, str], case: Case = Case.NOMINATIVE) -> str:
    return f"{cardinal(language, minute, Gender.FEMININE, case)} {nouns[plural(language, minute)]}"


_TIMES: Mapping[Language, Callable[[int, int], str]] = {
    Language.EN: _english_time,
    Language.LV: _latvian_time,
    Language.UK: _ukrainian_time,
    Language.RU: _russian_time,
}

_CLOCKS: Mapping[Language, Callable[[int, int], str]] = {
    Language.EN: _english_clock,
    Language.LV: _latvian_clock,
    Language.UK: _ukrainian_clock,
    Language.RU: _russian_clock,
}
