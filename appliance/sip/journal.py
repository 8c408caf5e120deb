"""PJSIP's log lines into Python's logging."""

from __future__ import annotations

import logging

import pjsua2 as pj

from appliance.sip.guard import guarded

log = logging.getLogger("appliance.sip.pjsip")

_LEVELS = {0: logging.CRITICAL, 1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO}


class PjsipJournal(pj.LogWriter):  # type: ignore[misc]
    """Never gets messages or keys: the endpoint keeps PJSIP's level at 3 or below."""

    @guarded
    def write(self, entry: pj.LogEntry) -> None:
        log.log(_LEVELS.get(entry.level, logging.DEBUG), "%s", entry.msg.rstrip())
