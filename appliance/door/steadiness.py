"""Whether an input is steady, or changes without end: a worn contact, a broken wire, a relay chattering nearby."""

from __future__ import annotations

from collections import deque

LOOKS = 8
BAD_LOOKS = 4
MANY_CHANGES = 8
"""Between two looks, half a second; nobody rings or opens a door so often."""


class Steadiness:
    """Judges one input by its last eight looks.

    A look is bad when the pin was not at its settled level in that moment, as a contact that never comes to rest mostly
    is, or when the settled level has changed very often since the look before.
    """

    def __init__(self, changes: int = 0) -> None:
        self._changes = changes
        self._bad: deque[bool] = deque(maxlen=LOOKS)
        self.is_steady = True

    def look(self, is_settled: bool, changes: int) -> None:
        """Look once more.

        Args:
            is_settled: Whether the pin has its settled level at this moment.
            changes: How often the settled level has changed since the start.
        """
        self._bad.append(not is_settled or changes - self._changes >= MANY_CHANGES)
        self._changes = changes
        if sum(self._bad) >= BAD_LOOKS:
            self.is_steady = False
        elif not any(self._bad):
            self.is_steady = True
