"""Counts, digits and times in four languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Language
from appliance.prompts.catalogue import catalogue
from appliance.prompts.plurals import FORMS, plural
from appliance.prompts.spoken import moment_words, spelled, time_words

EN, LV, UK, RU = Language.EN, Language.LV, Language.UK, Language.RU
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        (EN, 0, "You have no new messages."),
        (EN, 1, "You have one new message."),
        (EN, 2, "You have two new messages."),
        (LV, 0, "Jums nav jaunu ziņu."),
        (LV, 1, "Jums ir viena jauna ziņa."),
        (LV, 2, "Jums ir divas jaunas ziņas."),
        (LV, 10, "Jums ir desmit jaunu ziņu."),
        (LV, 11, "Jums ir vienpadsmit jaunu ziņu."),
        (LV, 21, "Jums ir divdesmit viena jauna ziņa."),
        (LV, 1001, "Jums ir tūkstoš viena jauna ziņa."),
        (UK, 1, "У вас одне нове повідомлення."),
        (UK, 3, "У вас три нові повідомлення."),
        (UK, 5, "У вас п'ять нових повідомлень."),
        (UK, 22, "У вас двадцять два нові повідомлення."),
        (UK, 111, "У вас сто одинадцять нових повідомлень."),
        (RU, 1, "У вас одно новое сообщение."),
        (RU, 2, "У вас два новых сообщения."),
        (RU, 11, "У вас одиннадцать новых сообщений."),
        (RU, 12, "У вас двенадцать новых сообщений."),
        (RU, 21, "У вас двадцать одно новое сообщение."),
        (RU, 25, "У вас двадцать пять новых сообщений."),
        (RU, 112, "У вас сто двенадцать новых сообщений."),
    ],
)
def test_messages_are_counted_as_the_language_does(language: Language, count: int, said: str) -> None:
    assert catalogue().counted["new-messages"].text(language, count) == said


@pytest.mark.parametrize(
    ("language", "place", "said"),
    [
        (EN, 3, "You are currently caller number three. Thank you for your patience."),
        (LV, 1, "Paldies, ka gaidāt. Jūsu vieta rindā ir pirmā."),
        (LV, 21, "Paldies, ka gaidāt. Jūsu vieta rindā ir divdesmit pirmā."),
        (UK, 3, "Дякуємо за очікування. Ваше місце в черзі третє."),
        (RU, 12, "Ваша позиция в очереди: двенадцать. Благодарим за терпение."),
    ],
)
def test_a_place_in_the_queue_is_said_as_the_language_does(language: Language, place: int, said: str) -> None:
    assert catalogue().counted["queue-you-are-number"].text(language, place) == said


@pytest.mark.parametrize(
    ("language", "minutes", "said"),
    [
        (EN, 0, "The estimated hold time is currently less than one minute."),
        (EN, 5, "The estimated hold time is currently five minutes."),
        (LV, 2, "Jāgaida apmēram divas minūtes."),
        (UK, 1, "Чекати приблизно одну хвилину."),
        (UK, 22, "Чекати приблизно двадцять дві хвилини."),
        (RU, 1, "Прогнозируемое время ожидания составляет одну минуту."),
        (RU, 11, "Прогнозируемое время ожидания составляет одиннадцать минут."),
        (RU, 21, "Прогнозируемое время ожидания составляет двадцать одну минуту."),
    ],
)
def test_minutes_of_waiting_stand_in_the_case_of_waiting(language: Language, minutes: int, said: str) -> None:
    assert catalogue().counted["queue-expected-minutes"].text(language, minutes) == said


@given(st.sampled_from(list(Language)), st.integers(min_value=0, max_value=100_000))
def test_every_count_has_a_form_the_language_knows(language: Language, count: int) -> None:
    assert plural(language, count) in FORMS[language]
    for phrase in catalogue().counted.values():
        assert "{" not in phrase.text(language, count) and phrase.text(language, count).strip()


@pytest.mark.parametrize(
    ("language", "at", "said"),
    [
        (EN, NOON, "Today at 12 PM."),
        (EN, NOON.replace(hour=0, minute=5), "Today at 12 oh 5 AM."),
        (EN, NOON - timedelta(days=1, minutes=-15), "Yesterday at 12 15 PM."),
        (EN, NOON - timedelta(days=2), "November twenty second at 12 PM."),
        (EN, NOON + timedelta(days=1), "Tomorrow at 12 PM."),
        (EN, NOON + timedelta(days=6), "Monday at 12 PM."),
        (EN, NOON + timedelta(days=7), "December first at 12 PM."),
        (LV, NOON.replace(hour=9, minute=21), "Šodien pulksten deviņos un divdesmit vienā minūtē."),
        (LV, NOON.replace(hour=0, minute=0), "Šodien pusnaktī."),
        (LV, NOON.replace(hour=0, minute=11), "Šodien pulksten nulle un vienpadsmit minūtēs."),
        (LV, NOON.replace(hour=23, minute=40), "Šodien pulksten divdesmit trijos un četrdesmit minūtēs."),
        (LV, NOON - timedelta(days=2), "divdesmit otrajā novembrī pulksten divpadsmitos."),
        (LV, NOON + timedelta(days=3), "Piektdien pulksten divpadsmitos."),
        (UK, NOON.replace(hour=21, minute=2), "Сьогодні о двадцять першій годині дві хвилини."),
        (UK, NOON.replace(hour=11, minute=0), "Сьогодні об одинадцятій годині."),
        (UK, NOON.replace(hour=0, minute=0), "Сьогодні о нульовій годині."),
        (UK, NOON - timedelta(days=25), "тридцятого жовтня о дванадцятій годині."),
        (UK, NOON + timedelta(days=6, hours=-3), "У понеділок о дев'ятій годині."),
        (RU, NOON.replace(hour=2, minute=1), "Сегодня в два часа одну минуту."),
        (RU, NOON.replace(hour=21, minute=22), "Сегодня в двадцать один час двадцать две минуты."),
        (RU, NOON - timedelta(days=24), "тридцать первого октября в двенадцать часов."),
        (RU, NOON + timedelta(days=5), "В воскресенье в двенадцать часов."),
    ],
)
def test_moments_are_said_as_people_say_them(language: Language, at: datetime, said: str) -> None:
    assert moment_words(language, at, NOON) == said


@pytest.mark.parametrize(
    ("language", "hour", "minute", "said"),
    [
        (EN, 0, 5, "12 oh 5 AM."),
        (EN, 14, 15, "2 15 PM."),
        (LV, 9, 0, "pulksten deviņi."),
        (LV, 21, 1, "pulksten divdesmit viens un viena minūte."),
        (LV, 0, 11, "pulksten nulle un vienpadsmit minūtes."),
        (UK, 0, 0, "нульова година."),
        (UK, 3, 2, "третя година дві хвилини."),
        (UK, 22, 15, "двадцять друга година п'ятнадцять хвилин."),
        (RU, 0, 0, "ноль часов."),
        (RU, 1, 1, "один час одна минута."),
        (RU, 22, 15, "двадцать два часа пятнадцать минут."),
    ],
)
def test_what_time_it_is_stands_by_itself(language: Language, hour: int, minute: int, said: str) -> None:
    assert time_words(language, NOON.replace(hour=hour, minute=minute)) == said


def test_today_is_that_of_the_office_and_not_of_greenwich() -> None:
    after_midnight = datetime(2026, 11, 24, 0, 30, tzinfo=ZoneInfo("Europe/Riga"))
    assert moment_words(EN, after_midnight, NOON.astimezone(UTC)).startswith("Today")


def test_without_a_clock_the_date_is_said() -> None:
    assert moment_words(EN, NOON, None) == "November twenty fourth at 12 PM."


@given(st.sampled_from(list(Language)), st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.times())
def test_every_moment_can_be_said(language: Language, day: date, time: object) -> None:
    at = datetime.combine(day, time, tzinfo=UTC)  # type: ignore[arg-type]
    assert moment_words(language, at, NOON)


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("+37129999999", "3 7 1, 2 9 9, 9 9 9, 9 9"),
        ("7", "7"),
        ("70", "7 0"),
        ("2020", "2 0, 2 0"),
        ("1234567", "1 2 3, 4 5, 6 7"),
        ("1234567890", "1 2 3, 4 5 6, 7 8, 9 0"),
        ("LMT", ""),
    ],
)
def test_digits_are_spelled_with_a_breath_and_none_left_alone(digits: str, said: str) -> None:
    assert spelled(digits) == said
