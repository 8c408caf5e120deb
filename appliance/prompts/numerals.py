"""Whole numbers in words, as each language inflects them: cardinals for what is counted, ordinals for places and days.

Words, not figures, for Latvian, Ukrainian and Russian: the synthesiser makes masculine nominatives of figures, so that
it would say "two minutes" wrong in all three. English does not inflect, but is written out for the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from appliance.config.models import Language
from appliance.prompts.plurals import Plural, plural

MOST = 999_999
"""Larger numbers are said in figures."""

MOST_ORDINAL = 999


class Gender(StrEnum):
    """The gender of what is counted or ordered."""

    MASCULINE = "masculine"
    FEMININE = "feminine"
    NEUTER = "neuter"


class Case(StrEnum):
    """The cases numbers are said in; others are not needed."""

    NOMINATIVE = "nominative"
    ACCUSATIVE = "accusative"
    """Of things without life; differs from the nominative in the feminine one of Ukrainian and Russian."""


_UNITS: Mapping[Language, str] = {
    Language.EN: "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
    Language.LV: "nulle viens divi trīs četri pieci seši septiņi astoņi deviņi desmit vienpadsmit divpadsmit "
    "trīspadsmit četrpadsmit piecpadsmit sešpadsmit septiņpadsmit astoņpadsmit deviņpadsmit",
    Language.UK: "нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять "
    "чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять",
    Language.RU: "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
}
"""0 to 19, masculine nominative."""

_TENS: Mapping[Language, str] = {
    Language.EN: "twenty thirty forty fifty sixty seventy eighty ninety",
    Language.LV: "divdesmit trīsdesmit četrdesmit piecdesmit sešdesmit septiņdesmit astoņdesmit deviņdesmit",
    Language.UK: "двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто",
    Language.RU: "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
}
"""20 to 90."""

_HUNDREDS: Mapping[Language, str] = {
    Language.LV: "simt divsimt trīssimt četrsimt piecsimt sešsimt septiņsimt astoņsimt deviņsimt",
    Language.UK: "сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот",
    Language.RU: "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
}
"""100 to 900 where they are words of their own; the Latvian ones are those that do not inflect."""

_THOUSANDS: Mapping[Language, Mapping[Plural, str]] = {
    Language.EN: {Plural.ONE: "thousand", Plural.OTHER: "thousand"},
    Language.LV: {Plural.ZERO: "tūkstoši", Plural.ONE: "tūkstotis", Plural.OTHER: "tūkstoši"},
    Language.UK: {Plural.ONE: "тисяча", Plural.FEW: "тисячі", Plural.MANY: "тисяч"},
    Language.RU: {Plural.ONE: "тысяча", Plural.FEW: "тысячи", Plural.MANY: "тысяч"},
}

_A_THOUSAND = {Language.UK: ("тисяча", "тисячу"), Language.RU: ("тысяча", "тысячу")}
"""A single one, nominative and accusative, which is said without "one"."""

_INFLECTED: Mapping[tuple[Language, Gender, Case], str] = {
    (Language.LV, Gender.FEMININE, Case.NOMINATIVE): "viena divas trīs četras piecas sešas septiņas astoņas deviņas",
    (Language.UK, Gender.FEMININE, Case.NOMINATIVE): "одна дві",
    (Language.UK, Gender.FEMININE, Case.ACCUSATIVE): "одну дві",
    (Language.UK, Gender.NEUTER, Case.NOMINATIVE): "одне",
    (Language.UK, Gender.NEUTER, Case.ACCUSATIVE): "одне",
    (Language.RU, Gender.FEMININE, Case.NOMINATIVE): "одна две",
    (Language.RU, Gender.FEMININE, Case.ACCUSATIVE): "одну две",
    (Language.RU, Gender.NEUTER, Case.NOMINATIVE): "одно",
    (Language.RU, Gender.NEUTER, Case.ACCUSATIVE): "одно",
}
"""1, 2, … where they differ from `_UNITS`."""


def cardinal(language: Language, value: int, gender: Gender = Gender.MASCULINE, case: Case = Case.NOMINATIVE) -> str:
    """How many, for 0 or more things of a gender; `Counted` phrases bring the noun in the form that goes with it."""
    if value > MOST:
        return str(value)
    if value == 100 and language is Language.LV:
        return "simts"
    thousands, rest = divmod(value, 1000)
    words = [] if rest or not thousands else [_thousands(language, thousands, case)]
    if rest or not thousands:
        said = _below_thousand(language, rest, gender, case)
        words = [_thousands_before(language, thousands, case), said] if thousands else [said]
        if language is Language.EN and thousands and rest < 100:
            words.insert(1, "and")
    return " ".join(words)


def _thousands_before(language: Language, count: int, case: Case) -> str:
    """Thousands with something after them."""
    return "tūkstoš" if language is Language.LV and count == 1 else _thousands(language, count, case)


def _thousands(language: Language, count: int, case: Case) -> str:
    """Thousands are counted as a noun of their own: feminine in Ukrainian and Russian."""
    is_accusative = case is Case.ACCUSATIVE
    if count == 1 and language in _A_THOUSAND:
        return _A_THOUSAND[language][is_accusative]
    if count == 1 and language is Language.LV:
        return "tūkstotis"
    gender = Gender.FEMININE if language in _A_THOUSAND else Gender.MASCULINE
    form = plural(language, count)
    noun = _THOUSANDS[language][form]
    if form is Plural.ONE and language in _A_THOUSAND:
        noun = _A_THOUSAND[language][is_accusative]
    return f"{_below_thousand(language, count, gender, case)} {noun}"


def _below_thousand(language: Language, value: int, gender: Gender, case: Case) -> str:
    hundreds, rest = divmod(value, 100)
    words = [_hundreds(language, hundreds)] if hundreds else []
    if hundreds and rest and language is Language.EN:
        words.append("and")
    if rest >= 20:
        words.append(_TENS[language].split()[rest // 10 - 2])
        rest %= 10
    if rest or not words:
        words.append(_unit(language, rest, gender, case))
    return " ".join(words)


def _hundreds(language: Language, count: int) -> str:
    if language is Language.EN:
        return f"{_UNITS[language].split()[count]} hundred"
    return _HUNDREDS[language].split()[count - 1]


def _unit(language: Language, value: int, gender: Gender, case: Case) -> str:
    inflected = _INFLECTED.get((language, gender, case), "").split()
    return inflected[value - 1] if 0 < value <= len(inflected) else _UNITS[language].split()[value]


@cache
def figure_words(language: Language) -> tuple[str, ...]:
    """Every word that cardinals are made of, each once: digits first, then what is larger, then other forms."""
    tables = [_UNITS[language], _TENS[language], _HUNDREDS.get(language, "hundred and"), *_THOUSANDS[language].values()]
    inflected = [words for (of, _, _), words in _INFLECTED.items() if of is language]
    others = [*_A_THOUSAND.get(language, ()), *_OTHER_FIGURES.get(language, ())]
    return tuple(dict.fromkeys(word for words in (*tables, *inflected, *others) for word in words.split()))


_OTHER_FIGURES = {Language.LV: ("simts", "tūkstoš", "tūkstotis")}
"""What stands in no table."""


class Ending(StrEnum):
    """What an ordinal goes with."""

    MASCULINE = "masculine"
    FEMININE = "feminine"
    NEUTER = "neuter"
    DAY = "day"
    """"On the third of": the Latvian locative, the Slavic genitive."""
    HOUR = "hour"
    """Ukrainian only: the locative of "at the third hour"."""


_STEMS: Mapping[Language, str] = {
    Language.LV: "pirm otr treš ceturt piekt sest septīt astot devīt desmit vienpadsmit divpadsmit trīspadsmit "
    "četrpadsmit piecpadsmit sešpadsmit septiņpadsmit astoņpadsmit deviņpadsmit",
    Language.UK: "перш друг трет четверт п'ят шост сьом восьм дев'ят десят одинадцят дванадцят тринадцят "
    "чотирнадцят п'ятнадцят шістнадцят сімнадцят вісімнадцят дев'ятнадцят",
    Language.RU: "перв втор трет четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат "
    "четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат",
}
"""1 to 19."""

_TEN_STEMS: Mapping[Language, str] = {
    Language.LV: _TENS[Language.LV],
    Language.UK: "двадцят тридцят сороков п'ятдесят шістдесят сімдесят вісімдесят дев'яност",
    Language.RU: "двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност",
}

_HUNDRED_STEMS: Mapping[Language, str] = {
    Language.LV: _HUNDREDS[Language.LV],
    Language.UK: "сот двохсот трьохсот чотирьохсот п'ятисот шестисот семисот восьмисот дев'ятисот",
    Language.RU: "сот двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот",
}

_ENDINGS: Mapping[Language, Mapping[Ending, str]] = {
    Language.LV: {Ending.MASCULINE: "ais", Ending.FEMININE: "ā", Ending.NEUTER: "ais", Ending.DAY: "ajā"},
    Language.UK: {
        Ending.MASCULINE: "ий",
        Ending.FEMININE: "а",
        Ending.NEUTER: "е",
        Ending.DAY: "ого",
        Ending.HOUR: "ій",
    },
    Language.RU: {Ending.MASCULINE: "ый", Ending.FEMININE: "ая", Ending.NEUTER: "ое", Ending.DAY: "ого"},
}

_THIRD: Mapping[Language, Mapping[Ending, str]] = {
    Language.UK: {
        Ending.MASCULINE: "ій",
        Ending.FEMININE: "я",
        Ending.NEUTER: "є",
        Ending.DAY: "ього",
        Ending.HOUR: "ій",
    },
    Language.RU: {Ending.MASCULINE: "ий", Ending.FEMININE: "ья", Ending.NEUTER: "ье", Ending.DAY: "ьего"},
}
"""The soft endings of the third."""

_STRESSED = ("втор", "шест", "седьм", "восьм", "сороков")
"""Russian stems whose masculine ends in -ой."""

_ENGLISH_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def ordinal(language: Language, value: int, ending: Ending) -> str:
    """Which one of an order, such as "twenty first", for 1 to `MOST_ORDINAL`; the number itself beyond."""
    if not 1 <= value <= MOST_ORDINAL:
        return cardinal(language, value)
    if language is Language.EN:
        return _english_ordinal(value)
    hundreds, rest = divmod(value, 100)
    words = [_hundreds(language, hundreds)] if hundreds and rest else []
    if not rest:
        stem = _HUNDRED_STEMS[language].split()[hundreds - 1]
    elif rest >= 20 and rest % 10 == 0:
        stem = _TEN_STEMS[language].split()[rest // 10 - 2]
    else:
        words += [_TENS[language].split()[rest // 10 - 2]] if rest > 20 else []
        stem = _STEMS[language].split()[(rest % 10 if rest > 20 else rest) - 1]
    return " ".join([*words, stem + _ending(language, stem, ending)])


def _ending(language: Language, stem: str, ending: Ending) -> str:
    if stem == "трет":
        return _THIRD[language][ending]
    if ending is Ending.MASCULINE and language is Language.RU and stem in _STRESSED:
        return "ой"
    return _ENDINGS[language][ending]


def _english_ordinal(value: int) -> str:
    before, _, last = cardinal(Language.EN, value).rpartition(" ")
    if last in _ENGLISH_ORDINALS:
        last = _ENGLISH_ORDINALS[last]
    else:
        last = last.removesuffix("y") + ("ieth" if last.endswith("y") else "th")
    return f"{before} {last}".strip()
