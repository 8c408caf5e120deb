"""Feature codes: one table of what they ask for, and how a dialled one is read.

A code is written as its keys, with `n` where a number follows: `*97`, `*98n`, `*21*n#`. The usual ones are in
`appliance.routing.code_presets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from appliance.config.models import Configuration, Feature
from appliance.routing.code_presets import dialled_codes

ARGUMENT = "n"
END = "#"
GSM_STAR = "*"
"""Between the parts of a GSM code."""

_GSM_MORE = r"(?:\*[0-9]{0,2}(?:\*([0-9]{0,3}))?)?"
"""Basic service and time behind the number."""


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
        """The number dialled with the code, "" for a code without one; None when this is not what was dialled.

        Codes in the form of GSM's, such as `*61*n#`, may go on with a basic service, which makes no difference here,
        and a time: `**61*n**20#` (3GPP TS 22.030 §6.5.2, annex C). The time follows the number after a `*` then.
        """
        before, wants_number, after = self.pattern.partition(ARGUMENT)
        if not wants_number:
            return "" if dialled == before else None
        more = _GSM_MORE if before.endswith(GSM_STAR) and after == END else "()"
        found = re.fullmatch(rf"{re.escape(before)}(\+?[0-9]+){more}{re.escape(after)}", dialled)
        return None if found is None else found[1] + (f"{GSM_STAR}{found[2]}" if found[2] else "")


class ReadCode(msgspec.Struct, frozen=True):
    """A code that was dialled."""

    feature: Feature
    argument: str = ""
    """The number dialled with it; "" without one."""


def codes_of(configuration: Configuration) -> Iterator[Code]:
    """Every code of an office, in the order of the features."""
    for feature, usual in dialled_codes(configuration.codes.preset).items():
        for pattern in configuration.codes.own.get(feature, usual):
            yield Code(feature, pattern)


def read_code(configuration: Configuration, dialled: str) -> ReadCode | None:
    """The feature a dialled code asks for; None when it is no code of this office.

    Args:
        dialled: Without separators; a closing `#`, which some phones add to what they send, and some take away as
            their key to send it, does not matter.

    Where two codes fit, the one with more keys of its own does: `*80201` is the intercom to 201, although `*8n` would
    fit as well.
    """
    fits = [
        (len(code.keys), ReadCode(code.feature, argument))
        for code in codes_of(configuration)
        for spelling in _spellings(dialled)
        if (argument := code.argument_of(spelling)) is not None
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def clashes(configuration: Configuration) -> Iterator[tuple[Code, Code]]:
    """Pairs of codes of which one can never be dialled, since the other is the same keys but for a closing `#`; the
    later one first."""
    seen: list[Code] = []
    for code in codes_of(configuration):
        yield from ((code, other) for other in seen if _open(code.pattern) == _open(other.pattern))
        seen.append(code)


def _spellings(dialled: str) -> tuple[str, ...]:
    return dialled, _open(dialled), f"{_open(dialled)}{END}"


def _open(keys: str) -> str:
    return keys.removesuffix(END)
