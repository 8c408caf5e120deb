"""A self-call that goes on: where the call of the calling line and that of the called one meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from appliance.routing.line_tests import Check, Pair, is_from

if TYPE_CHECKING:
    from appliance.calls.call import Call


class LineTest:
    """One line calls another of the same office.

    Args:
        shown: The number of the calling line; "" where nobody knows it.

    Attributes:
        passed: Checks that have passed.
        has_arrived: The called line has the call.
        calls: Those of either side, as far as they have begun.
        is_given_up: Whoever hangs up from now on says nothing about the lines.
        calling_over: Set when the calling line's call is over.
        called_over: Set when the called line's is.
    """

    def __init__(self, pair: Pair, shown: str) -> None:
        self.pair = pair
        self.shown = shown
        self.passed: set[Check] = set()
        self.has_arrived = False
        self.calls: list[Call] = []
        self.is_given_up = False
        self.calling_over = trio.Event()
        self.called_over = trio.Event()
        self._changed = trio.Event()

    def expects(self, line: str, caller: str) -> bool:
        """Whether a call that comes in is this one. A number that is another's is somebody who really calls."""
        is_ours = not caller or not self.shown or is_from(caller, self.shown)
        return not self.has_arrived and line == self.pair.called and is_ours

    def arrived(self, call: Call) -> None:
        """The called line has it."""
        self.has_arrived = True
        self.calls.append(call)
        caller = call.principal.party.number
        if is_from(caller, self.shown):
            self.passes(Check.CALLER_ID)

    def passes(self, check: Check) -> None:
        self.passed.add(check)
        changed, self._changed = self._changed, trio.Event()
        changed.set()

    async def until_passed(self, check: Check, *, seconds: float) -> None:
        """Wait until the other side has passed a check, at most so long."""
        with trio.move_on_after(seconds):
            while check not in self.passed:
                await self._changed.wait()
