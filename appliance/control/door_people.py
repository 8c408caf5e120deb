"""Codes of persons and guests, cards, codes under duress, and codes for one ring: what can be said about them.

Codes travel in plain text only from the one who keyed them in to the door, over a Unix socket, and are never printed:
see `repr`. They are kept as argon2id hashes, so that nobody can read one again.
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.control.messages import Ask, Done

DoorName = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(pattern=r"^[0-9]{4,12}$")]
PersonName = Annotated[str, Meta(min_length=1, max_length=64)]


class CodeKind(StrEnum):
    """What a code is for. A person may have one of each kind."""

    CODE = "code"
    """Of somebody of the house."""
    GUEST = "guest"
    """Of a visitor; has to end some day or after some uses."""
    DURESS = "duress"
    """Opens like the person's code, within the same hours, and raises a silent alarm."""
    CARD = "card"
    """The number of a card, as a reader tells it; cannot be keyed in."""


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span of local time on some days of the week; over midnight when `until` is not after `since`."""

    days: tuple[Annotated[int, Meta(ge=1, le=7)], ...]
    """ISO weekdays, 1 is Monday, on which the span begins."""
    since: time
    until: time


class SetPersonCode(Ask[Done], frozen=True, kw_only=True, tag="set_person_code"):
    """Give a person a code, replacing an earlier one of its kind, or take it away."""

    person: PersonName
    """An extension's number, a mobile's, or a guest's name."""
    code: Code | None
    """None takes it away."""
    kind: CodeKind = CodeKind.CODE
    doors: tuple[DoorName, ...] = ()
    """Where it opens; empty: every door."""
    hours: tuple[Hours, ...] = ()
    """When it opens; empty: always."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it opens."""
    uses: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """How often it opens; None: as often as one likes."""
    by: str = ""
    """Who gives it, for the ledger."""
    known_numbers: tuple[str, ...] = ()
    """Extensions, numbers and the like that are too easy to guess for this person."""

    def __repr__(self) -> str:
        return f"SetPersonCode({self.person!r}, {self.kind}, doors={self.doors!r})"


class UndoCodes(Ask["CodesUndone"], frozen=True, kw_only=True, tag="undo_codes"):
    """Take back the last change of codes: one that was given, replaced or taken away."""

    by: str = ""


class CodesUndone(msgspec.Struct, frozen=True, tag="codes_undone"):
    """Whose code is as it was before."""

    person: str
    kind: CodeKind


class ListPeople(Ask["People"], frozen=True, tag="list_people"):
    """Who has a code."""


class Person(msgspec.Struct, frozen=True):
    """Somebody with a code; the code itself is nowhere to be read."""

    person: str
    doors: tuple[str, ...]
    hours: tuple[Hours, ...]
    valid_from: date | None
    valid_until: date | None
    kind: CodeKind = CodeKind.CODE
    uses: int | None = None
    used: int = 0
    """How often it has opened."""


class People(msgspec.Struct, frozen=True, tag="people"):
    """Everybody who has a code."""

    people: tuple[Person, ...]
    undo: CodesUndone | None = None
    """What `UndoCodes` would put back; None: nothing."""


class IssueOneTimeCode(Ask["OneTimeCode"], frozen=True, kw_only=True, tag="issue_one_time_code"):
    """Make a code that opens one door once, for one ring and one person, such as for "reply OPEN 4821 within 60 s".

    A newer ring at the door ends it, and so does a restart of the door process. Asking again for the same ring and
    person gives another code and ends the first.
    """

    door: DoorName
    ring: Annotated[str, Meta(min_length=1, max_length=64)]
    """Id of the call the button started; the ledger says which ring was opened for."""
    person: PersonName
    """The only one who may use it: `OpenRequest.person` has to be the same text, such as the mobile's number."""
    seconds: Annotated[float, Meta(ge=30, le=300)] = 60.0


class OneTimeCode(msgspec.Struct, frozen=True, tag="one_time_code"):
    """Say it to that person and to nobody else."""

    code: str
    """Four digits."""
    seconds: float
    """How long it opens, from now, on the monotonic clock."""

    def __repr__(self) -> str:
        return f"OneTimeCode('…', {self.seconds})"
