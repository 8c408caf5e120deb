"""The configuration in force and the ones before it, for undo."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB

from appliance.config.loading import from_plain, to_plain
from appliance.config.migrations import migrated
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.store.atomic import AtomicStorage, is_tables, recover
from appliance.store.failures import as_store_failed, not_opened

VERSIONS_KEPT = 20

_TABLE = "versions"


class NoSuchVersion(PorterError):
    """A version that was never there, or is so old that it is gone."""


class Version(msgspec.Struct, frozen=True):
    """One configuration that was in force."""

    number: int
    """Counts up from 1, without gaps."""
    at: datetime | None
    """None when the clock was not set."""
    by: str
    """Who changed it: a page's user, "command", "demo"."""


def sealed(document: dict[str, Any]) -> dict[str, Any]:
    """A document with its checksum, by which a card that lost a few bits is found out."""
    return {**document, "sum": _sum_of(document)}


def is_whole(file: Path) -> bool:
    """Whether a settings file is just as it was written. Raises OSError as `is_tables`."""
    if not is_tables(file):
        return False
    tables = AtomicStorage(file).read() or {}
    return tables.keys() == {_TABLE} and all(
        isinstance(document, dict) and document.get("sum") == _sum_of(document) and key == str(document["number"])
        for key, document in tables[_TABLE].items()
    )


def _sum_of(document: dict[str, Any]) -> str:
    content = {key: value for key, value in document.items() if key != "sum"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class SettingsStore:
    """Not for several threads at once: use it in the writer's jobs, or before the office opens.

    Attributes:
        repaired: What was broken when it was opened; None when nothing was.

    Raises StoreFailed when the file cannot be read at all.
    """

    def __init__(self, file: Path) -> None:
        try:
            self.repaired = recover(file, is_whole)
        except OSError as error:
            raise not_opened(file, error) from error
        self._database = TinyDB(file, storage=AtomicStorage)
        self._versions = self._database.table(_TABLE, cache_size=0)

    def load(self) -> Configuration | None:
        """The configuration in force; None when there has never been one.

        Raises:
            NewerSchema: A later release wrote it. Nothing is changed.
            ConfigurationInvalid: It does not fit the models.
        """
        newest = max(self._numbered(), default=None)
        return None if newest is None else self.version(newest)

    def version(self, number: int) -> Configuration:
        """One of the versions in `history`.

        A configuration once in force is read by its types alone: a check that is new in this release must not keep
        the office from starting.
        """
        documents = self._numbered()
        if number not in documents:
            raise NoSuchVersion(f"There is no version {number}.", f"The last {VERSIONS_KEPT} are kept.")
        plain = documents[number]["configuration"]
        try:
            return msgspec.convert(migrated(plain), Configuration)
        except msgspec.ValidationError:
            return from_plain(plain)

    def save(self, configuration: Configuration, *, by: str, at: datetime | None) -> Version:
        """Make a configuration the one in force; it is durable when this returns.

        Raises:
            NewerSchema: The one in force is of a later release.
            StoreFailed: The disk is full or read-only; the old one stays in force.
        """
        documents = self._numbered()
        newest = max(documents, default=0)
        if documents:
            migrated(documents[newest]["configuration"])
        version = Version(number=newest + 1, at=at, by=by)
        kept = [documents[number] for number in sorted(documents)[-(VERSIONS_KEPT - 1) :]]
        new = sealed({**msgspec.to_builtins(version), "configuration": to_plain(configuration)})
        tables = {_TABLE: {str(document["number"]): document for document in (*kept, new)}}
        try:
            self._database.storage.write(tables)  # one write: TinyDB's insert and remove would be two
        except OSError as error:
            raise as_store_failed(error) from error
        return version

    def history(self) -> tuple[Version, ...]:
        """The versions that are kept, newest first."""
        documents = self._numbered()
        return tuple(
            msgspec.convert({key: documents[number][key] for key in ("number", "at", "by")}, Version)
            for number in sorted(documents, reverse=True)
        )

    def close(self) -> None:
        self._database.close()

    def _numbered(self) -> dict[int, dict[str, Any]]:
        return {document["number"]: dict(document) for document in self._versions.all()}
