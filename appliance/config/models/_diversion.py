"""Diversion: where a person's calls go instead of her phones, or when nobody takes them there."""

from __future__ import annotations

from enum import StrEnum

from appliance.config.models._base import Model, OutsideNumber, Seconds


class DivertRule(StrEnum):
    """When a diversion is taken; the names of the fields of `Diversion`."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


class Diversion(Model, frozen=True, kw_only=True):
    """Where a person's calls go."""

    always: str | None = None
    busy: str | None = None
    no_answer: str | None = None
    unreachable: str | None = None
    """No phone of the extension is registered; None: as `no_answer`."""
    after_seconds: Seconds = 20.0
    """How long the phones ring before `no_answer`."""
    allowed: tuple[OutsideNumber, ...] = ()
    """Numbers outside the person may divert to by a code, beside her own mobile, without the right to any number."""
