"""What came of a self-call, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import msgspec

from appliance.config.models import Language
from appliance.control.self_call_messages import LineTestShown


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    lv: str
    uk: str
    ru: str


_WORDS: Mapping[str, _Texts] = msgspec.yaml.decode(
    files(__package__).joinpath("self_call.yaml").read_bytes(), type=dict[str, _Texts]
)


def result_in_words(result: LineTestShown, language: Language) -> str:
    """What came of one pair, such as "no sound there, hang-up not seen"."""
    if result.not_ready:
        return _text("not-ready", language, line=result.not_ready)
    return ", ".join(_text(f"check.{check}", language) for check in result.failed) or _text("good", language)


def alarm_in_words(bad: list[LineTestShown], language: Language) -> str:
    """One line about the pairs that did not pass."""
    pairs = (f"{result.calling}>{result.called}: {result_in_words(result, language)}" for result in bad)
    return _text("failed", language, pairs="; ".join(pairs))


def _text(key: str, language: Language, **values: str) -> str:
    text: str = getattr(_WORDS[key], language.value)
    return text.format_map(values)
