"""Older configurations in the shape of today: one pure function for each step of the schema, on plain data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from appliance.config.mistakes import Mistake, NewerSchema
from appliance.config.models import SCHEMA

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: tuple[Migration, ...] = ()
"""`MIGRATIONS[n - 1]` takes schema n to n + 1; there is one fewer than schemas."""


def migrated(data: object, migrations: tuple[Migration, ...] = MIGRATIONS) -> object:
    """The data in today's schema; anything that does not say a schema is taken as it is.

    Raises:
        NewerSchema: A later release wrote it.
    """
    schema = _schema(data)
    if not isinstance(data, Mapping) or schema is None:
        return data
    newest = len(migrations) + 1
    if schema > newest:
        cause = f"It is of schema {schema}, and this release understands up to {newest}. Install the newer release."
        raise NewerSchema([Mistake(path="schema", cause=cause)])
    current = dict(data)
    for at in range(schema, newest):
        current = {**migrations[at - 1](current), "schema": at + 1}
    return current


def _schema(data: object) -> int | None:
    """The schema the data says it has; None when it says none, or nonsense, which reading it will report."""
    said = str(data.get("schema")) if isinstance(data, Mapping) else ""
    return int(said) if re.fullmatch(r"[1-9][0-9]{0,8}", said) else None


assert len(MIGRATIONS) == SCHEMA - 1, "every schema but the first needs its migration"
