"""Cardinals and ordinals in four languages, by table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Language
from appliance.prompts.numerals import MOST, MOST_ORDINAL, Case, Ending, Gender, cardinal, figure_words, ordinal

EN, LV, UK, RU = Language.EN, Language.LV, Language.UK, Language.RU
MASCULINE, FEMININE, NEUTER = Gender.MASCULINE, Gender.FEMININE, Gender.NEUTER


@pytest.mark.parametrize(
    ("value", "en", "lv", "uk", "ru"),
    [
        (0, "zero", "nulle", "нуль", "ноль"),
        (1, "one", "viens", "один", "один"),
        (2, "two", "divi", "два", "два"),
        (5, "five", "pieci", "п'ять", "пять"),
        (10, "ten", "desmit", "десять", "десять"),
        (11, "eleven", "vienpadsmit", "одинадцять", "одиннадцать"),
        (12, "twelve", "divpadsmit", "дванадцять", "двенадцать"),
        (19, "nineteen", "deviņpadsmit", "дев'ятнадцять", "девятнадцать"),
        (20, "twenty", "divdesmit", "двадцять", "двадцать"),
        (21, "twenty one", "divdesmit viens", "двадцять один", "двадцать один"),
        (22, "twenty two", "divdesmit divi", "двадцять два", "двадцать два"),
        (25, "twenty five", "divdesmit pieci", "двадцять п'ять", "двадцать пять"),
        (40, "forty", "četrdesmit", "сорок", "сорок"),
        (99, "ninety nine", "deviņdesmit deviņi", "дев'яносто дев'ять", "девяносто девять"),
        (100, "one hundred", "simts", "сто", "сто"),
        (101, "one hundred and one", "simt viens", "сто один", "сто один"),
        (111, "one hundred and eleven", "simt vienpadsmit", "сто одинадцять", "сто одиннадцать"),
        (200, "two hundred", "divsimt", "двісті", "двести"),
        (345, "three hundred and forty five", "trīssimt četrdesmit pieci", "триста сорок п'ять", "триста сорок пять"),
        (1000, "one thousand", "tūkstotis", "тисяча", "тысяча"),
        (1001, "one thousand and one", "tūkstoš viens", "тисяча один", "тысяча один"),
        (1100, "one thousand one hundred", "tūkstoš simt", "тисяча сто", "тысяча сто"),
        (2002, "two thousand and two", "divi tūkstoši divi", "дві тисячі два", "две тысячи два"),
        (5000, "five thousand", "pieci tūkstoši", "п'ять тисяч", "пять тысяч"),
        (11000, "eleven thousand", "vienpadsmit tūkstoši", "одинадцять тисяч", "одиннадцать тысяч"),
        (21000, "twenty one thousand", "divdesmit viens tūkstotis", "двадцять одна тисяча", "двадцать одна тысяча"),
        (
            999_999,
            "nine hundred and ninety nine thousand nine hundred and ninety nine",
            "deviņsimt deviņdesmit deviņi tūkstoši deviņsimt deviņdesmit deviņi",
            "дев'ятсот дев'яносто дев'ять тисяч дев'ятсот дев'яносто дев'ять",
            "девятьсот девяносто девять тысяч девятьсот девяносто девять",
        ),
        (1_000_000, "1000000", "1000000", "1000000", "1000000"),
    ],
)
def test_numbers_alone_are_masculine(value: int, en: str, lv: str, uk: str, ru: str) -> None:
    assert [cardinal(language, value) for language in (EN, LV, UK, RU)] == [en, lv, uk, ru]


@pytest.mark.parametrize(
    ("language", "value", "gender", "case", "said"),
    [
        (LV, 1, FEMININE, Case.NOMINATIVE, "viena"),
        (LV, 4, FEMININE, Case.NOMINATIVE, "četras"),
        (LV, 12, FEMININE, Case.NOMINATIVE, "divpadsmit"),
        (LV, 29, FEMININE, Case.NOMINATIVE, "divdesmit deviņas"),
        (LV, 2002, FEMININE, Case.NOMINATIVE, "divi tūkstoši divas"),
        (UK, 1, FEMININE, Case.ACCUSATIVE, "одну"),
        (UK, 2, FEMININE, Case.NOMINATIVE, "дві"),
        (UK, 2, NEUTER, Case.NOMINATIVE, "два"),
        (UK, 21, NEUTER, Case.NOMINATIVE, "двадцять одне"),
        (RU, 1, NEUTER, Case.NOMINATIVE, "одно"),
        (RU, 11, FEMININE, Case.ACCUSATIVE, "одиннадцать"),
        (RU, 21, FEMININE, Case.ACCUSATIVE, "двадцать одну"),
        (RU, 32, FEMININE, Case.ACCUSATIVE, "тридцать две"),
        (RU, 101, FEMININE, Case.NOMINATIVE, "сто одна"),
        (RU, 1000, MASCULINE, Case.ACCUSATIVE, "тысячу"),
        (RU, 21001, MASCULINE, Case.ACCUSATIVE, "двадцать одну тысячу один"),
    ],
)
def test_numbers_go_with_what_they_count(language: Language, value: int, gender: Gender, case: Case, said: str) -> None:
    assert cardinal(language, value, gender, case) == said


@pytest.mark.parametrize(
    ("language", "value", "ending", "said"),
    [
        (EN, 1, Ending.NEUTER, "first"),
        (EN, 4, Ending.NEUTER, "fourth"),
        (EN, 12, Ending.NEUTER, "twelfth"),
        (EN, 20, Ending.NEUTER, "twentieth"),
        (EN, 33, Ending.NEUTER, "thirty third"),
        (EN, 100, Ending.NEUTER, "one hundredth"),
        (LV, 1, Ending.FEMININE, "pirmā"),
        (LV, 3, Ending.MASCULINE, "trešais"),
        (LV, 12, Ending.FEMININE, "divpadsmitā"),
        (LV, 20, Ending.FEMININE, "divdesmitā"),
        (LV, 22, Ending.DAY, "divdesmit otrajā"),
        (LV, 101, Ending.FEMININE, "simt pirmā"),
        (UK, 2, Ending.NEUTER, "друге"),
        (UK, 3, Ending.NEUTER, "третє"),
        (UK, 3, Ending.HOUR, "третій"),
        (UK, 23, Ending.DAY, "двадцять третього"),
        (UK, 40, Ending.NEUTER, "сорокове"),
        (UK, 200, Ending.NEUTER, "двохсоте"),
        (RU, 2, Ending.MASCULINE, "второй"),
        (RU, 3, Ending.NEUTER, "третье"),
        (RU, 13, Ending.NEUTER, "тринадцатое"),
        (RU, 16, Ending.MASCULINE, "шестнадцатый"),
        (RU, 26, Ending.MASCULINE, "двадцать шестой"),
        (RU, 30, Ending.DAY, "тридцатого"),
        (RU, 50, Ending.FEMININE, "пятидесятая"),
        (RU, 1000, Ending.NEUTER, "тысяча"),
    ],
)
def test_places_and_days_are_ordinals(language: Language, value: int, ending: Ending, said: str) -> None:
    assert ordinal(language, value, ending) == said


@given(
    st.sampled_from(list(Language)), st.integers(0, MOST), st.sampled_from(list(Gender)), st.sampled_from(list(Case))
)
def test_every_number_is_words(language: Language, value: int, gender: Gender, case: Case) -> None:
    said = cardinal(language, value, gender, case)
    assert said and said == said.strip() and "  " not in said
    assert not any(character.isdigit() for character in said)


@pytest.mark.parametrize("language", list(Language))
def test_no_two_numbers_sound_the_same(language: Language) -> None:
    assert len({cardinal(language, value) for value in range(5000)}) == 5000
    places = [ordinal(language, value, Ending.MASCULINE) for value in range(1, MOST_ORDINAL + 1)]
    assert len(set(places)) == MOST_ORDINAL


@pytest.mark.parametrize("language", list(Language))
def test_figure_words_are_all_that_numbers_are_made_of(language: Language) -> None:
    known = set(figure_words(language))
    for value in [*range(1200), 2000, 5000, 21_001, 999_999]:
        for gender in Gender:
            for case in Case:
                assert set(cardinal(language, value, gender, case).split()) <= known
    assert len(known) < 80
