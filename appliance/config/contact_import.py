"""Cards of an address book as contacts of the office: every card that cannot be one is told, and nothing that the
office knows already is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from appliance.config.contact_files import Card
from appliance.config.mistakes import Mistake, closest
from appliance.config.models import Configuration, Contact, Language
from appliance.routing.numbering import to_e164

LONGEST_KEY = 32
_YES, _NO = frozenset({"yes", "true", "1", "x", "y"}), frozenset({"no", "false", "0", "n"})
_FLAGS = ("vip", "blocked", "allowed", "rings_at_night")
_TEXTS = ("responsible", "customer_number", "note", "greeting")


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an address book would make of the office."""

    configuration: Configuration
    added: tuple[str, ...] = ()
    """Names of new contacts."""
    completed: tuple[str, ...] = ()
    """Sentences: which contact that was there got something it had not."""
    mistakes: tuple[Mistake, ...] = ()
    """Cards that are not in `configuration`, each with the line it begins at."""


def import_cards(configuration: Configuration, cards: Sequence[Card]) -> Imported:
    """Take cards in. A card whose number is a contact's already completes that contact and overwrites nothing."""
    contacts = dict(configuration.contacts)
    owners = {number: key for key, contact in contacts.items() for number in contact.numbers}
    lists = list(configuration.contact_lists)
    added, completed, mistakes = [], [], []
    for card in cards:
        wrong = list(_mistakes(configuration, card))
        if wrong:
            mistakes += wrong
            continue
        contact = _contact(configuration, card)
        lists += [name for name in contact.lists if name not in lists]
        key = next((owners[number] for number in contact.numbers if number in owners), None)
        if key is None:
            key = _new_key(contact.name, contacts)
            contacts[key] = contact
            added.append(contact.name)
        else:
            free = tuple(number for number in contact.numbers if owners.get(number, key) == key)
            known, contacts[key] = (
                contacts[key],
                _completed(contacts[key], msgspec.structs.replace(contact, numbers=free)),
            )
            completed.append(_told(card, contact, known, contacts[key]))
        owners |= {number: key for number in contacts[key].numbers}
    changed = msgspec.structs.replace(configuration, contacts=contacts, contact_lists=tuple(lists))
    return Imported(configuration=changed, added=tuple(added), completed=tuple(completed), mistakes=tuple(mistakes))


def _mistakes(configuration: Configuration, card: Card) -> Iterator[Mistake]:
    """Everything that keeps a card from being a contact."""
    fields = card.fields

    def wrong(setting: str, cause: str, known: Iterator[str] | Sequence[str] = (), said: str = "") -> Mistake:
        return Mistake(path=setting, cause=cause, did_you_mean=closest(said, known) if said else None, line=card.line)

    names = fields.get("name", ())
    if not names or len(names[0]) > 80:
        yield wrong("name", "A contact needs a name of 1 to 80 characters.")
    for number in fields.get("numbers", ()):
        if _number(configuration, number) is None:
            yield wrong("numbers", f'"{number}" is no telephone number.')
    for language in fields.get("language", ()):
        if _language(language) is None:
            yield wrong("language", f'"{language}" is no language of Porter.', list(Language), language)
    for person in fields.get("responsible", ()):
        if person not in configuration.extensions:
            yield wrong("responsible", f'There is no extension "{person}".', list(configuration.extensions), person)
    for customer in fields.get("customer_number", ()):
        if not re.fullmatch(r"[0-9]{2,12}", customer):
            yield wrong("customer_number", f'"{customer}" is no number of 2 to 12 digits.')
    for flag in _FLAGS:
        for said in fields.get(flag, ()):
            if said.lower() not in _YES | _NO:
                yield wrong(flag, f'"{said}" is neither yes nor no.')


def _contact(configuration: Configuration, card: Card) -> Contact:
    """The contact of a card that has no mistakes."""
    fields = card.fields
    numbers = [_number(configuration, number) for number in fields.get("numbers", ())]
    others: dict[str, Any] = {setting: fields[setting][0] for setting in _TEXTS if setting in fields}
    others |= {flag: fields[flag][0].lower() in _YES for flag in _FLAGS if flag in fields}
    return Contact(
        name=fields["name"][0],
        numbers=tuple(dict.fromkeys(number for number in numbers if number is not None)),
        lists=tuple(dict.fromkeys(_slug(name) for name in fields.get("lists", ()))),
        language=_language(fields["language"][0]) if "language" in fields else None,
        **others,
    )


def _completed(known: Contact, new: Contact) -> Contact:
    """A contact with what another one adds; what is there already stays."""
    merged = {
        field: getattr(known, field) or getattr(new, field)
        for field in known.__struct_fields__
        if field not in ("numbers", "lists")
    }
    return Contact(
        **merged,
        numbers=tuple(dict.fromkeys((*known.numbers, *new.numbers))),
        lists=tuple(dict.fromkeys((*known.lists, *new.lists))),
    )


def _told(card: Card, contact: Contact, before: Contact, now: Contact) -> str:
    same = f'line {card.line}: "{contact.name}" has a number of the contact "{before.name}"'
    return f"{same}, which already says all of it." if now == before else f"{same}, which it completes."


def _number(configuration: Configuration, written: str) -> str | None:
    return to_e164(configuration.country, written)


def _language(written: str) -> Language | None:
    code = written.lower()[:2]
    return Language(code) if code in set(Language) else None


def _slug(name: str) -> str:
    """A word the configuration can name: letters, digits, - and _."""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")[:LONGEST_KEY].strip("-") or "contact"


def _new_key(name: str, taken: Mapping[str, Contact]) -> str:
    key, count = _slug(name), 1
    while key in taken:
        count += 1
        key = f"{_slug(name)[: LONGEST_KEY - 5].strip('-')}-{count}"
    return key
