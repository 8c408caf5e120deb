"""The story of a call in sentences of the reader's language. The facts come from `appliance.calls.story`, the words
from `story_words/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from appliance.calls.names import Cause, Outcome
from appliance.calls.story import (
    AcceptAsked,
    AgentSwitched,
    AnyStoryFact,
    AppointmentFailed,
    BlockListChanged,
    Branched,
    CallBegan,
    CallerKnown,
    CustomerNumberAsked,
    DigitsCollected,
    DiversionSet,
    DoNotDisturbSet,
    DoorAsked,
    EnteredRoom,
    ForwardedMessage,
    HoursLooked,
    HoursSwitched,
    HungUp,
    KeyAsked,
    LedOn,
    Lifted,
    ListenedToMail,
    NameAsked,
    NameLookedUp,
    NobodyCame,
    Paged,
    PutThroughFailed,
    QueueEntered,
    QueueLeft,
    Rated,
    ReadBack,
    RecordingBegan,
    RecordingRefused,
    ResponsibleFirst,
    Ringing,
    RouteTaken,
    Screened,
    ServiceAsked,
    ServiceNotAsked,
    StepBegan,
    StepEnded,
    Supervised,
    TalkImagined,
    TransferBegan,
    WayOutRefused,
    WentRound,
)
from appliance.config.destinations import (
    BadDestination,
    HangUp,
    ToConference,
    ToExtension,
    ToMenu,
    ToOutside,
    ToQueue,
    ToRingGroup,
    ToScript,
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
    names |= {queue.number: queue.name for queue in configuration.call_queues.values()}
    names |= {name: queue.name for name, queue in configuration.call_queues.items()}
    names |= {name: room.name for name, room in configuration.conference_rooms.items()}
    names |= {room.number: room.name for room in configuration.conference_rooms.values()}
    names |= {str(ToMenu(name)): menu.name for name, menu in configuration.menus.items()}
    names |= {str(ToScript(name)): script.name for name, script in configuration.scripts.items()}
    names |= {script.number: script.name for script in configuration.scripts.values() if script.number is not None}
    names |= {menu.number: menu.name for menu in configuration.menus.values() if menu.number is not None}
    names |= {str(ToVoicemail(name)): box.name for name, box in configuration.mailboxes.items()}
    names |= {name: calendar.name for name, calendar in configuration.calendars.items()}
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


def _hours(fact: HoursLooked) -> str:
    return f"{'open' if fact.is_open else 'closed'}-{fact.why}" + ("-until" if fact.until else "")


def _end(fact: HungUp) -> str:
    if fact.by == PORTER:
        return "porter" if fact.cause is Cause.NORMAL else "porter-cause"
    return "" if fact.cause is Cause.NORMAL else "cause"


_VARIANTS: Mapping[type[AnyStoryFact], Callable[[Any], str]] = {
    CallBegan: lambda fact: "" if fact.line is None else "line",
    HoursLooked: _hours,
    RecordingBegan: lambda fact: "" if fact.by else "always",
    RecordingRefused: lambda fact: "" if fact.by else "always",
    Supervised: lambda fact: fact.mode,
    TransferBegan: lambda fact: "attended" if fact.attended else "",
    AcceptAsked: lambda fact: "accepted" if fact.accepted else "declined",
    DoorAsked: lambda fact: "granted" if fact.granted else "refused",
    NobodyCame: lambda fact: "closed" if fact.is_closed else "",
    Lifted: lambda fact: "spoken" if fact.is_spoken else "note" if fact.note else "by" if fact.by else "",
    AgentSwitched: lambda fact: f"{fact.switched}-reason" if fact.reason else fact.switched,
    HungUp: _end,
    CallerKnown: lambda fact: "vip" if fact.is_vip else "",
    KeyAsked: lambda fact: "passed" if fact.passed else "failed",
    AppointmentFailed: lambda fact: fact.why.replace(" ", "-"),
    DigitsCollected: lambda fact: "" if fact.digits else "secret",
    Branched: lambda fact: "otherwise" if fact.otherwise else "",
    ServiceNotAsked: lambda fact: "answers" if fact.answers else "fails",
    TalkImagined: lambda fact: "then" if fact.flow else "",
    ServiceAsked: lambda fact: "fault" if fact.fault else "",
    ReadBack: lambda fact: "yes" if fact.confirmed else "no",
    Rated: lambda fact: "member" if fact.member else "",
    LedOn: lambda fact: fact.why,
    NameLookedUp: lambda fact: "" if fact.order else "none",
    NameAsked: lambda fact: "given" if fact.given else "none",
    CustomerNumberAsked: lambda fact: "found" if fact.name else "unknown" if fact.number else "none",
    ResponsibleFirst: lambda fact: fact.source,
    QueueEntered: lambda fact: "" if fact.expected_seconds is None else "expected",
    QueueLeft: lambda fact: fact.why,
    DiversionSet: lambda fact: "off" if not fact.destination else "" if fact.after_seconds is None else "after",
    DoNotDisturbSet: lambda fact: "on" if fact.on else "off",
    HoursSwitched: lambda fact: ("open" if fact.is_open else "closed") + ("-one" if fact.hours else ""),
    WayOutRefused: lambda fact: fact.why,
    BlockListChanged: lambda fact: "blocked" if fact.blocked else "allowed",
}
"""Which sentence of several a fact has, for those whose words need nothing more."""


class _Reader:
    """Turns the fields of a fact into words: which variant of the sentence, and what it is filled with."""

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self._language = language
        self._names = names

    def read(self, fact: AnyStoryFact) -> tuple[str, dict[str, str]]:
        values = {field: self._value(field, getattr(fact, field)) for field in fact.__struct_fields__}
        match fact:
            case RouteTaken():
                return self._route(fact, values)
            case Ringing(phones=phones):
                return ("" if phones else "nowhere"), values | {"phones": self._counted("phones", phones)}
            case ForwardedMessage(to=box):
                return "", values | {"to": self._box(box)}
            case ListenedToMail(messages=messages):
                return "", values | {"messages": self._counted("messages", messages)}
            case EnteredRoom(people=people):
                return "", values | {"people": self._counted("people", people)}
            case Paged(people=people):
                return ("" if people else "nobody"), values | {"people": self._counted("people", people)}
            case PutThroughFailed(tried=tried):
                return ("" if tried else "nowhere"), values | {"tried": ", ".join(tried)}
            case Screened(verdict=verdict, why=why):
                return verdict, values | {"why": self._word(f"why.{why}", why)}
            case WentRound(circle=circle):
                return "", values | {"circle": " → ".join(self._destination(place) for place in circle)}
            case _:
                variant = _VARIANTS.get(type(fact))
                return ("" if variant is None else variant(fact)), values

    def _route(self, fact: RouteTaken, values: dict[str, str]) -> tuple[str, dict[str, str]]:
        if fact.why in (DEFAULT, "number-unknown"):
            return fact.why, values
        return ("otherwise" if fact.otherwise else ""), values

    def _value(self, field: str, value: object) -> str:
        match field, value:
            case "destination", str(text):
                return self._destination(text)
            case (("seconds" | "after_seconds" | "expected_seconds"), float() | int()):
                return self._duration(value)
            case _, tuple():
                return ", ".join(self._one_of(field, one) for one in value)
            case "found", "":
                return self._word("found.nothing", "")
            case "account", str(account):
                return self._account(account)
            case (("strategy" | "flow" | "spoken" | "rule" | "fault" | "what"), str(word)):
                return self._word(f"{field}.{word}", word)
            case "reason", str(reason):
                return self._reason(reason)
            case "phrase", str(name):
                phrase = catalogue().phrases.get(name)
                return phrase.text(self._language) if phrase is not None else name
            case _, Cause():
                return self._word(f"cause.{value.value}", str(value.value))
            case _, Outcome():
                return self._word(f"outcome.{value.value}", value.value)
            case (("caller" | "called" | "member" | "group" | "by" | "to" | "box" | "door" | "calendar"), str(name)):
                return self._box(name) if field == "box" else self._name(name)
            case _:
                return str(value)

    def _one_of(self, field: str, value: Any) -> str:
        """One of several values of a field."""
        match field:
            case "order":
                return self._name(value)
            case "otherwise":
                return self._destination(value)
            case "ways":
                keys, to = value
                return f"{keys} → {self._destination(to)}"
            case "codes":
                keys, feature = value
                return f"{keys} {self._word(f'codes.{feature}', feature)}"
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

    def _box(self, box: str) -> str:
        """Whose mailbox it is: a group's may have the same name in the configuration as a team."""
        return self._names.get(str(ToVoicemail(box))) or self._name(box)

    def _account(self, account: str) -> str:
        """Whose limit it is: a person, a line by its name, or the office."""
        kind, _, name = account.partition(":")
        return self._name(name) if name else self._word(f"account.{kind}", kind)

    def _destination(self, text: str) -> str:
        try:
            destination = parse_destination(text)
        except BadDestination:
            return text
        match destination:
            case ToExtension(number=name) | ToOutside(number=name):
                return self._name(name)
            case ToRingGroup(name=name) | ToQueue(name=name) | ToConference(name=name):
                return self._name(name)
            case ToMenu() | ToScript():
                return self._names.get(text, text)
            case ToVoicemail(box=box):
                return self._word("voicemail", "{name}").format(name=self._box(box))
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
