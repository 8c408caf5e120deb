"""What is keyed in at a door's keypad, until it is a code."""

from __future__ import annotations

BETWEEN_SECONDS = 10.0
"""After a longer pause somebody else begins."""
MOST_DIGITS = 12


class KeypadEntry:
    """Collects digits: `#` enters them, `*` begins again."""

    def __init__(self) -> None:
        self._digits = ""
        self._last = float("-inf")

    def key(self, key: str, now: float) -> str | None:
        """The code, when this key was the one that enters it; at most 13 digits, of which none is a code.

        Args:
            now: Monotonic seconds.
        """
        if now - self._last > BETWEEN_SECONDS:
            self._digits = ""
        self._last = now
        if key == "#":
            entered, self._digits = self._digits, ""
            return entered
        if key == "*":
            self._digits = ""
        elif key.isdigit():
            self._digits = (self._digits + key)[: MOST_DIGITS + 1]
        return None
