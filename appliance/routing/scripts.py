"""Texts and addresses of scripts with their values filled in, and where a script goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from appliance.config.models import Script

STEP_PREFIX = "step:"

CALLER = "caller"
"""The value every script begins with: the caller's number, "" when withheld."""

_PLACE = re.compile(r"\{(\w[\w-]*)(:digits)?\}")


def names_in(text: str) -> Iterator[str]:
    """The values a text mentions."""
    return (found[1] for found in _PLACE.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text to be spoken; a value nobody knows is left out."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found[1], "")
        return " ".join(known) if found[2] else known

    return _PLACE.sub(value, text)


def fill_address(url: str, values: Mapping[str, str]) -> str:
    """An address; values are escaped, so that what a caller keys in or a service answers changes no other part."""
    return _PLACE.sub(lambda found: quote(values.get(found[1], ""), safe=""), url)


def step_at(script: Script, target: str) -> int | None:
    """The place of the step a target names; None when it is a destination, or no step has that label."""
    if not target.startswith(STEP_PREFIX):
        return None
    label = target.removeprefix(STEP_PREFIX)
    return next((at for at, step in enumerate(script.steps) if step.label == label), None)
