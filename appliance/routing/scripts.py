"""Texts and addresses of scripts with their values filled in, and where a script goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from appliance.calls.ports import CURRENCIES, Figure, Filled, Money, Said, SpelledDigits, Value
from appliance.config.models import Language, Script

STEP_PREFIX = "step:"

CALLER = "caller"
"""The value every script begins with: the caller's number, "" when withheld."""

DIGITS, NUMBER = "digits", "number"
WAYS = (DIGITS, NUMBER, *CURRENCIES)
"""How a value may be said: `{name:digits}`."""

_PLACE = re.compile(r"\{(\w[\w-]*)(?::(\w+))?\}")
_AMOUNT = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?")


def names_in(text: str) -> Iterator[str]:
    """The values a text mentions."""
    return (found[1] for found in _PLACE.finditer(text))


def ways_in(text: str) -> Iterator[str]:
    """How a text wants its values said, where it says so."""
    return (found[2] for found in _PLACE.finditer(text) if found[2])


def fixed_parts(text: str) -> tuple[str, ...]:
    """What stands around the values of a text, without parts that are nothing but marks: what can be recorded."""
    parts = _PLACE.split(text)[::3]
    return tuple(dict.fromkeys(part.strip() for part in parts if any(map(str.isalpha, part))))


def filled(text: str, values: Mapping[str, str], language: Language) -> Said | Filled:
    """A text with its values, to be said; a value nobody knows is left out."""
    split = _PLACE.split(text)
    if len(split) == 1:
        return Said(text, language)
    parts: list[str | Said | Value] = []
    for fixed, name, way in zip(split[::3], [*split[1::3], None], [*split[2::3], None], strict=True):
        parts += [fixed] if fixed else []
        if name is not None and (known := values.get(name, "")):
            parts.append(_as_said(known, way, language))
    return Filled(tuple(parts), language)


def _as_said(value: str, way: str | None, language: Language) -> Said | Value:
    """A value as the text wants it; as it is written where it is no such thing."""
    if way == DIGITS:
        return SpelledDigits(value, language) if value.isdecimal() else Said(" ".join(value), language)
    amount = _AMOUNT.fullmatch(value.strip())
    if way == NUMBER and amount and not amount[2]:
        return Figure(int(amount[1]), language)
    if way in CURRENCIES and amount:
        return Money(int(amount[1]) * 100 + int((amount[2] or "0").ljust(2, "0")), str(way), language)
    return Said(value, language)


def fill_address(url: str, values: Mapping[str, str]) -> str:
    """An address; values are escaped, so that what a caller keys in or a service answers changes no other part."""
    return _PLACE.sub(lambda found: quote(values.get(found[1], ""), safe=""), url)


def step_at(script: Script, target: str) -> int | None:
    """The place of the step a target names; None when it is a destination, or no step has that label."""
    if not target.startswith(STEP_PREFIX):
        return None
    label = target.removeprefix(STEP_PREFIX)
    return next((at for at, step in enumerate(script.steps) if step.label == label), None)
