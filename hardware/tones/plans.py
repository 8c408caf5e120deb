"""Tone plans by country, from `plans.yaml`."""

from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
import yaml

ANYWHERE = "ETSI"


class ToneKind(StrEnum):
    """What an exchange says with a tone (ITU-T E.180)."""

    DIAL = "dial"
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"
    UNKNOWN = "unknown"
    """Regular and pure, and in no plan: some exchange's busy tone, when it comes in a talk."""


class TonePattern(msgspec.Struct, frozen=True):
    """One form of a tone."""

    hz: tuple[float, ...]
    """One frequency or two."""
    ms: tuple[int, ...] = ()
    """On, off, and so on; none: continuous."""


class TonePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tones of one country, or of one line."""

    dial: tuple[TonePattern, ...]
    ringback: tuple[TonePattern, ...]
    busy: tuple[TonePattern, ...]
    congestion: tuple[TonePattern, ...]

    def patterns(self) -> tuple[tuple[ToneKind, TonePattern], ...]:
        """All of them with what they mean."""
        named = (
            (ToneKind.DIAL, self.dial),
            (ToneKind.RINGBACK, self.ringback),
            (ToneKind.BUSY, self.busy),
            (ToneKind.CONGESTION, self.congestion),
        )
        return tuple((kind, pattern) for kind, patterns in named for pattern in patterns)

    def with_busy(self, *patterns: TonePattern) -> "TonePlan":
        """This plan and other forms of busy tone, such as learned ones."""
        return msgspec.structs.replace(self, busy=(*self.busy, *patterns))


@cache
def plans() -> dict[str, TonePlan]:
    """All plans by ISO 3166 country, and ANYWHERE."""
    text = (Path(__file__).parent / "plans.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, TonePlan])


def plan_of(country: str) -> TonePlan:
    """The plan of a country; ETSI's where it has none of its own."""
    return plans().get(country) or plans()[ANYWHERE]
