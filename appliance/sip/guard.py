"""Keeps exceptions inside callbacks: one that escapes into PJSIP's C++ ends the process, and every call with it."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    """A method of a PJSIP object that logs what goes wrong, with the leg it concerns where the object knows one."""

    @functools.wraps(callback)
    def guard(self: Any, *args: Any) -> None:
        try:
            callback(self, *args)
        except BaseException:  # also KeyboardInterrupt: there is no Python frame above that could take it
            log.exception("leg %s: %s failed", getattr(self, "leg_id", "-"), callback.__name__)

    return guard
