"""Mailboxes of people and of groups as one thing: whose they are, who may listen, how callers are greeted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from appliance.calls.names import Outcome
from appliance.calls.story import AnyStoryFact, HoursLooked
from appliance.config.models import Configuration, Language, MailboxRules


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One mailbox."""

    key: str
    """The extension's number, or the name of the group's box."""
    name: str
    members: tuple[str, ...]
    """Extensions that listen without a PIN and whose lamps light."""
    pin: str | None
    """None: only for its members' phones."""
    language: Language
    email: str | None
    rules: MailboxRules


class Greeting(StrEnum):
    """Why a caller reaches a box, as far as it decides about what he hears."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"


def box_of(configuration: Configuration, key: str) -> Box | None:
    """The box of an extension that has one, or of a group; None: there is none."""
    person = configuration.extensions.get(key)
    if person is not None:
        if not person.voicemail:
            return None
        return Box(
            key=key,
            name=person.name,
            members=(key,),
            pin=person.voicemail_pin,
            language=person.language or configuration.language,
            email=person.email,
            rules=person.mailbox,
        )
    group = configuration.mailboxes.get(key)
    if group is None:
        return None
    return Box(
        key=key,
        name=group.name,
        members=group.members,
        pin=group.pin,
        language=group.language or configuration.language,
        email=group.email,
        rules=group.rules,
    )


def box_numbered(configuration: Configuration, number: str) -> Box | None:
    """The box that somebody means who keys in a number."""
    for key, group in configuration.mailboxes.items():
        if group.number == number:
            return box_of(configuration, key)
    return box_of(configuration, number) if number in configuration.extensions else None


def all_boxes(configuration: Configuration) -> list[Box]:
    """Every box, those of people first."""
    keys = (*configuration.extensions, *configuration.mailboxes)
    return [box for key in keys if (box := box_of(configuration, key)) is not None]


def boxes_of(configuration: Configuration, extension: str) -> list[Box]:
    """The boxes somebody listens to: the own one first, then those of groups."""
    keys = [extension, *(key for key, group in configuration.mailboxes.items() if extension in group.members)]
    return [box for key in keys if (box := box_of(configuration, key)) is not None]


def greeting_for(outcome: Outcome, story: Iterable[AnyStoryFact]) -> Greeting:
    """Why the caller is here.

    Args:
        outcome: How the last step of the call ended.
        story: What happened so far; who was sent here by closed hours reached nobody who could be busy.
    """
    match outcome:
        case Outcome.BUSY:
            return Greeting.BUSY
        case Outcome.NO_ANSWER:
            return Greeting.NO_ANSWER
        case Outcome.UNREACHABLE:
            return Greeting.UNREACHABLE
    if any(isinstance(fact, HoursLooked) and not fact.is_open for fact in story):
        return Greeting.CLOSED
    return Greeting.ALWAYS
