"""The block list as a person changes it by telephone: a number is blocked, or taken off again."""

from __future__ import annotations

import msgspec

from appliance.config.models import Configuration
from appliance.routing.callers import is_named, who_calls
from appliance.routing.numbering import is_emergency, to_e164
from appliance.routing.own_numbers import own_number


def blockable(configuration: Configuration, number: str) -> str | None:
    """The number in the spelling of the block list; None when it must not be blocked, or is no number.

    Help that calls back must get through, and so must our own lines.
    """
    if is_emergency(configuration.country, number):
        return None
    whole = to_e164(configuration.country, number)
    return None if whole is None or own_number(configuration, whole) is not None else whole


def blocked(configuration: Configuration, number: str) -> Configuration:
    """The configuration with a number (E.164) blocked, and no longer allowed by itself."""
    caller, screening = who_calls(configuration, number), configuration.screening
    if is_named(screening.blocked, caller):
        return configuration
    allowed = tuple(pattern for pattern in screening.allowed if not is_named((pattern,), caller))
    changed = msgspec.structs.replace(screening, blocked=(*screening.blocked, number), allowed=allowed)
    return msgspec.structs.replace(configuration, screening=changed)


def unblocked(configuration: Configuration, number: str) -> Configuration:
    """The configuration without a number (E.164) on the block list, also when its contact is blocked."""
    caller, screening = who_calls(configuration, number), configuration.screening
    left = tuple(pattern for pattern in screening.blocked if not is_named((pattern,), caller))
    changed = msgspec.structs.replace(configuration, screening=msgspec.structs.replace(screening, blocked=left))
    if caller.contact is None or not caller.contact.blocked:
        return changed
    contact = msgspec.structs.replace(caller.contact, blocked=False)
    return msgspec.structs.replace(changed, contacts={**configuration.contacts, caller.key: contact})
