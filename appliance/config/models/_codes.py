"""Feature codes: what a phone dials, or keys in during a talk, to ask for something other than a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model

CodePattern = Annotated[
    str,
    Meta(
        pattern=r"^[*#][0-9*#]{0,9}n?#?$",
        description='keys that begin with * or #, with "n" where a number follows, such as "*72n" or "*21*n#"',
    ),
]


class Feature(StrEnum):
    """What a code asks for; the keys are in `appliance.routing.codes`, the flows in `appliance.flows.codes`."""

    OWN_MAILBOX = "own_mailbox"
    ANY_MAILBOX = "any_mailbox"
    PICKUP = "pickup"
    DIRECTED_PICKUP = "directed_pickup"
    ECHO_TEST = "echo_test"
    LOG_IN = "log_in"
    PAUSE = "pause"


class FeatureCodes(Model, frozen=True, kw_only=True):
    """The codes of the office, where they differ from the usual ones."""

    own: dict[Feature, tuple[CodePattern, ...]] = {}
    """Codes in place of a feature's usual ones; an empty list takes them away."""
