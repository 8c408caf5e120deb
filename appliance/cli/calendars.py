"""iCalendar files named on the command line."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.cli.configuration import MOST_BYTES
from appliance.errors import PorterError

LONGEST_NAME = 32
"""Of a calendar, which is a name of the configuration."""


def calendar_name(file: str) -> str:
    """What the calendar of a file is called where nobody gives it a name."""
    return re.sub(r"[^\w-]+", "-", Path(file).stem).strip("-")[:LONGEST_NAME] or "calendar"


def calendar_text(file: str) -> str:
    """What is in the file; `PorterError` when it cannot be read."""
    try:
        content = Path(file).read_bytes()
        if len(content) > MOST_BYTES:
            raise PorterError(f"{file} is far too long for a calendar.", "Check its name.")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PorterError(f"{file} is not a text in UTF-8.", "Export it anew as iCalendar (.ics).") from error
    except OSError as error:
        raise PorterError(f"{file} cannot be read: {error.strerror}.", "Check its name and who may read it.") from error
