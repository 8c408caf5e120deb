"""Wrong PINs: who guesses has to wait longer each time, and neither a fresh call nor a restart begins anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from appliance.calls.ports import Clock

FREE_TRIES = 5
"""Wrong PINs before the first pause; a person who forgot hers gives up earlier."""

FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 24 * 3600.0


class KeptTries(msgspec.Struct, frozen=True):
    """Wrong PINs of one thing, as they are kept."""

    wrong: int
    until: datetime | None
    """When the pause ends; None: there is none, or the clock was not set."""


class WrongPinStore(Protocol):
    """Keeps counts of wrong PINs. `keep` and `forget` hand over to the store's queue and return at once."""

    def load(self) -> Mapping[str, KeptTries]: ...
    def keep(self, what: str, tries: KeptTries) -> None: ...
    def forget(self, what: str) -> None: ...


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    locked_until: float = 0.0


class WrongPins:
    """Counted for each thing that a PIN opens, over all calls and restarts; forgotten with a right one.

    A pause goes on after a restart for what is left of it; for all of it where nobody knew the time.
    """

    def __init__(self, store: WrongPinStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tries: dict[str, _Tries] = {}
        for what, kept in store.load().items():
            pause, wall = _pause(kept.wrong), clock.wall()
            if kept.until is not None and wall is not None:
                pause = min(max((kept.until - wall).total_seconds(), 0.0), pause)
            self._tries[what] = _Tries(kept.wrong, clock.monotonic() + pause)

    def is_locked(self, what: str) -> bool:
        """Whether no PIN is taken at present."""
        return self.locked_seconds(what) > 0

    def locked_seconds(self, what: str) -> float:
        """How long no PIN is taken from now on; 0 when one is."""
        tries = self._tries.get(what)
        return 0.0 if tries is None else max(tries.locked_until - self._clock.monotonic(), 0.0)

    def locked(self) -> Iterator[str]:
        """Everything for which no PIN is taken at present."""
        return (what for what in self._tries if self.is_locked(what))

    def wrong(self, what: str) -> bool:
        """One more wrong PIN; from the last free one on each doubles the pause. Whether there is a pause now."""
        tries = self._tries.setdefault(what, _Tries())
        tries.wrong += 1
        pause, wall = _pause(tries.wrong), self._clock.wall()
        tries.locked_until = self._clock.monotonic() + pause
        until = wall + timedelta(seconds=pause) if wall is not None and pause else None
        self._store.keep(what, KeptTries(tries.wrong, until))
        return pause > 0

    def right(self, what: str) -> None:
        if self._tries.pop(what, None) is not None:
            self._store.forget(what)


def _pause(wrong: int) -> float:
    """Seconds after so many wrong ones."""
    if wrong < FREE_TRIES:
        return 0.0
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(wrong - FREE_TRIES, 32), LONGEST_PAUSE_SECONDS)
