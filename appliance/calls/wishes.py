"""Who wants to be called back as soon as somebody who talks is free again (call completion, ITU-T Q.733.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

WISH_SECONDS = 3600.0
"""Later nobody remembers what he wanted to say."""


class Wish(msgspec.Struct, frozen=True):
    """One colleague who waits for another."""

    caller: str
    target: str
    until: float
    """Monotonic seconds."""


class Wishes:
    """In the order they were made; gone when the office ends, like the calls they come from."""

    def __init__(self) -> None:
        self._wishes: list[Wish] = []

    def make(self, caller: str, target: str, now: float) -> None:
        """One more; whoever asks twice waits once."""
        self._wishes = [wish for wish in self._wishes if (wish.caller, wish.target) != (caller, target)]
        self._wishes.append(Wish(caller, target, now + WISH_SECONDS))

    def take_due(self, is_free: Callable[[str], bool], now: float) -> Iterator[Wish]:
        """Those whose two parties are free now; each person takes part in one of them."""
        engaged: set[str] = set()
        for wish in list(self._wishes):
            if wish.until < now:
                self._wishes.remove(wish)
            elif not {wish.caller, wish.target} & engaged and is_free(wish.caller) and is_free(wish.target):
                engaged |= {wish.caller, wish.target}
                self._wishes.remove(wish)
                yield wish
