"""Configurations made from others: what a person changes about herself."""

from __future__ import annotations

import msgspec

from appliance.config.models import Configuration


def with_person(configuration: Configuration, number: str, **settings: object) -> Configuration:
    """The configuration with other settings of one extension; unchanged when that is not there any more."""
    person = configuration.extensions.get(number)
    if person is None:
        return configuration
    changed = msgspec.structs.replace(person, **settings)
    return msgspec.structs.replace(configuration, extensions={**configuration.extensions, number: changed})
