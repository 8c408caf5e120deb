"""Whether what the office says about callers makes sense: contacts, lists, regions, patterns, screening."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import Configuration
from appliance.routing.callers import LIST_PREFIX, REGION_PREFIX, Group, is_named, who_calls
from appliance.routing.numbering import is_emergency
from appliance.routing.own_numbers import own_numbers

_NUMBER = re.compile(r"\+?[0-9][0-9 ()/-]*")
_NUMBER_OR_PREFIX = re.compile(r"\+?[0-9][0-9 ()/-]*\*?")


def check_contacts(configuration: Configuration) -> Iterator[Mistake]:
    """A number belongs to one contact, so does a customer number; what contacts name exists."""
    numbers: dict[str, str] = {}
    customers: dict[str, str] = {}
    ours = {own.number for own in own_numbers(configuration)}
    for key, contact in configuration.contacts.items():
        path = f"contacts.{key}"
        for at, number in enumerate(contact.numbers, 1):
            if number in numbers:
                yield Mistake(path=f"{path}.numbers.{at}", cause=f"{number} is already a number of {numbers[number]}.")
            elif number in ours:
                yield Mistake(path=f"{path}.numbers.{at}", cause=f"{number} is a number of this office itself.")
            numbers.setdefault(number, contact.name)
        if (customer := contact.customer_number) is not None:
            if customer in customers:
                cause = f"{customer} is already the customer number of {customers[customer]}."
                yield Mistake(path=f"{path}.customer_number", cause=cause)
            customers.setdefault(customer, contact.name)
        for at, name in enumerate(contact.lists, 1):
            if name not in configuration.contact_lists:
                yield _unknown(f"{path}.lists.{at}", "contact list", name, configuration.contact_lists)
        if contact.responsible is not None and contact.responsible not in configuration.extensions:
            yield _unknown(f"{path}.responsible", "extension", contact.responsible, configuration.extensions)
        if contact.blocked and contact.allowed:
            yield Mistake(path=f"{path}.allowed", cause="This contact is blocked and allowed at once; choose one.")


def check_contact_manager(configuration: Configuration) -> Iterator[Mistake]:
    """Who is excepted exists; lists and sources are named once."""
    for at, number in enumerate(configuration.contact_manager.never, 1):
        if number not in configuration.extensions:
            yield _unknown(f"contact_manager.never.{at}", "extension", number, configuration.extensions)
    for path, entries in (
        ("contact_manager.sources", configuration.contact_manager.sources),
        ("contact_lists", configuration.contact_lists),
    ):
        for at, entry in enumerate(entries, 1):
            if entry in entries[: at - 1]:
                yield Mistake(path=below(path, at), cause=f'"{entry}" is in the list already.')


def check_screening(configuration: Configuration) -> Iterator[Mistake]:
    """Patterns can be read; help that calls back, and our own lines, are not blocked."""
    screening = configuration.screening
    for field in ("blocked", "allowed", "spam", "night"):
        for at, pattern in enumerate(getattr(screening, field), 1):
            yield from check_pattern(configuration, f"screening.{field}.{at}", pattern)
    for at, pattern in enumerate(screening.blocked, 1):
        path = f"screening.blocked.{at}"
        if is_emergency(configuration.country, pattern):
            yield Mistake(path=path, cause=f"{pattern} is an emergency number; help that calls back must get through.")
        elif _NUMBER.fullmatch(pattern) and is_named(screening.allowed, who_calls(configuration, pattern)):
            yield Mistake(path=path, cause=f"{pattern} is blocked and allowed at once; choose one.")
    for at, pattern in enumerate(screening.spam, 1):
        if pattern in (Group.SPAM, Group.CONTACT, Group.VIP):
            yield Mistake(path=f"screening.spam.{at}", cause="Write beginnings of numbers, such as +37190*.")


def check_callers(configuration: Configuration) -> Iterator[Mistake]:
    """What an inbound route compares with a caller or a number of ours can be one."""
    for at, route in enumerate(configuration.inbound_routes, 1):
        path = f"inbound_routes.{at}"
        if route.caller is not None:
            yield from check_pattern(configuration, f"{path}.caller", route.caller)
        if route.did is not None and not _NUMBER.fullmatch(route.did):
            yield Mistake(path=f"{path}.did", cause=f'"{route.did}" is no number.')
        if route.redirected_from is not None and not _NUMBER_OR_PREFIX.fullmatch(route.redirected_from):
            yield Mistake(
                path=f"{path}.redirected_from",
                cause=f'"{route.redirected_from}" is no number; write one, or a beginning such as "+371*".',
            )
        if route.queue is not None and route.queue.longer_than is None and not route.queue.without_agents:
            yield Mistake(path=f"{path}.queue", cause="Say when: `longer_than: 5`, or `without_agents: true`.")


def check_pattern(configuration: Configuration, path: str, pattern: str) -> Iterator[Mistake]:
    """A `CallerPattern` can mean somebody."""
    if pattern.startswith(LIST_PREFIX):
        name = pattern.removeprefix(LIST_PREFIX)
        if name not in configuration.contact_lists:
            yield _unknown(path, "contact list", name, configuration.contact_lists, LIST_PREFIX)
    elif pattern.startswith(REGION_PREFIX):
        name = pattern.removeprefix(REGION_PREFIX)
        if name not in configuration.regions:
            yield _unknown(path, "region", name, configuration.regions, REGION_PREFIX)
    elif pattern not in set(Group) and not _NUMBER_OR_PREFIX.fullmatch(pattern):
        words = ", ".join(f'"{word}"' for word in Group)
        yield Mistake(
            path=path,
            cause=f'"{pattern}" means no callers; write a number, a beginning such as "+371*", {words}, '
            f'"{LIST_PREFIX}NAME" or "{REGION_PREFIX}NAME".',
            did_you_mean=closest(pattern, Group),
        )


def _unknown(path: str, what: str, name: str, known: Iterable[str], prefix: str = "") -> Mistake:
    guess = closest(name, known)
    return Mistake(
        path=path, cause=f'There is no {what} "{name}".', did_you_mean=None if guess is None else f"{prefix}{guess}"
    )
