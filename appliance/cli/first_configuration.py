"""What an office begins with: what its folder holds, else a file or the demo office, else nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from appliance.config.demo import demo_office
from appliance.config.loading import parse
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.office_layout import OfficeLayout
from appliance.store.atomic import last_good_copy
from appliance.store.failures import not_opened
from appliance.store.settings import SettingsStore, is_whole


def begin(layout: OfficeLayout, *, demo: bool, file: str | None) -> Configuration | None:
    """The configuration the office starts with; None when nobody has set it up.

    Only an empty folder takes the file or the demo: an office keeps what it has. Broken settings are left alone: the
    controller sets them aside and tells so on the page, where it matters. The controller must not run.

    Raises PorterError when the file is wrong, with every mistake, or when the settings cannot be read or written.
    """
    file_of_settings = layout.settings_file
    copies = [copy for copy in (file_of_settings, last_good_copy(file_of_settings)) if copy.exists()]
    if copies:
        return _kept(copies)
    make = _first(demo, file)
    if make is None:
        return None
    store = SettingsStore(file_of_settings)
    try:
        first = make()
        store.save(first, by="porter run", at=datetime.now(UTC))
        return first
    finally:
        store.close()


def _kept(copies: Sequence[Path]) -> Configuration | None:
    """The configuration in the first copy that is whole."""
    for copy in copies:
        try:
            whole = is_whole(copy)
        except OSError as error:
            raise not_opened(copy, error) from error
        if whole:
            store = SettingsStore(copy)
            try:
                return store.load()
            finally:
                store.close()
    return None


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
