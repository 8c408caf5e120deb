"""Where log lines go: the journal with fields of its own under systemd, else standard error."""

from __future__ import annotations

import logging
import os
import re
import sys

from systemd.journal import JournalHandler

FORMAT = "%(levelname)s %(name)s: %(message)s"


def set_up_logging(process: str) -> None:
    """Log to the journal when systemd started us, to standard error otherwise.

    Args:
        process: Name in the journal's field PORTER_PROCESS, such as "controller".

    PORTER_LOG sets the level, "INFO" unless it is set.
    """
    handler: logging.Handler
    if "JOURNAL_STREAM" in os.environ:
        handler = JournalHandler(SYSLOG_IDENTIFIER=f"porter-{process}", PORTER_PROCESS=process)
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(one_line)
    handler.addFilter(name_what_it_is_about)
    logging.basicConfig(level=os.environ.get("PORTER_LOG", "INFO").upper(), handlers=[handler], force=True)


def one_line(record: logging.LogRecord) -> bool:
    """Text from outside must not forge lines or colours of the log (CHECKLIST E14)."""
    message = record.getMessage()
    if not message.isprintable():
        record.msg = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in message)
        record.args = ()
    return True


def name_what_it_is_about(record: logging.LogRecord) -> bool:
    """Give the journal a field for what a line begins with: `journalctl CALL_ID=3b427db816` tells one call."""
    if about := _ABOUT.match(record.getMessage()):
        setattr(record, _FIELDS[about[1]], about[2])
    return True


_FIELDS = {"call": "CALL_ID", "leg": "LEG_ID", "line": "LINE", "door": "DOOR", "account": "ACCOUNT"}
_ABOUT = re.compile(rf"({'|'.join(_FIELDS)}) (\S+):")
"""How lines about one thing begin here."""
