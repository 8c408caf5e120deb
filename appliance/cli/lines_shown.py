"""What the processes print, each line with its name, in colours where somebody looks."""

from __future__ import annotations

import logging
import sys

from appliance.cli.child import OURS

COLOURS = {"edge": 36, "door": 33, "controller": 32, "web": 35}
OTHERS = 34


class LinesShown(logging.Handler):
    """Writes to standard error; our own log goes the same way.

    Args:
        quiet: Leave out what the processes say, and show only what is said about them.
    """

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(logging.ERROR)  # that a child went away is said of the child already
        self._quiet = quiet
        self._in_colour = sys.stderr.isatty()
        logging.basicConfig(handlers=[self], force=True)

    def show(self, name: str, text: str) -> None:
        if self._quiet and not text.startswith(OURS):
            return
        label = f"{name:<10} │"
        if self._in_colour:
            label = f"\x1b[{COLOURS.get(name, OTHERS)}m{label}\x1b[0m"
        try:
            print(label, text, file=sys.stderr, flush=True)
        except OSError:
            pass  # a terminal that was closed must not keep the office from ending in order

    def emit(self, record: logging.LogRecord) -> None:
        self.show("porter", f"{OURS}{record.getMessage()}")
