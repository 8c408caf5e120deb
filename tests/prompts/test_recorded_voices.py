"""Numbers, times and amounts in recorded voices: which words are recorded, and how it sounds where voices meet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.calls.ports import Counted, Figure, Filled, Moment, Money, Phrase, Prompt, Said, SpelledDigits, TimeOfDay
from appliance.config.models import Language
from appliance.prompts.catalogue import catalogue
from appliance.prompts.joining import samples_of
from appliance.prompts.level import LEVEL, levelled, speech_level, without_silence
from appliance.prompts.library import DEBIAN_RECORDINGS, RECORDED_LANGUAGES, PromptLibrary
from appliance.prompts.passages import Worded, passages
from appliance.prompts.recorded_words import clauses, vocabulary
from appliance.prompts.shelf import FolderShelf
from appliance.prompts.tones import RATE

EN, LV, UK, RU = Language.EN, Language.LV, Language.UK, Language.RU
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""A Tuesday."""

has_recordings = pytest.mark.skipif(not DEBIAN_RECORDINGS.is_dir(), reason="asterisk-core-sounds is not installed")


def heard(prompt: Worded, language: Language) -> list[str]:
    """What a prompt is made of: names of recordings, and in quotes what is spoken."""
    text = "".join(passage.text for passage in passages(prompt, language))
    return [name for clause in clauses(text, language) for name in clause.recordings or (f'"{clause.text}"',)]


@pytest.mark.parametrize(
    ("language", "prompt", "expected"),
    [
        (EN, Counted("new-messages", 0), "vm-youhave vm-no vm-INBOX vm-messages"),
        (EN, Counted("new-messages", 1), "vm-youhave digits/1 vm-INBOX vm-message"),
        (EN, Counted("new-messages", 22), "vm-youhave digits/20 digits/2 vm-INBOX vm-messages"),
        (EN, Counted("new-messages", 101), "vm-youhave digits/1 digits/hundred vm-and digits/1 vm-INBOX vm-messages"),
        (EN, Counted("old-messages", 3), "vm-and digits/3 vm-Old vm-messages"),
        (EN, Counted("queue-you-are-number", 12), "queue-thereare digits/12 queue-thankyou"),
        (EN, Counted("queue-expected-minutes", 0), "queue-holdtime queue-less-than digits/1 queue-minute"),
        (EN, Counted("queue-expected-minutes", 40), "queue-holdtime digits/40 queue-minutes"),
        (EN, Counted("conference-others", 0), "conf-onlyperson"),
        (EN, Counted("conference-others", 1), "conf-onlyone"),
        (EN, Counted("conference-others", 2), "conf-thereare digits/2 conf-otherinparty"),
        (EN, Moment(NOON, NOON), "digits/today digits/at digits/12 digits/p-m"),
        (
            EN,
            Moment(NOON.replace(hour=21, minute=5), None),
            "digits/mon-10 digits/20 digits/h-4 digits/at digits/9 digits/oh digits/5 digits/p-m",
        ),
        (EN, TimeOfDay(NOON.replace(minute=45)), "digits/12 digits/40 digits/5 digits/p-m"),
        (EN, SpelledDigits("2029"), "digits/2 digits/0 digits/2 digits/9"),
        (EN, Money(200, "USD"), "digits/2 digits/dollars"),
        (EN, Money(1250, "EUR"), '"twelve euros fifty cents"'),
        (EN, Figure(1207), "digits/1 digits/thousand digits/2 digits/hundred vm-and digits/7"),
        (RU, Counted("new-messages", 1), "vm-youhave digits/1n vm-newn vm-message"),
        (RU, Counted("new-messages", 2), "vm-youhave digits/2 vm-newx vm-messagex1"),
        (RU, Counted("new-messages", 5), "vm-youhave digits/5 vm-newx vm-messagex2"),
        (RU, Counted("new-messages", 11), "vm-youhave digits/11 vm-newx vm-messagex2"),
        (RU, Counted("new-messages", 21), "vm-youhave digits/20 digits/1n vm-newn vm-message"),
        (RU, Counted("new-messages", 200), '"У вас двести новых сообщений."'),
        (RU, Counted("old-messages", 0), "vm-Old vm-messagex2 vm-no"),
        (RU, Counted("queue-you-are-number", 3), "queue-thereare digits/3 queue-thankyou"),
        (RU, Counted("queue-expected-minutes", 1), 'queue-holdtime "одну минуту."'),
        (RU, Counted("queue-expected-minutes", 2), 'queue-holdtime "две минуты."'),
        (RU, Counted("queue-expected-minutes", 15), "queue-holdtime digits/15 queue-minutes"),
        (RU, Counted("conference-others", 2), 'conf-thereare "два других участника."'),
        (RU, Counted("conference-others", 6), "conf-thereare digits/6 conf-otherinparty"),
        (RU, Moment(NOON, NOON), "digits/today digits/at digits/12 hours"),
        (RU, Moment(NOON.replace(hour=2), None), '"двадцать четвёртого ноября" "в два часа."'),
        (RU, Moment(NOON.replace(day=26), NOON), "digits/at digits/day-4 digits/at digits/12 hours"),
        (RU, Moment(NOON.replace(day=27), NOON), '"В пятницу" digits/at digits/12 hours'),
        (RU, TimeOfDay(NOON.replace(minute=20)), "digits/12 hours digits/20 queue-minutes"),
        (RU, TimeOfDay(NOON.replace(minute=1)), '"двенадцать часов одна минута."'),
        (RU, Money(500, "USD"), "digits/5 digits/dollars"),
        (LV, Counted("new-messages", 2), '"Jums ir divas jaunas ziņas."'),
        (UK, Counted("new-messages", 2), '"У вас два нові повідомлення."'),
    ],
)
def test_what_is_recorded_as_it_is_inflected_is_not_spoken(language: Language, prompt: Worded, expected: str) -> None:
    assert " ".join(heard(prompt, language)) == expected


