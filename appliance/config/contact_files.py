"""Address books other programs write: CSV with a heading, and vCard 2.1 to 4.0 (RFC 6350). Text in, cards out; what
they mean for the office is `contact_import`."""

from __future__ import annotations

import csv
import io
import quopri
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from appliance.errors import PorterError

HEADINGS = {
    "name": "name",
    "full name": "name",
    "display name": "name",
    "number": "numbers",
    "numbers": "numbers",
    "phone": "numbers",
    "telephone": "numbers",
    "tel": "numbers",
    "mobile": "numbers",
    "mobile phone": "numbers",
    "business phone": "numbers",
    "home phone": "numbers",
    "language": "language",
    "lists": "lists",
    "categories": "lists",
    "vip": "vip",
    "responsible": "responsible",
    "extension": "responsible",
    "customer number": "customer_number",
    "customer_number": "customer_number",
    "note": "note",
    "notes": "note",
    "blocked": "blocked",
    "allowed": "allowed",
    "rings at night": "rings_at_night",
    "rings_at_night": "rings_at_night",
    "greeting": "greeting",
}
"""Headings of a CSV file, in any case, to the setting of a contact they fill; a setting may have several."""

SEVERAL = frozenset({"numbers", "lists"})
"""Settings of which a cell may hold several, parted by `;`, `|` or a line break."""

_PARTS = re.compile(r"[;|\n]")
_VCARD_FIELDS = {"FN": "name", "TEL": "numbers", "NOTE": "note", "CATEGORIES": "lists", "LANG": "language"}


class NoAddressBook(PorterError):
    """A text that is neither a CSV table with names nor a vCard."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an address book as it is written."""

    line: int
    """Where it begins in the file, from 1."""
    fields: dict[str, tuple[str, ...]]
    """Setting of a contact to what is written for it; settings without a text are missing."""


class AddressBook(msgspec.Struct, frozen=True):
    """What a file holds."""

    cards: tuple[Card, ...]
    ignored: tuple[str, ...] = ()
    """Headings nobody understands; their columns are left out."""


def read_address_book(text: str) -> AddressBook:
    """The cards of a CSV or vCard text.

    Raises:
        NoAddressBook: It is neither.
    """
    if re.search(r"^BEGIN:VCARD\s*$", text, re.IGNORECASE | re.MULTILINE):
        return AddressBook(tuple(_vcards(text)))
    return _csv(text)


def _csv(text: str) -> AddressBook:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heading = [cell.strip() for cell in next(rows, [])]
        settings = [HEADINGS.get(cell.lower()) for cell in heading]
        if "name" not in settings or "numbers" not in settings:
            raise NoAddressBook(
                "The first line names no columns for name and number.",
                'Begin the file with a heading such as "name;number;language;lists;vip;responsible;note".',
            )
        cards, begins = [], rows.line_num + 1
        for row in rows:
            fields = _fields(zip(settings, row, strict=False))
            if fields:
                cards.append(Card(line=begins, fields=fields))
            begins = rows.line_num + 1
    except csv.Error as error:
        raise NoAddressBook(f"Line {rows.line_num} cannot be read: {error}.", "Save the table as CSV again.") from error
    ignored = tuple(cell for cell, setting in zip(heading, settings, strict=True) if setting is None and cell)
    return AddressBook(tuple(cards), ignored)


def _fields(cells: Iterable[tuple[str | None, str]]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for setting, cell in cells:
        if setting is None:
            continue
        parts = _PARTS.split(cell) if setting in SEVERAL else [" ".join(cell.split())]
        if said := tuple(part.strip() for part in parts if part.strip()):
            fields[setting] = (*fields.get(setting, ()), *said)
    return fields


def _vcards(text: str) -> Iterator[Card]:
    begins, fields = 0, dict[str, tuple[str, ...]]()
    for number, line in _unfolded(text):
        head, colon, value = line.partition(":")
        name, *parameters = head.upper().split(";")
        name = name.rpartition(".")[2]
        if name == "BEGIN":
            begins, fields = number, {}
        elif name == "END":
            yield Card(line=begins, fields={setting: said for setting, said in fields.items() if said})
        elif colon and (setting := _VCARD_FIELDS.get(name)) is not None:
            fields[setting] = (*fields.get(setting, ()), *_values(setting, parameters, value))


def _values(setting: str, parameters: Sequence[str], value: str) -> tuple[str, ...]:
    """What a property says, without the escapes of its version (RFC 6350 §3.4; quoted-printable in vCard 2.1)."""
    if any("QUOTED-PRINTABLE" in parameter for parameter in parameters):
        value = quopri.decodestring(value.encode()).decode("utf-8", errors="replace")
    value = value.removeprefix("tel:")
    parts = re.split(r"(?<!\\),", value) if setting == "lists" else [value]
    unescaped = (re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], part) for part in parts)
    return tuple(said for part in unescaped if (said := " ".join(part.split())))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) with the lines that go on put together: a space begins them, or vCard 2.1 ends one with `=`."""
    began, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        goes_on = whole.endswith("=") and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper()
        if goes_on:
            whole = whole[:-1] + line
        elif line[:1] in (" ", "\t"):
            whole += line[1:]
        else:
            if whole:
                yield began, whole
            began, whole = number, line
    if whole:
        yield began, whole
