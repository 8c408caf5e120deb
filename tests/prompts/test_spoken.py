"""Counts, digits and times in four languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Language
from appliance.prompts.catalogue import catalogue
from appliance.prompts.plurals import FORMS, plural
from appliance.prompts.spoken import moment_words, spelled

EN, LV, UK, RU = Language.EN, Language.LV, Language.UK, Language.RU
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        (EN, 0, "You have no new messages."),
        (EN, 1, "You have 1 new message."),
        (EN, 2, "You have 2 new messages."),
        (LV, 0, "Jums nav jaunu ziņu."),
        (LV, 1, "Jums ir viena jauna ziņa."),
        (LV, 2, "Jums ir divas jaunas ziņas."),
        (LV, 10, "Jums ir 10 jaunu ziņu."),
        (LV, 11, "Jums ir 11 jaunu ziņu."),
        (LV, 21, "Jums ir 20 viena jauna ziņa."),
        (UK, 1, "У вас одне нове повідомлення."),
        (UK, 3, "У вас 3 нові повідомлення."),
        (UK, 5, "У вас 5 нових повідомлень."),
        (RU, 1, "У вас одно новое сообщение."),
        (RU, 2, "У вас 2 новых сообщения."),
        (RU, 11, "У вас 11 новых сообщений."),
        (RU, 21, "У вас 20 одно новое сообщение."),
        (RU, 112, "У вас 112 новых сообщений."),
    ],
)
def test_messages_are_counted_as_the_language_does(language: Language, count: int, said: str) -> None:
    assert catalogue().counted["new-messages"].text(language, count) == said


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
        (EN, NOON - timedelta(days=2), "On November 22 at 12 PM."),
        (LV, NOON.replace(hour=9, minute=21), "Šodien pulksten 9 un 20 viena minūte."),
        (LV, NOON - timedelta(days=2), "divdesmit otrajā novembrī pulksten 12."),
        (UK, NOON.replace(hour=21, minute=2), "Сьогодні 20 одна година дві хвилини."),
        (UK, NOON - timedelta(days=25), "тридцятого жовтня 12 годин."),
        (RU, NOON.replace(hour=2, minute=1), "Сегодня 2 часа одна минута."),
        (RU, NOON - timedelta(days=24), "тридцать первого октября 12 часов."),
    ],
)
def test_moments_are_said_as_people_say_them(language: Language, at: datetime, said: str) -> None:
    assert moment_words(language, at, NOON) == said


def test_today_is_that_of_the_office_and_not_of_greenwich() -> None:
    after_midnight = datetime(2026, 11, 24, 0, 30, tzinfo=ZoneInfo("Europe/Riga"))
    assert moment_words(EN, after_midnight, NOON.astimezone(UTC)).startswith("Today")


def test_without_a_clock_the_date_is_said() -> None:
    assert moment_words(EN, NOON, None) == "On November 24 at 12 PM."


@given(st.sampled_from(list(Language)), st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.times())
def test_every_moment_can_be_said(language: Language, day: date, time: object) -> None:
    at = datetime.combine(day, time, tzinfo=UTC)  # type: ignore[arg-type]
    assert moment_words(language, at, NOON)


def test_digits_are_spelled_with_a_breath_after_three() -> None:
    assert spelled("+37129999999") == "3 7 1, 2 9 9, 9 9 9, 9 9"
    assert spelled("LMT") == ""