@pytest.mark.parametrize(
    ("language", "hundredths", "currency", "said"),
    [
        (EN, 101, "EUR", "one euro one cent"),
        (EN, 0, "EUR", "zero euros"),
        (EN, 99, "GBP", "ninety nine pence"),
        (LV, 2150, "EUR", "divdesmit viens eiro piecdesmit centu"),
        (LV, 300, "UAH", "trīs grivnas"),
        (LV, 1100, "GBP", "vienpadsmit mārciņu"),
        (UK, 100, "UAH", "одна гривня"),
        (UK, 2202, "UAH", "двадцять дві гривні дві копійки"),
        (UK, 1121, "UAH", "одинадцять гривень двадцять одна копійка"),
        (UK, 504, "EUR", "п'ять євро чотири центи"),
        (RU, 2100, "USD", "двадцать один доллар"),
        (RU, 312, "USD", "три доллара двенадцать центов"),
        (RU, 22222, "UAH", "двести двадцать две гривны двадцать две копейки"),
    ],
)
def test_amounts_are_said_as_the_language_counts(language: Language, hundredths: int, currency: str, said: str) -> None:
    assert "".join(passage.text for passage in passages(Money(hundredths, currency), language)) == said


@has_recordings
@pytest.mark.parametrize("language", RECORDED_LANGUAGES)
def test_every_word_that_is_named_is_recorded_and_at_one_level(language: Language) -> None:
    for words, name in vocabulary(language).items():
        samples = samples_of(DEBIAN_RECORDINGS / RECORDED_LANGUAGES[language] / f"{name}.wav")
        seconds = len(without_silence(samples)) / RATE
        assert 0.1 + len(words) / 40 < seconds < 1.0 + len(words) / 8, words
        assert speech_level(levelled(samples)) == pytest.approx(LEVEL, abs=1.0), words


NUMBERS: list[Prompt] = [Counted(name, count) for name in catalogue().counted for count in (0, 1, 3, 21)]
OTHERS: list[Prompt] = [
    SpelledDigits("+37129999999"),
    Moment(NOON.replace(hour=9, minute=5), None),
    Moment(NOON, NOON),
    TimeOfDay(NOON.replace(hour=21, minute=1)),
    Money(1250, "EUR"),
    Figure(115),
    Filled(("Order ", SpelledDigits("2020"), " costs ", Money(1999, "EUR"), " and is ready.")),
    Said("Anna Berzina"),
    Phrase("voicemail-greeting"),
    Phrase("goodbye"),
]


@pytest.mark.real
@has_recordings
@pytest.mark.parametrize("language", list(Language))
async def test_all_that_is_put_together_is_heard_whole_at_one_level(tmp_path: Path, language: Language) -> None:
    library = PromptLibrary(tmp_path / "cache", own=FolderShelf(tmp_path / "own"))
    for prompt in NUMBERS + OTHERS:
        own = type(prompt)(**{**{f: getattr(prompt, f) for f in prompt.__struct_fields__}, "language": language})
        (path,) = await library.files([own])
        samples = samples_of(path)
        text = said(own, language)
        assert 0.3 + len(text) / 40 < len(samples) / RATE < 2.5 + len(text) / 3.5, text
        assert speech_level(samples) == pytest.approx(LEVEL, abs=1.0), text
    assert library.faults == []


@pytest.mark.real
@has_recordings
@pytest.mark.parametrize("language", RECORDED_LANGUAGES)
async def test_every_recorded_phrase_is_heard_whole_at_the_level_of_speech(tmp_path: Path, language: Language) -> None:
    library = PromptLibrary(tmp_path / "cache", own=FolderShelf(tmp_path / "own"))
    recorded = {name: phrase for name, phrase in catalogue().phrases.items() if phrase.recorded is not None}
    for name, phrase in recorded.items():
        (path,) = await library.files([Phrase(name, language)])
        samples = samples_of(path)
        original = samples_of(DEBIAN_RECORDINGS / RECORDED_LANGUAGES[language] / f"{phrase.recorded}.wav")
        assert len(samples) == pytest.approx(len(without_silence(original)), abs=RATE // 2), name
        assert speech_level(samples) == pytest.approx(LEVEL, abs=1.0), name


def said(prompt: Prompt, language: Language) -> str:
    if isinstance(prompt, Phrase):
        return catalogue().phrases[prompt.name].text(language)
    return "".join(passage.text for passage in passages(prompt, language))  # type: ignore[arg-type]


@pytest.mark.real
@has_recordings
async def test_the_level_does_not_jump_where_a_recording_and_speech_meet(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path / "cache", own=FolderShelf(tmp_path / "own"))
    (path,) = await library.files([Counted("queue-expected-minutes", 2, "ru")])
    samples = samples_of(path)
    recorded = len(without_silence(samples_of(DEBIAN_RECORDINGS / "ru/queue-holdtime.wav")))
    seam = int(0.05 * RATE) + recorded
    before, after = speech_level(samples[:seam]), speech_level(samples[seam:])
    assert abs(before - after) < 1.5, (before, after)


def test_a_language_without_recordings_has_none() -> None:
    assert vocabulary(LV) == vocabulary(UK) == {}
