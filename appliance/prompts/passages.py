"""What each kind of prompt says, in words: numbers, amounts, times and digits as the language has them."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.calls.ports import Counted, Figure, Filled, Moment, Money, OwnPrompt, Said, SpelledDigits, TimeOfDay
from appliance.config.models import Language
from appliance.prompts.catalogue import catalogue
from appliance.prompts.numerals import cardinal
from appliance.prompts.sentences import Passage
from appliance.prompts.spoken import moment_passage, spelled, time_words

Worded = Counted | Figure | Filled | Moment | Money | OwnPrompt | Said | SpelledDigits | TimeOfDay
"""Prompts that are texts in the end."""


def passages(prompt: Worded, language: Language) -> Iterator[Passage]:
    """What a prompt says."""
    match prompt:
        case Counted(name=name, value=value):
            yield from _counted(name, value, language)
        case Figure(value=value):
            yield Passage(cardinal(language, value), is_fixed=False)
        case Money(hundredths=hundredths, currency=currency):
            yield from _money(hundredths, currency, language)
        case SpelledDigits(digits=digits):
            yield Passage(spelled(digits), is_fixed=False)
        case Moment(at=at, now=now):
            yield Passage(moment_passage(language, at, now), is_fixed=False)
        case TimeOfDay(at=at):
            yield Passage(time_words(language, at), is_fixed=False)
        case Said(text=text) | OwnPrompt(text=text):
            yield Passage(text, is_plain=True)
        case Filled(parts=parts):
            for part in parts:
                if isinstance(part, str):
                    yield Passage(part, is_plain=True)
                else:
                    yield from passages(part, language)


def _counted(name: str, value: int, language: Language) -> Iterator[Passage]:
    for text, is_number in catalogue().counted[name].forms(language).parts(language, value):
        yield Passage(text, is_fixed=not is_number)


def _money(hundredths: int, currency: str, language: Language) -> Iterator[Passage]:
    """Whole ones, and hundredths where there are some: "twelve euros, fifty cents"."""
    whole, rest = divmod(hundredths, 100)
    if whole or not rest:
        yield from _counted(f"money-{currency.lower()}", whole, language)
    if whole and rest:
        yield Passage(" ", is_fixed=False)
    if rest:
        yield from _counted(f"money-{currency.lower()}-hundredths", rest, language)
