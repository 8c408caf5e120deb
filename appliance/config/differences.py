"""What is different between two configurations, as paths a person can read."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.loading import to_plain
from appliance.config.models import Configuration


def differences(before: Configuration, after: Configuration) -> tuple[str, ...]:
    """Paths that changed, such as `ring_groups.sales.members`; added and removed things are named whole."""
    return tuple(_paths(to_plain(before), to_plain(after), ""))


def _paths(before: object, after: object, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            here = f"{path}.{key}" if path else str(key)
            if key not in after or key not in before:
                yield here
            else:
                yield from _paths(before[key], after[key], here)
    elif before != after:
        yield path
