"""Manifests beside the code: YAML files of one folder, each about a topic of its own, as one typed value."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from appliance.errors import PorterError

Manifest = TypeVar("Manifest")


class EntryTwice(PorterError):
    """Two files of a folder say the same entry."""


def read_manifests(package: str, folder: str, kind: type[Manifest]) -> Manifest:
    """All files of a folder in a package, their tables put together.

    Raises:
        EntryTwice: With the file and the entry.
        msgspec.ValidationError: An entry is not what the type wants, such as a language that is missing.
    """
    whole: dict[str, dict[str, Any]] = {}
    for file in sorted(files(package).joinpath(folder).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yaml"):
            continue
        tables = msgspec.yaml.decode(file.read_bytes(), type=dict[str, dict[str, Any]])
        for table, entries in tables.items():
            known = whole.setdefault(table, {})
            if twice := known.keys() & entries.keys():
                raise EntryTwice(f"{folder}/{file.name} says {table}.{min(twice)} again.", "Delete one of them.")
            known |= entries
    return msgspec.convert(whole, type=kind)


def files_of_entries(package: str, folder: str) -> Mapping[str, str]:
    """Which file of a folder says each entry, by the file's name without its ending."""
    return {
        name: file.name.removesuffix(".yaml")
        for file in files(package).joinpath(folder).iterdir()
        if file.name.endswith(".yaml")
        for entries in msgspec.yaml.decode(file.read_bytes(), type=dict[str, dict[str, Any]]).values()
        for name in entries
    }
