"""Feature codes: one table of what they ask for, and how a dialled one is read.

A code is written as its keys, with `n` where a number follows: `*97`, `*98n`, `*21*n#`. The usual ones are FreePBX's,
and beside them the star codes of GSM (3GPP TS 22.030 §6.5.2) where people know them from their mobiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from appliance.config.models import Configuration, Feature

ARGUMENT = "n"

USUAL: Mapping[Feature, tuple[str, ...]] = {
    Feature.OWN_MAILBOX: ("*97",),
    Feature.ANY_MAILBOX: ("*98", "*98n"),
    Feature.PICKUP: ("*8",),
    Feature.DIRECTED_PICKUP: ("**n",),
    Feature.ECHO_TEST: ("*43",),
    Feature.LOG_IN: ("*45", "*45n"),
    Feature.PAUSE: ("*46", "*46n"),
    Feature.BLOCK_CALLER: ("*30", "*30n", "*32"),
    Feature.ALLOW_CALLER: ("*31", "*31n"),
    Feature.LISTEN: ("*555n",),
    Feature.WHISPER: ("*556n",),
    Feature.BARGE: ("*557n",),
    Feature.TAKE_OVER: ("*558n",),
    Feature.INTERCOM: ("*80n",),
    Feature.INTERCOM_ON: ("*54",),
    Feature.INTERCOM_OFF: ("*55",),
    Feature.SPEED_DIAL: ("*0n",),
    Feature.LAST_CALLER: ("*69",),
    Feature.REDIAL: ("*66",),
}


class Code(NamedTuple):
    """One way to ask for a feature."""

    feature: Feature
    pattern: str

    @property
    def keys(self) -> str:
        """What comes before the number, or the whole code."""
        return self.pattern.partition(ARGUMENT)[0]

    @property
    def takes_number(self) -> bool:
        return ARGUMENT in self.pattern

    def argument_of(self, dialled: str) -> str | None:
        """The number dialled with the code, "" for a code without one; None when this is not what was dialled."""
        before, wants_number, after = self.pattern.partition(ARGUMENT)
        if not wants_number:
            return "" if dialled == before else None
        found = re.fullmatch(rf"{re.escape(before)}(\+?[0-9]+){re.escape(after)}", dialled)
        return None if found is None else found[1]


class ReadCode(msgspec.Struct, frozen=True):
    """A code that was dialled."""

    feature: Feature
    argument: str = ""
    """The number dialled with it; "" without one."""


def codes_of(configuration: Configuration) -> Iterator[Code]:
    """Every code of an office, in the order of the features."""
    for feature, usual in USUAL.items():
        for pattern in configuration.codes.own.get(feature, usual):
            yield Code(feature, pattern)


def read_code(configuration: Configuration, dialled: str) -> ReadCode | None:
    """The feature a dialled code asks for; None when it is no code of this office.

    Args:
        dialled: Without separators; a closing `#`, which some phones add to what they send, does not matter.

    Where two codes fit, the one with more keys of its own does: `*80201` is the intercom to 201, although `*8n` would
    fit as well.
    """
    fits = [
        (len(code.keys), ReadCode(code.feature, argument))
        for code in codes_of(configuration)
        for spelling in (dialled, dialled.removesuffix("#"))
        if (argument := code.argument_of(spelling)) is not None
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def clashes(configuration: Configuration) -> Iterator[tuple[Code, Code]]:
    """Pairs of codes of which one can never be dialled, since the other is the same keys; the later one first."""
    seen: list[Code] = []
    for code in codes_of(configuration):
        yield from ((code, other) for other in seen if code.pattern == other.pattern)
        seen.append(code)
