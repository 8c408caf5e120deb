"""Whether the rights to supervise name somebody."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.mistakes import Mistake, closest
from appliance.config.models import EVERYBODY, Configuration


def check_supervision(configuration: Configuration) -> Iterator[Mistake]:
    """Whoever may be supervised exists."""
    known = [*configuration.extensions, *configuration.ring_groups, EVERYBODY]
    for number, extension in configuration.extensions.items():
        for at, name in enumerate(extension.may_supervise, 1):
            path = f"extensions.{number}.may_supervise.{at}"
            if name not in known:
                cause = f'There is no extension and no ring group "{name}"; "{EVERYBODY}" means everybody.'
                yield Mistake(path=path, cause=cause, did_you_mean=closest(name, known))
            elif name == number:
                yield Mistake(path=path, cause="Nobody supervises himself.")
