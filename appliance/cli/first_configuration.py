"""What an office begins with: what its folder holds, else a file or the demo office, else nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from appliance.config.demo import demo_office
from appliance.config.loading import parse
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.office_layout import OfficeLayout
from appliance.store.settings import SettingsStore


def begin(layout: OfficeLayout, *, demo: bool, file: str | None) -> Configuration | None:
    """The configuration the office starts with; None when nobody has set it up.

    Only an empty folder takes the file or the demo: an office keeps what it has. The controller must not run.

    Raises PorterError when the file is wrong, with every mistake, or when the settings cannot be read or written.
    """
    store = SettingsStore(layout.settings_file)
    try:
        kept = store.load()
        make = _first(demo, file)
        if kept is not None or make is None:
            return kept
        first = make()
        store.save(first, by="porter run", at=datetime.now(UTC))
        return first
    finally:
        store.close()


def _first(demo: bool, file: str | None) -> Callable[[], Configuration] | None:
    if file is not None:
        return lambda: parse(_read(Path(file)))
    return (lambda: demo_office(secrets.choice)) if demo else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise PorterError(f"{file} cannot be read: {error.strerror}.", "Check its name and who may read it.") from error
    except UnicodeDecodeError as error:
        raise PorterError(f"{file} is not a text in UTF-8.", "Save it as UTF-8.") from error
