"""Where a call can be sent: the text of the configuration as frozen types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from appliance.errors import PorterError

OUTSIDE_PREFIX = "outside:"
HANG_UP = "hang_up"

_OUTSIDE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_QUEUE_AND_STEPS = re.compile(r"(.+)\+([1-9])")


class BadDestination(PorterError):
    """A text that names no destination."""


class ToExtension(msgspec.Struct, frozen=True, tag=True):
    """A person, at every phone of hers."""

    number: str

    def __str__(self) -> str:
        return f"extension:{self.number}"


class ToRingGroup(msgspec.Struct, frozen=True, tag=True):
    """The members of a ring group."""

    name: str

    def __str__(self) -> str:
        return f"ring_group:{self.name}"


class ToQueue(msgspec.Struct, frozen=True, tag=True):
    """A call queue, and how much earlier than others a caller comes there, such as by the choice of a menu."""

    name: str
    steps: int = 0
    """Of priority, beside those the queue itself gives."""

    def __str__(self) -> str:
        return f"queue:{self.name}+{self.steps}" if self.steps else f"queue:{self.name}"


class ToConference(msgspec.Struct, frozen=True, tag=True):
    """A conference room."""

    name: str

    def __str__(self) -> str:
        return f"conference:{self.name}"


class ToMenu(msgspec.Struct, frozen=True, tag=True):
    """A menu of the auto attendant."""

    name: str

    def __str__(self) -> str:
        return f"menu:{self.name}"


class ToScript(msgspec.Struct, frozen=True, tag=True):
    """A script of the auto attendant."""

    name: str

    def __str__(self) -> str:
        return f"script:{self.name}"


class ToVoicemail(msgspec.Struct, frozen=True, tag=True):
    """A mailbox, named by its extension."""

    box: str

    def __str__(self) -> str:
        return f"voicemail:{self.box}"


class ToOutside(msgspec.Struct, frozen=True, tag=True):
    """A number outside of the house, in E.164 with its plus sign."""

    number: str

    def __str__(self) -> str:
        return f"{OUTSIDE_PREFIX}{self.number}"


class HangUp(msgspec.Struct, frozen=True, tag=True):
    """Nowhere: the call ends."""

    def __str__(self) -> str:
        return HANG_UP


Destination = ToExtension | ToRingGroup | ToQueue | ToConference | ToMenu | ToScript | ToVoicemail | ToOutside | HangUp


def _to_queue(text: str) -> ToQueue:
    """Such as `support+2`; names have no plus sign."""
    found = _QUEUE_AND_STEPS.fullmatch(text)
    return ToQueue(text) if found is None else ToQueue(found[1], int(found[2]))


NAMED: Mapping[str, Callable[[str], Destination]] = {
    "extension": ToExtension,
    "ring_group": ToRingGroup,
    "queue": _to_queue,
    "conference": ToConference,
    "menu": ToMenu,
    "script": ToScript,
    "voicemail": ToVoicemail,
}
"""Kinds whose name is one of the configuration."""

KINDS = (*NAMED, "outside")


def parse_destination(text: str) -> Destination:
    """The destination a text of the configuration names; `str()` of it gives the text back.

    Whether the extension or the group exists is not looked at: that is the validation's task.

    Raises:
        BadDestination: The kind is unknown, the name is missing, or an outside number is not E.164.
    """
    kind, _, name = text.partition(":")
    if text == HANG_UP:
        return HangUp()
    if kind in NAMED and name:
        return NAMED[kind](name)
    if kind == "outside" and _OUTSIDE_NUMBER.fullmatch(name):
        return ToOutside(name)
    if kind == "outside" and name:
        raise BadDestination(f'"{text}" names no number.', 'Write the whole number, such as "outside:+37120000000".')
    known = ", ".join(f'"{kind}:…"' for kind in KINDS)
    raise BadDestination(f'"{text}" is no destination.', f'Write one of {known} or "{HANG_UP}".')
