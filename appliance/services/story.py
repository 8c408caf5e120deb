"""The story of a call in sentences of the reader's language. The facts come from `appliance.calls.story`, the words
from `story_words/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from appliance.calls.names import Cause, Outcome
from appliance.calls.story import (
    AcceptAsked,
    AnyStoryFact,
    CallBegan,
    DoorAsked,
    HoursLooked,
    HungUp,
    ListenedToMail,
    PutThroughFailed,
    Ringing,
    RouteTaken,
    StepBegan,
    StepEnded,
    TransferBegan,
)
from appliance.config.destinations import (
    BadDestination,
    HangUp,
    ToExtension,
    ToOutside,
    ToRingGroup,
    ToVoicemail,
    parse_destination,
)
from appliance.config.models import Configuration, Language
from appliance.manifests import read_manifests
from appliance.prompts.catalogue import catalogue
from appliance.prompts.plurals import plural
from appliance.routing.inbound import DEFAULT
from appliance.services.words import InAllLanguages

PORTER = "porter"
"""Who hung up when it was nobody of the call."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sentences: Mapping[str, InAllLanguages]
    words: Mapping[str, InAllLanguages]
    counted: Mapping[str, Mapping[Language, Mapping[str, str]]]


@cache
def words_of_stories() -> _Words:
    """The manifest that comes with Porter."""
    return read_manifests("appliance.services", "story_words", _Words)


def names_of(configuration: Configuration) -> dict[str, str]:
    """What people call the numbers and names of a configuration."""
    names = {number: extension.name for number, extension in configuration.extensions.items()}
    names |= {group.number: group.name for group in configuration.ring_groups.values()}
    names |= {name: group.name for name, group in configuration.ring_groups.items()}
    return names | {name: door.name for name, door in configuration.doors.items()}


def is_detail(fact: AnyStoryFact) -> bool:
    """Whether a fact tells how Porter works rather than what happened to the caller."""
    return isinstance(fact, StepBegan | StepEnded)


def sentences(
    facts: Iterable[AnyStoryFact], language: Language, names: Mapping[str, str], *, details: bool = False
) -> list[str]:
    """The story without its details, unless they are asked for.

    Args:
        names: What people call numbers; see `names_of`.
    """
    return [sentence(fact, language, names) for fact in facts if details or not is_detail(fact)]


def sentence(fact: AnyStoryFact, language: Language, names: Mapping[str, str]) -> str:
    """One fact in one sentence."""
    variant, values = _Reader(language, names).read(fact)
    key = type(fact).__name__ + (f".{variant}" if variant else "")
    return words_of_stories().sentences[key].text(language).format_map(values)


class _Reader:
    """Turns the fields of a fact into words: which variant of the sentence, and what it is filled with."""

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self._language = language
        self._names = names

    def read(self, fact: AnyStoryFact) -> tuple[str, dict[str, str]]:
        values = {field: self._value(field, getattr(fact, field)) for field in fact.__struct_fields__}
        match fact:
            case CallBegan(line=line):
                return ("line" if line is not None else ""), values
            case RouteTaken():
                return self._route(fact, values)
            case HoursLooked(is_open=is_open, by_hand=True):
                return ("open-by-hand" if is_open else "closed-by-hand"), values
            case HoursLooked(is_open=is_open, clock_known=clock_known):
                return ("unknown" if is_open and not clock_known else "open" if is_open else "closed"), values
            case Ringing(phones=phones):
                return ("" if phones else "nowhere"), values | {"phones": self._counted("phones", phones)}
            case ListenedToMail(messages=messages):
                return "", values | {"messages": self._counted("messages", messages)}
            case TransferBegan(attended=attended):
                return ("attended" if attended else ""), values
            case AcceptAsked(accepted=accepted):
                return ("accepted" if accepted else "declined"), values
            case DoorAsked(granted=granted):
                return ("granted" if granted else "refused"), values
            case PutThroughFailed(tried=tried):
                return ("" if tried else "nowhere"), values | {"tried": ", ".join(tried)}
            case HungUp(by=by, cause=cause):
                return self._end(by, cause), values
            case _:
                return "", values

    def _route(self, fact: RouteTaken, values: dict[str, str]) -> tuple[str, dict[str, str]]:
        values["otherwise"] = ", ".join(self._destination(other) for other in fact.otherwise)
        if fact.why in (DEFAULT, "not-allowed", "number-unknown"):
            return fact.why, values
        return ("otherwise" if fact.otherwise else ""), values

    @staticmethod
    def _end(by: str, cause: Cause) -> str:
        if by == PORTER:
            return "porter" if cause is Cause.NORMAL else "porter-cause"
        return "" if cause is Cause.NORMAL else "cause"

    def _value(self, field: str, value: object) -> str:
        match field, value:
            case "destination", str(text):
                return self._destination(text)
            case (("seconds" | "after_seconds"), float() | int()):
                return self._duration(value)
            case "flow", str(flow):
                return self._word(f"flow.{flow}", flow)
            case "reason", str(reason):
                return self._reason(reason)
            case "phrase", str(name):
                phrase = catalogue().phrases.get(name)
                return phrase.text(self._language) if phrase is not None else name
            case _, Cause():
                return self._word(f"cause.{value.value}", str(value.value))
            case _, Outcome():
                return self._word(f"outcome.{value.value}", value.value)
            case (("caller" | "called" | "member" | "group" | "by" | "to" | "box" | "door"), str(name)):
                return self._name(name)
            case _:
                return str(value)

    def _name(self, name: str) -> str:
        """A number with whom it belongs to; a name stays as it is."""
        if name in ("", "withheld"):
            return self._word("withheld", name)
        known = self._names.get(name)
        if known is None or known == name:
            return name
        return f"{known} ({name})" if name.isdigit() else known

    def _destination(self, text: str) -> str:
        try:
            destination = parse_destination(text)
        except BadDestination:
            return text
        match destination:
            case ToExtension(number=name) | ToRingGroup(name=name) | ToOutside(number=name):
                return self._name(name)
            case ToVoicemail(box=box):
                return self._word("voicemail", "{name}").format(name=self._name(box))
            case HangUp():
                return self._word("hang_up", text)

    def _reason(self, reason: str) -> str:
        """Reasons of ours by their words; those of a line come as `line: reason`, those of others as they are."""
        line, colon, rest = reason.partition(": ")
        return f"{line}: {self._word(rest, rest)}" if colon else self._word(reason, reason)

    def _word(self, key: str, unknown: str) -> str:
        word = words_of_stories().words.get(key)
        return unknown if word is None else word.text(self._language)

    def _counted(self, key: str, count: int) -> str:
        return words_of_stories().counted[key][self._language][plural(self._language, count)].format(n=count)

    def _duration(self, seconds: float) -> str:
        """Such as "1 min 5 s"; whole seconds, by abbreviations that no language inflects."""
        whole = round(seconds)
        parts = [(whole // 3600, "hours"), (whole // 60 % 60, "minutes"), (whole % 60, "seconds")]
        said = [f"{count} {self._word(unit, unit)}" for count, unit in parts if count]
        return " ".join(said) or f"0 {self._word('seconds', 's')}"
