"""Wrong PINs: who guesses has to wait longer each time, and a fresh call does not begin anew."""

from __future__ import annotations

from dataclasses import dataclass

FREE_TRIES = 5
"""Wrong PINs before the first pause; a person who forgot hers gives up earlier."""

FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 24 * 3600.0


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    locked_until: float = 0.0


class WrongPins:
    """Counted for each thing that a PIN opens, over all calls; forgotten with a right one, and when the office ends."""

    def __init__(self) -> None:
        self._tries: dict[str, _Tries] = {}

    def is_locked(self, what: str, now: float) -> bool:
        """Whether no PIN is taken at present.

        Args:
            now: Monotonic seconds.
        """
        tries = self._tries.get(what)
        return tries is not None and now < tries.locked_until

    def wrong(self, what: str, now: float) -> None:
        """One more wrong PIN; from the last free one on each doubles the pause."""
        tries = self._tries.setdefault(what, _Tries())
        tries.wrong += 1
        if tries.wrong >= FREE_TRIES:
            pause = FIRST_PAUSE_SECONDS * 2.0 ** min(tries.wrong - FREE_TRIES, 32)
            tries.locked_until = now + min(pause, LONGEST_PAUSE_SECONDS)

    def right(self, what: str) -> None:
        self._tries.pop(what, None)
