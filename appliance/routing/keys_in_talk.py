"""Reading the codes among the keys of a talk. Sans-IO: keys with their times in, codes and keys left alone out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from appliance.calls.facts import Digit
from appliance.config.models import TalkFeature

Read = TalkFeature | Digit
"""A code that was keyed in, or a key that is part of none and meant for the other party."""


class KeysInTalk:
    """The keys one party presses during a talk.

    A key that no code begins with is given back at once. The keys of what may become a code are kept until it is one,
    cannot become one any more, or the next key does not come in time. Of several codes that fit the longest counts.

    Args:
        codes: What each code asks for, by its keys.
        within_seconds: How soon the next key of a code must follow.
    """

    def __init__(self, codes: Mapping[str, TalkFeature], within_seconds: float) -> None:
        self._codes = codes
        self._within = within_seconds
        self._kept: list[Digit] = []
        self._due = math.inf

    @property
    def due(self) -> float:
        """When `time_passes` has to be called unless another key comes before; infinite while no key is kept."""
        return self._due

    def press(self, key: Digit, at: float) -> list[Read]:
        """A key was pressed.

        Args:
            at: Monotonic seconds, never less than before.
        """
        before = self.time_passes(at)
        self._kept.append(key)
        after = self._read(is_over=False)
        self._due = at + self._within if self._kept else math.inf
        return before + after

    def time_passes(self, at: float) -> list[Read]:
        """What is decided because no key came until now."""
        return self._read(is_over=True) if at >= self._due else []

    def take_kept(self) -> list[Digit]:
        """The keys that are not decided, which are kept no longer."""
        kept, self._kept, self._due = self._kept, [], math.inf
        return kept

    def _read(self, *, is_over: bool) -> list[Read]:
        read: list[Read] = []
        while self._kept and (is_over or not self._may_grow()):
            keys = self._keys()
            length = max((len(code) for code in self._codes if keys.startswith(code)), default=0)
            read.append(self._codes[keys[:length]] if length else self._kept[0])
            del self._kept[: length or 1]
        if not self._kept:
            self._due = math.inf
        return read

    def _may_grow(self) -> bool:
        """Whether the kept keys are the beginning of a longer code."""
        keys = self._keys()
        return any(code.startswith(keys) and code != keys for code in self._codes)

    def _keys(self) -> str:
        return "".join(key.digit for key in self._kept)
