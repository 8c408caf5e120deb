"""What is keyed in at a door's keypad, until it is a code."""

from __future__ import annotations

import logging
from collections.abc import Callable

import trio

from hardware.gpio.wiegand import Card, Said

logger = logging.getLogger(__name__)

BETWEEN_SECONDS = 10.0
"""After a longer pause somebody else begins."""
MOST_DIGITS = 12
WAITING = 4
"""Codes that wait for their turn; more come from somebody who hammers on the keypad."""


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


class KeyedIn:
    """Codes and cards in the order they came, until the door looks at them.

    Args:
        door: Its name, for the log; what is keyed in is never logged.
        now: Monotonic seconds.
    """

    def __init__(self, door: str, now: Callable[[], float]) -> None:
        self._door = door
        self._now = now
        self._entry = KeypadEntry()
        self._put, self._waiting = trio.open_memory_channel[tuple[str, bool]](WAITING)

    def take(self, said: Said) -> None:
        """A key was pressed, or a card held before the reader."""
        is_card = isinstance(said, Card)
        code = f"{said.number:010}" if isinstance(said, Card) else self._entry.key(said.key, self._now())
        if not code:
            return
        try:
            self._put.send_nowait((code, is_card))
        except trio.WouldBlock:
            logger.warning("Door %s: too many codes at once at the keypad.", self._door)

    async def next(self) -> tuple[str, bool]:
        """The next code, and whether it is a card's number."""
        return await self._waiting.receive()
